// `afferent epc HEX...`: what an EPC of a tag says in the terms of GS1.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "agent/core/json.h"
#include "drivers/common/epc.h"
#include "tools/cli/command.h"
#include "tools/cli/hex_input.h"

namespace afferent::cli {
namespace {

// Schemes whose bits end in the middle of a byte: a tag may say these without the zeros behind (TDS 1.13, table 14-1).
struct OddLength {
  std::string_view header;
  std::size_t digits = 0;
};
constexpr std::array kOddLengths{
    OddLength{"37", 43},  // GRAI-170
    OddLength{"38", 51},  // GIAI-202
    OddLength{"39", 49},  // SGLN-195
    OddLength{"3A", 29},  // GDTI-113
    OddLength{"41", 53},  // ITIP-212
};

bool is_odd_length(std::string_view digits) {
  return std::any_of(kOddLengths.begin(), kOddLengths.end(), [digits](const OddLength& known) {
    return digits.size() == known.digits && digits.starts_with(known.header);
  });
}

void write_text(core::JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

void print_json(const std::string& hex, const core::Result<drivers::epc::Epc>& epc) {
  core::JsonWriter json;
  json.begin_object().field("epc", hex);
  if (epc) {
    json.field("scheme", epc->scheme);
    write_text(json, "tag_uri", epc->tag_uri);
    write_text(json, "pure_identity", epc->pure_identity);
    json.field("gs1_key", epc->gs1_key()).key("elements").begin_object();
    for (const auto& [identifier, value] : epc->elements) json.field(identifier, value);
    json.end_object();
  } else {
    json.field("error", epc.error().message());
  }
  fmt::print("{}\n", json.end_object().take());
}

void print(const std::string& hex, const core::Result<drivers::epc::Epc>& epc) {
  fmt::print("{}\n", hex);
  if (!epc) return;
  fmt::print("  scheme         {}\n", epc->scheme);
  if (!epc->tag_uri.empty()) fmt::print("  tag URI        {}\n", epc->tag_uri);
  if (!epc->pure_identity.empty()) fmt::print("  pure identity  {}\n", epc->pure_identity);
  fmt::print("  GS1 key        {}\n", epc->gs1_key());
}

// False where the EPC is no GS1 number, or a damaged one.
bool show(const std::string& text, const Common& common) {
  const std::string_view digits = without_comment(text);
  const bool odd = is_odd_length(digits);
  const auto bytes = read_hex(odd ? std::string(digits) + "0" : text);
  const bool readable = bytes && !bytes->empty();
  const auto epc = readable ? drivers::epc::decode(*bytes)
                            : core::Error(core::ErrorCode::bad_input, "not hexadecimal, two digits a byte");
  std::string hex = readable ? core::to_hex(*bytes) : text.substr(0, 80);
  if (readable && odd) hex.pop_back();
  if (common.json) {
    print_json(hex, epc);
  } else {
    print(hex, epc);
  }
  if (!epc) {
    const bool unknown = epc.error().code() == core::ErrorCode::not_found;
    fmt::print(stderr, "afferent epc: {}: {}{}\n", hex, epc.error().message(), unknown ? "; kept as hexadecimal" : "");
  }
  return epc.ok();
}

}  // namespace

Command add_epc(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("epc", "Show the URIs and the GS1 key of a tag's EPC");
  auto tags = std::make_shared<std::vector<std::string>>();
  app->add_option("HEX", *tags, "EPCs in hexadecimal, as the channel `tag` says them; - reads lines from stdin")
      ->required();
  app->footer("Exit status: 0 when all EPCs were decoded, 1 when one was not.");
  return {app, [tags, &common] {
            bool all = true;
            bool any = false;
            for_each_line(*tags, "epc", [&](const std::string& tag) {
              any = true;
              all &= show(tag, common);
            });
            return any && all ? 0 : 1;
          }};
}

}  // namespace afferent::cli
