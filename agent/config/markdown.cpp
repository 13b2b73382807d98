#include "agent/config/markdown.h"

#include <string_view>

#include "agent/config/check.h"
#include "agent/config/fields.h"

namespace afferent::config {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::string_view kIntroduction =
    R"(<!-- Made from the field tables by `afferent docs configuration`; a test fails when this page is stale. -->
# Configuration

One TOML file, then the fragments `conf.d/*.toml` beside it in the order of their names. Lists of tables (`[[port]]`,
`[[device]]`, `[[rule]]`) of all files are put together; any other key stands in one file only. `afferent check FILE` reports
all mistakes at once, each with file, line, key and what is allowed; the agent does not start with any. A commented example is
[afferent.toml](afferent.toml).

- **duration**: a text such as `"250 ms"`, `"5 s"`, `"10 min"`, `"12 h"`, `"1 d"`, or a number of seconds.
- **size**: a text such as `"64 kB"`, `"256 MB"`, `"2 GB"` (powers of 1024), or a number of bytes.
- **path**: a relative one starts at the folder of the file in which it stands.
- **path of a text file**: at most 4 MB, read once at start.
- **path of a secret**: a file that only its owner may read (mode 0600), else it is refused.
)";

// A '|' would end the cell, a line break the row.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + cell(text) + "`"; }

// The path prefix of the members of a list of tables is "key[]."
void rows(std::string& out, std::span<const ConfigField> fields, const std::string& prefix) {
  for (const ConfigField& field : fields) {
    const std::string key = prefix + std::string(field.key);
    out += "| `" + key + "`" + (field.required ? " (required)" : "") + " | " + std::string(type_name(field.type)) +
           " | " + code(field.standard) + " | " + cell(allowed_values(field)) + " | " + cell(field.help) + " |\n";
    if (!field.items.empty()) rows(out, field.items, key + (field.type == FieldType::tables ? "[]." : "."));
  }
}

void table(std::string& out, std::span<const ConfigField> fields) {
  if (fields.empty()) {
    out += "\nNo further keys.\n";
    return;
  }
  out += "\n| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
  rows(out, fields, "");
}

void heading(std::string& out, std::string_view marks, std::string_view title, std::string_view text) {
  out += "\n" + std::string(marks) + " " + std::string(title) + "\n";
  if (!text.empty()) out += "\n" + std::string(text) + "\n";
}

void drivers(std::string& out, const Catalog& catalog) {
  heading(out, "##", "Drivers", "Keys of a `[[device]]` table beside the common ones.");
  for (const core::DriverSpec* driver : catalog.drivers) {
    heading(out, "###", "driver = \"" + std::string(driver->name) + "\"", driver->summary);
    table(out, driver->options);
    if (driver->profile.empty()) continue;
    heading(out, "####", "Profiles of " + std::string(driver->name),
            "Files `profiles/" + std::string(driver->name) +
                "/<name>.toml`, beside the configuration or installed; `profile` " +
                (driver->profile_required ? "is required." : "may be left out."));
    table(out, driver->profile);
  }
}

void rules(std::string& out, const Catalog& catalog) {
  heading(out, "##", "Rule kinds", "Keys of a `[[rule]]` table beside the common ones.");
  for (const core::RuleKindSpec* rule : catalog.rules) {
    heading(out, "###", "kind = \"" + std::string(rule->name) + "\"", rule->summary);
    table(out, rule->options);
  }
}

}  // namespace

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::boolean: return "boolean";
    case FieldType::integer: return "integer";
    case FieldType::real: return "number";
    case FieldType::text: return "text";
    case FieldType::duration: return "duration";
    case FieldType::list: return "list of texts";
    case FieldType::reals: return "list of numbers";
    case FieldType::table: return "table";
    case FieldType::tables: return "list of tables";
    case FieldType::secret: return "path of a secret";
    case FieldType::contents: return "path of a text file";
  }
  return "";
}

std::string render_markdown(const Catalog& catalog) {
  std::string out(kIntroduction);
  for (const Section& section : sections()) {
    const std::string name(section.name);
    heading(out, "##", section.several ? "[[" + name + "]]" : "[" + name + "]", section.summary);
    table(out, section.fields);
  }
  drivers(out, catalog);
  rules(out, catalog);
  return out;
}

}  // namespace afferent::config
