#include "drivers/lorawan/options.h"

#include <array>
#include <charconv>
#include <map>

#include "agent/core/json.h"
#include "drivers/common/option_error.h"
#include "drivers/lorawan/event.h"

namespace afferent::drivers::lorawan {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::size_t kLongestScript = 256 * 1024;

constexpr ConfigField kCodec{
    .key = "codec",
    .type = FieldType::contents,
    .help =
        "the maker's decoder, a JavaScript file of at most 256 kB, beside this one; without it the network server's "
        "`object` is used"};
constexpr ConfigField kPorts{.key = "fport",
                             .type = FieldType::list,
                             .help = "ports whose payloads go to the codec, e.g. [\"85\"]; default all"};
constexpr ConfigField kVariables{
    .key = "variables", .type = FieldType::list, .help = "for the codec, each \"name=value\"; default none"};

std::span<const ConfigField> devices() {
  static const std::array kFields{
      ConfigField{.key = "dev_eui", .required = true, .minimum = 16, .maximum = 16, .help = "16 hexadecimal digits"},
      kCodec,
      kPorts,
      kVariables,
      ConfigField{.key = "application",
                  .maximum = 200,
                  .help = "application id, to send downlinks before the first uplink; default: learned from the topic"},
      ConfigField{.key = "field",
                  .type = FieldType::tables,
                  .help = "what of the decoded object is which channel; instead of those of the profile",
                  .items = map_fields()},
  };
  return kFields;
}

std::span<const ConfigField> profiles() {
  static const std::array kFields{
      ConfigField{.key = "product", .required = true, .minimum = 1, .maximum = 200, .help = "maker and model"},
      kCodec,
      kPorts,
      kVariables,
      ConfigField{.key = "field",
                  .type = FieldType::tables,
                  .help = "what of the decoded object is which channel; default: every leaf under its own path",
                  .items = map_fields()},
  };
  return kFields;
}

// The device's own word counts before the profile's.
const ConfigNode& either(const core::DriverDevice& device, std::string_view key) {
  return device.options.has(key) ? device.options[key] : device.profile[key];
}

// The helper process is given the file anew, so that one that was mended is taken without a restart.
core::Result<std::string> path_of(const ConfigNode& node) {
  const auto* file = std::get_if<core::Contents>(&node.data());
  if (file == nullptr) return std::string(node.text());  // a path by itself: `afferent decode --codec`
  if (file->text->size() > kLongestScript)
    return option_error(node, "codec", file->path + " is longer than 256 kB, which no codec may be");
  return file->path;
}

core::Result<void> read_ports(const ConfigNode& node, Settings& settings) {
  for (const ConfigNode& item : node.list()) {
    const std::string_view text = item.text();
    std::uint8_t port = 0;
    const auto done = std::from_chars(text.data(), text.data() + text.size(), port);
    if (done.ec != std::errc{} || done.ptr != text.data() + text.size())
      return option_error(item, "fport", "'" + std::string(text) + "' is no port; expected 0 to 255");
    settings.ports.push_back(port);
  }
  return {};
}

core::Result<void> read_variables(const ConfigNode& node, Settings& settings) {
  if (node.list().empty()) return {};
  core::JsonWriter json;
  json.begin_object();
  for (const ConfigNode& item : node.list()) {
    const std::string_view text = item.text();
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) return option_error(item, "variables", "expected \"name=value\"");
    json.field(text.substr(0, equals), text.substr(equals + 1));
  }
  settings.variables = json.end_object().take();
  if (settings.variables.size() > 4096) return option_error(node, "variables", "more than 4 kB");
  return {};
}

core::Result<void> read_map(const ConfigNode& node, Settings& settings) {
  std::map<std::string, core::ChannelSpec> known;
  for (const ConfigNode& item : node.list()) {
    auto field = make_field(item);
    if (!field) return std::move(field).error();
    const core::ChannelSpec& channel = field->channel;
    if (channel.name == "rssi" || channel.name == "snr")
      return option_error(item["channel"], "field.channel", "'" + channel.name + "' is there already");
    // Some codecs have one value under several names, as their devices have it in several units.
    const core::ChannelSpec& first = known.emplace(channel.name, channel).first->second;
    if (first.quantity != channel.quantity || first.minimum != channel.minimum || first.maximum != channel.maximum)
      return option_error(item["channel"], "field.channel",
                          "'" + channel.name + "' is there already, with another quantity or another range");
    settings.fields.push_back(*std::move(field));
  }
  return {};
}

}  // namespace

std::span<const ConfigField> option_fields() { return devices(); }
std::span<const ConfigField> profile_fields() { return profiles(); }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  Settings settings;
  settings.id = device.id;
  settings.dev_eui = lower(device.options["dev_eui"].text());
  if (!settings.dev_eui.empty() && !is_dev_eui(settings.dev_eui))
    return option_error(device.options["dev_eui"], "dev_eui", "expected 16 hexadecimal digits");
  auto codec = path_of(either(device, "codec"));
  if (!codec) return std::move(codec).error();
  settings.codec = *std::move(codec);
  settings.application = device.options["application"].text();
  if (settings.application.find_first_of("/+#") != settings.application.npos)
    return option_error(device.options["application"], "application", "must not hold '/', '+' or '#'");
  for (const auto& read :
       {read_ports(either(device, "fport"), settings), read_variables(either(device, "variables"), settings),
        read_map(either(device, "field"), settings)}) {
    if (!read) return read.error();
  }
  return settings;
}

}  // namespace afferent::drivers::lorawan
