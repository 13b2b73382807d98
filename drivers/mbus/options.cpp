#include "drivers/mbus/options.h"

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "drivers/common/option_error.h"

namespace afferent::drivers::mbus {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::array kFields{
    ConfigField{.key = "address",
                .type = FieldType::integer,
                .standard = "254",
                .minimum = 0,
                .maximum = 254,
                .help = "Primary address, 0 to 250; 254 for the one meter of a point-to-point line. Not used where "
                        "`secondary` is given."},
    ConfigField{.key = "secondary",
                .minimum = 8,
                .maximum = 16,
                .help = "Secondary address: the 8 digits of the identification number as printed, or all 16 digits "
                        "(identification, maker, version, medium); F stands for any digit."},
    ConfigField{
        .key = "maker", .minimum = 3, .maximum = 3, .help = "With `secondary`: the maker's three letters, e.g. ELS."},
    ConfigField{.key = "version",
                .minimum = 2,
                .maximum = 2,
                .help = "With `secondary`: the version (generation), two hex digits."},
    ConfigField{.key = "medium",
                .minimum = 2,
                .maximum = 2,
                .help = "With `secondary`: the medium, two hex digits, e.g. 07 water, 04 heat."},
    ConfigField{.key = "reset",
                .type = FieldType::boolean,
                .standard = "true",
                .help =
                    "Whether the link is reset (SND_NKE) at the start, after a time-out and before the next reading "
                    "of a meter that answers in several telegrams."},
    ConfigField{.key = "readout",
                .minimum = 2,
                .maximum = 2,
                .help = "Sub-code of an application reset (CI 50) before each reading, two hex digits: 00 all, 10 user "
                        "data, 20 simple billing, 40 multi-tariff, 50 instantaneous values. Empty: none is sent."},
    ConfigField{.key = "telegrams",
                .type = FieldType::integer,
                .standard = "16",
                .minimum = 1,
                .maximum = 64,
                .help = "The most telegrams that one answer may consist of (DIF 1F says that another one follows)."},
    ConfigField{.key = "utc_offset",
                .type = FieldType::real,
                .minimum = -12,
                .maximum = 14,
                .help = "Hours that the meter's clock is ahead of UTC; with it the values of a compact profile carry "
                        "the time at which they were measured."},
};

core::Error mistake(const core::ConfigNode& node, std::string_view key, std::string_view right) {
  const auto* number = std::get_if<std::int64_t>(&node.data());
  return value_error(node, key, number != nullptr ? std::to_string(*number) : std::string(node.text()), right);
}

// Two hex digits; nothing where the key is absent.
core::Result<std::optional<std::uint8_t>> byte_option(const core::ConfigNode& options, std::string_view key) {
  const core::ConfigNode& node = options[key];
  if (node.text().empty()) return std::optional<std::uint8_t>();
  const auto bytes = core::from_hex(node.text());
  if (node.text().size() != 2 || !bytes || bytes->size() != 1) return mistake(node, key, "must be two hex digits");
  return std::optional<std::uint8_t>((*bytes)[0]);
}

// Not said of the key itself: without a secondary address that is refused it would be no mistake.
core::Error without_secondary(const core::ConfigNode& node, std::string_view key) {
  std::string message = node.source().text();
  if (!message.empty()) message += ": ";
  message += "secondary: missing; `" + std::string(key) + "` belongs to a secondary address";
  return {core::ErrorCode::bad_config, std::move(message)};
}

core::Result<void> narrow(const core::ConfigNode& options, Settings& settings) {
  Identity identity;
  if (settings.secondary) identity = settings.secondary->identity;
  if (const core::ConfigNode& node = options["maker"]; !node.text().empty()) {
    const auto maker = maker_from(node.text());
    if (!maker) return mistake(node, "maker", "must be three letters, e.g. ELS");
    identity.maker = *maker;
  }
  const auto version = byte_option(options, "version");
  if (!version) return version.error();
  const auto medium = byte_option(options, "medium");
  if (!medium) return medium.error();
  identity.version = version->value_or(identity.version);
  identity.medium = medium->value_or(identity.medium);
  if (settings.secondary) settings.secondary->identity = identity;
  return {};
}

core::Result<void> only_with_secondary(const core::ConfigNode& options, const Settings& settings) {
  if (settings.secondary) return {};
  for (const std::string_view key : {"maker", "version", "medium"}) {
    if (!options[key].text().empty()) return without_secondary(options[key], key);
  }
  return {};
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const core::ConfigNode& options = device.options;
  Settings settings;
  const std::int64_t address = options["address"].integer(kAnyone);
  if (address < 0 || (address > kLastPrimary && address != kAnyone))
    return mistake(options["address"], "address", "must be 0 to 250, or 254 for the only meter of a line");
  settings.address = static_cast<std::uint8_t>(address);
  if (const core::ConfigNode& node = options["secondary"]; !node.text().empty()) {
    settings.secondary = pattern_from(node.text());
    if (!settings.secondary)
      return mistake(node, "secondary", "must be 8 digits (identification) or 16, F for any, e.g. 12345678");
    settings.address = kSelected;
  }
  if (auto narrowed = narrow(options, settings); !narrowed) return narrowed.error();
  const auto readout = byte_option(options, "readout");
  if (!readout) return readout.error();
  settings.readout = *readout;
  if (auto fits = only_with_secondary(options, settings); !fits) return fits.error();
  settings.reset = options["reset"].boolean(true);
  settings.telegrams = static_cast<std::size_t>(options["telegrams"].integer(16));
  if (options.has("utc_offset")) {
    settings.utc_offset = core::Seconds(std::llround(options["utc_offset"].real() * 3600.0));
  }
  return settings;
}

}  // namespace afferent::drivers::mbus
