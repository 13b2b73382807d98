#include "agent/config/parse.h"

#include <sys/stat.h>

#include <toml++/toml.h>
#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "agent/config/nesting.h"
#include "agent/config/redefined.h"

namespace afferent::config {
namespace {

using core::ConfigNode;
using core::Source;

struct TooDeep {
  std::uint32_t line;
};

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  // `line` is the parent's, for nodes that have no place of their own.
  ConfigNode convert(const toml::node& node, std::uint32_t line, std::size_t depth) const {
    if (node.source().begin) line = node.source().begin.line;
    if (depth > kDeepest) throw TooDeep{line};
    return {data(node, line, depth), Source{file_, line}};
  }

 private:
  ConfigNode::Data data(const toml::node& node, std::uint32_t line, std::size_t depth) const {
    if (const auto* table = node.as_table()) return members(*table, line, depth);
    if (const auto* array = node.as_array()) {
      ConfigNode::List list;
      for (const toml::node& item : *array) list.push_back(convert(item, line, depth + 1));
      return list;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return std::int64_t{whole->get()};
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    std::ostringstream written;
    if (const auto* date = node.as_date()) written << date->get();
    if (const auto* time = node.as_time()) written << time->get();
    if (const auto* both = node.as_date_time()) written << both->get();
    return written.str();
  }

  ConfigNode::Data members(const toml::table& table, std::uint32_t line, std::size_t depth) const {
    ConfigNode::Table out;
    for (const auto& [key, value] : table) {
      const std::uint32_t at = key.source().begin ? key.source().begin.line : line;
      out.emplace(std::string(key.str()), convert(value, at, depth + 1));
    }
    return out;
  }

  const std::string& file_;
};

Parsed failed(const std::string& name, std::uint32_t line, std::uint32_t column, std::string message) {
  return {std::nullopt, {Source{name, line}, "", std::move(message), column}};
}

std::string reason(int error) { return std::error_code(error, std::generic_category()).message(); }

Parsed too_large(const std::string& name) {
  return failed(name, 0, 0, "is larger than 4 MB, which no configuration needs");
}

}  // namespace

Parsed parse(std::string_view text, const std::string& name) {
  if (text.size() > kLargestFile) return too_large(name);
  if (const auto line = overlong_key(text)) {
    return failed(name, *line, 0, "a key has more than " + std::to_string(kMostKeyParts) + " parts");
  }
  try {
    const toml::table table = toml::parse(text, name);
    ConfigNode root = Converter(name).convert(table, 1, 0);
    return {ConfigNode(std::move(root.data()), Source{name, 0}), {}};
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    std::string message = "is not TOML: " + std::string(error.description());
    if (error.description().find("control character") != std::string_view::npos) message += "; is a quote missing?";
    const bool again = error.description().find("redefine") != std::string_view::npos;
    const std::uint32_t first = again ? first_definition(text, at.line) : 0;
    if (first != 0) message += "; it stands already at " + Source{name, first}.text();
    return failed(name, at.line, at.column, std::move(message));
  } catch (const TooDeep& deep) {
    return failed(name, deep.line, 0, "tables and lists nest deeper than " + std::to_string(kDeepest) + " levels");
  } catch (const std::exception& error) {
    return failed(name, 0, 0, std::string("cannot be parsed: ") + error.what());
  }
}

Parsed read(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return failed(path, 0, 0, "cannot be read: " + reason(errno));
  if (!S_ISREG(status.st_mode)) return failed(path, 0, 0, "cannot be read: not a regular file");
  if (status.st_size > static_cast<off_t>(kLargestFile)) return too_large(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(path, 0, 0, "cannot be read: " + reason(errno));
  std::string text;
  std::array<char, 16384> chunk{};
  // The file may grow meanwhile: one chunk more than allowed is enough to see it.
  while (file && text.size() <= kLargestFile) {
    file.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return failed(path, 0, 0, "cannot be read: " + reason(EIO));
  return parse(text, path);
}

core::Result<ConfigNode> parse_text(std::string_view text, const std::string& name) {
  Parsed parsed = parse(text, name);
  if (!parsed.node) return core::Error(core::ErrorCode::bad_config, parsed.problem.text());
  return std::move(*parsed.node);
}

core::Result<ConfigNode> parse_file(const std::string& path) {
  Parsed parsed = read(path);
  if (!parsed.node) return core::Error(core::ErrorCode::bad_config, parsed.problem.text());
  return std::move(*parsed.node);
}

}  // namespace afferent::config
