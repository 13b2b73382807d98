#include "drivers/wmbus/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>

#include "drivers/common/option_error.h"
#include "drivers/wmbus/maker_diehl.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::string_view kDefaultSource = "raw";

constexpr std::array kFields{
    ConfigField{
        .key = "address", .required = true, .minimum = 8, .maximum = 8, .help = "The meter's eight digits as printed."},
    ConfigField{.key = "maker",
                .minimum = 3,
                .maximum = 3,
                .help = "Three letters of the maker, e.g. KAM; only such a meter is meant."},
    ConfigField{.key = "type", .minimum = 2, .maximum = 2, .help = "Device type in hex, e.g. 07 water; as maker."},
    ConfigField{.key = "version", .minimum = 2, .maximum = 2, .help = "Version in hex; as maker."},
    ConfigField{.key = "key_file",
                .type = FieldType::secret,
                .help = "File with the meter's key: 32 hexadecimal digits, or 16 of a Diehl meter; or a line `ID KEY` "
                        "for each of many meters."},
    ConfigField{.key = "source",
                .standard = kDefaultSource,
                .allowed = kSourceKinds,
                .help =
                    "What the port is connected to, the same for all meters of a port: im871a, amb8465 (command mode "
                    "or transparent), cul (culfw), rtl_wmbus (its lines), raw (frames one after the other) or raw_t "
                    "(the same in the 3-out-of-6 code of mode T)."},
    ConfigField{.key = "rssi_byte",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "Transparent frames of amb8465 or raw end with an RSSI byte that their length counts."},
    ConfigField{.key = "repeated_within",
                .type = FieldType::duration,
                .standard = "60 s",
                .minimum = 0,
                .maximum = 3600,
                .help = "The same telegram again within this time, from a repeater or a second dongle, is dropped."},
};

std::string quoted(const ConfigNode& node) { return "\"" + std::string(node.text()) + "\""; }

core::Result<std::optional<std::uint8_t>> hex_byte(const ConfigNode& options, std::string_view key) {
  const ConfigNode& node = options[key];
  if (node.empty()) return std::optional<std::uint8_t>();
  const std::string_view text = node.text();
  std::uint8_t byte = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), byte, 16);
  if (text.size() == 2 && error == std::errc() && end == text.data() + text.size()) return std::optional(byte);
  return option_error(node, key, quoted(node) + " is not right; expected two hexadecimal digits, e.g. \"07\"");
}

// Each file is read once, however many meters name it.
class KeyFiles {
 public:
  core::Result<std::shared_ptr<const KeyRing>> read(const ConfigNode& node) {
    if (node.empty()) return std::shared_ptr<const KeyRing>();
    const std::string_view text = node.secret();
    const auto [known, fresh] = rings_.try_emplace(text.data());
    if (!fresh) return known->second;
    auto ring = KeyRing::parse(text);
    if (!ring) return option_error(node, "key_file", ring.error().message());
    known->second = std::make_shared<const KeyRing>(std::move(*ring));
    return known->second;
  }

 private:
  std::map<const char*, std::shared_ptr<const KeyRing>> rings_;
};

core::Result<void> read_identity(const ConfigNode& options, MeterSettings& meter) {
  if (const ConfigNode& address = options["address"]; !address.empty()) {
    meter.address = id_from(address.text());
    if (!meter.address) {
      return option_error(address, "address",
                          quoted(address) + " is not right; expected eight digits, e.g. \"12345678\"");
    }
  }
  if (const ConfigNode& maker = options["maker"]; !maker.empty()) {
    meter.maker = mbus::maker_from(maker.text());
    if (!meter.maker)
      return option_error(maker, "maker", quoted(maker) + " is not right; expected three letters, e.g. \"KAM\"");
  }
  const auto type = hex_byte(options, "type");
  if (!type) return type.error();
  const auto version = hex_byte(options, "version");
  if (!version) return version.error();
  meter.type = *type;
  meter.version = *version;
  return {};
}

// Half a key of AES would only be found when the meter is heard. Where no maker is given it may be one of Diehl's.
core::Result<void> check_key(const ConfigNode& options, const MeterSettings& meter) {
  if (!meter.keys) return {};
  const ConfigNode& file = options["key_file"];
  if (meter.address && meter.keys->find(*meter.address) == nullptr) {
    return option_error(file, "key_file", "holds no key for the meter " + mbus::id_text(*meter.address));
  }
  const bool other = meter.maker && !is_diehl(*meter.maker);
  if (!other || !meter.keys->is_half(meter.address.value_or(0))) return {};
  return option_error(file, "key_file",
                      "a key of 16 hexadecimal digits, which only meters of Diehl have; expected 32 for one of " +
                          mbus::maker_text(*meter.maker));
}

core::Result<MeterSettings> meter_from(const core::DriverDevice& device, KeyFiles& files) {
  MeterSettings meter;
  meter.name = device.id;
  const ConfigNode& options = device.options;
  if (auto read = read_identity(options, meter); !read) return read.error();
  meter.repeated_within =
      std::chrono::duration_cast<core::Nanos>(std::chrono::duration<double>(options["repeated_within"].real(60.0)));
  auto keys = files.read(options["key_file"]);
  if (!keys) return keys.error();
  meter.keys = std::move(*keys);
  if (auto right = check_key(options, meter); !right) return right.error();
  return meter;
}

// A port has one dongle: what one device says holds for all, and two that say different things are a mistake.
core::Result<SourceOptions> source_from(const core::DriverConfig& config) {
  SourceOptions source{std::string(kDefaultSource), false};
  const ConfigNode* given = nullptr;
  for (const core::DriverDevice& device : config.devices) {
    source.rssi_byte = source.rssi_byte || device.options["rssi_byte"].boolean();
    const ConfigNode& kind = device.options["source"];
    if (kind.empty() || (kind.source().line == 0 && given != nullptr)) continue;
    const bool differs = given != nullptr && given->source().line != 0 && kind.text() != given->text();
    if (differs) {
      return option_error(
          kind, "source",
          quoted(kind) + ", but " + given->source().text() + " says " + quoted(*given) + " for the same port");
    }
    given = &kind;
  }
  if (given != nullptr) source.kind = given->text();
  return source;
}

core::Result<void> no_meter_twice(const core::DriverConfig& config, const Settings& settings) {
  std::map<std::uint32_t, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < settings.meters.size(); ++i) {
    const MeterSettings& meter = settings.meters[i];
    if (!meter.address) continue;
    auto& others = places[*meter.address];
    for (const std::size_t other : others) {
      const MeterSettings& before = settings.meters[other];
      if (before.maker != meter.maker || before.type != meter.type || before.version != meter.version) continue;
      return option_error(
          config.devices[i].options["address"], "address",
          "the meter " + mbus::id_text(*meter.address) + " is already the device '" + before.name + "'");
    }
    others.push_back(i);
  }
  return {};
}

}  // namespace

bool MeterSettings::is(const mbus::Identity& meter) const {
  return (!address || *address == meter.id) && (!maker || *maker == meter.maker) && (!type || *type == meter.medium) &&
         (!version || *version == meter.version);
}

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverConfig& config) {
  Settings settings;
  auto source = source_from(config);
  if (!source) return source.error();
  settings.source = *source;
  KeyFiles files;
  for (const core::DriverDevice& device : config.devices) {
    auto meter = meter_from(device, files);
    if (!meter) return meter.error();
    settings.meters.push_back(std::move(*meter));
  }
  if (auto unique = no_meter_twice(config, settings); !unique) return unique.error();
  return settings;
}

}  // namespace afferent::drivers::wmbus
