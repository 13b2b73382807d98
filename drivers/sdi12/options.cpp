#include "drivers/sdi12/options.h"

#include <algorithm>
#include <array>
#include <map>

#include "drivers/common/option_error.h"
#include "drivers/sdi12/answer.h"

namespace afferent::drivers::sdi12 {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;
using core::Quantity;

constexpr std::array kChannelFields{
    ConfigField{.key = "name", .required = true, .minimum = 1, .maximum = 40, .help = "Channel name, e.g. level."},
    ConfigField{.key = "quantity",
                .help =
                    "What it measures, which fixes the unit: length (m), pressure (kPa), temperature (degC), ...; by "
                    "default as the name says, else none."},
    ConfigField{.key = "scale",
                .type = FieldType::real,
                .standard = "1",
                .help = "The sensor's number times this is in the quantity's unit."},
    ConfigField{.key = "offset", .type = FieldType::real, .standard = "0", .help = "Added after scaling."},
    ConfigField{.key = "minimum", .type = FieldType::real, .help = "Smallest believable value."},
    ConfigField{.key = "maximum", .type = FieldType::real, .help = "Largest believable value."},
    ConfigField{.key = "measurement", .help = "Which of the measurements it belongs to; by default the first."},
    ConfigField{.key = "value",
                .type = FieldType::integer,
                .minimum = 1,
                .maximum = 999,
                .help = "Which value of its measurement; by default the one behind the channel before."},
};

constexpr std::array kFields{
    ConfigField{.key = "address",
                .required = true,
                .minimum = 1,
                .maximum = 1,
                .help = "The sensor's address: 0 to 9, A to Z, a to z."},
    ConfigField{.key = "measurements",
                .type = FieldType::list,
                .minimum = 1,
                .maximum = 3,
                .help =
                    "What each poll asks for, in order: M, M1 to M9, C, C1 to C9, R0 to R9, V, HA; MC, CC and RC with "
                    "a CRC. By default M. C lets other sensors measure meanwhile."},
    ConfigField{.key = "channels",
                .type = FieldType::tables,
                .help = "What the values are, in order; by default value1, value2, ... without a unit.",
                .items = kChannelFields},
    ConfigField{.key = "identify",
                .type = FieldType::boolean,
                .standard = "true",
                .help = "Asks the sensor for maker, model and version when the line opens."},
};

struct Usual {
  std::string_view name;
  Quantity quantity;
};
constexpr std::array kUsual{
    Usual{"level", Quantity::length},
    Usual{"distance", Quantity::length},
    Usual{"rain", Quantity::rain},
    Usual{"pressure", Quantity::pressure},
    Usual{"temperature", Quantity::temperature},
    Usual{"flow", Quantity::flow},
    Usual{"volume", Quantity::volume},
    Usual{"battery", Quantity::ratio},
    Usual{"humidity", Quantity::ratio},
    Usual{"voltage", Quantity::voltage},
    Usual{"tilt", Quantity::angle},
};

bool is_measurement(std::string_view text) {
  if (text == "V" || text == "HA") return true;
  if (text.empty() || (text[0] != 'M' && text[0] != 'C' && text[0] != 'R')) return false;
  const bool continuous = text[0] == 'R';
  text.remove_prefix(text.size() > 1 && text[1] == 'C' ? 2 : 1);
  if (text.empty()) return !continuous;
  return text.size() == 1 && text[0] >= (continuous ? '0' : '1') && text[0] <= '9';
}

// All mistakes of one sensor, a line each.
class Mistakes {
 public:
  void add(const core::Error& error) {
    if (!text_.empty()) text_ += '\n';
    text_ += error.message();
  }
  core::Result<void> result() && {
    if (text_.empty()) return {};
    return core::Error(core::ErrorCode::bad_config, std::move(text_));
  }

 private:
  std::string text_;
};

core::Result<void> check_measurement(const ConfigNode& item, const Settings& settings) {
  if (!is_measurement(item.text())) {
    return value_error(item, "measurements", item.text(),
                       "must be M, C, MC or CC, also with 1 to 9, R0 to R9, RC0 to RC9, "
                       "V or HA");
  }
  for (const std::string& other : settings.measurements) {
    if (!is_measurement(other) || slot_of(other) != slot_of(item.text())) continue;
    return value_error(item, "measurements", item.text(), "must not measure the same as " + other);
  }
  return {};
}

// Also those that are refused, so that what belongs to one of them is judged by itself.
void read_measurements(const ConfigNode& options, Settings& settings, Mistakes& mistakes) {
  for (const ConfigNode& item : options["measurements"].list()) {
    if (auto right = check_measurement(item, settings); !right) mistakes.add(right.error());
    settings.measurements.emplace_back(item.text());
  }
  if (settings.measurements.empty()) settings.measurements.emplace_back("M");
}

core::Result<Quantity> quantity_of(const ConfigNode& options, std::string_view name) {
  if (const ConfigNode& node = options["quantity"]; !node.empty()) {
    const auto quantity = core::quantity_named(node.text());
    if (!quantity || *quantity == Quantity::text) {
      return value_error(node, "quantity", node.text(), "must be a quantity, e.g. length, temperature, none");
    }
    return *quantity;
  }
  const auto* usual = std::find_if(kUsual.begin(), kUsual.end(), [name](const Usual& row) { return row.name == name; });
  return usual == kUsual.end() ? Quantity::none : usual->quantity;
}

std::size_t measurement_of(const ConfigNode& options, const Settings& settings, Mistakes& mistakes) {
  const std::string_view wanted = options["measurement"].text(settings.measurements.front());
  const auto found = std::find(settings.measurements.begin(), settings.measurements.end(), wanted);
  if (found != settings.measurements.end()) return static_cast<std::size_t>(found - settings.measurements.begin());
  mistakes.add(value_error(options["measurement"], "measurement", wanted, "must be one of `measurements`"));
  return 0;
}

NamedValue named_value(const ConfigNode& options, const Settings& settings, Mistakes& mistakes) {
  const std::string_view name = options["name"].text();
  if (!core::is_channel_name(name)) {
    mistakes.add(value_error(options["name"], "name", name, "must be small letters, digits and _, e.g. level"));
  }
  const auto quantity = quantity_of(options, name);
  if (!quantity) mistakes.add(quantity.error());
  NamedValue value;
  value.channel.name = name;
  value.channel.quantity = quantity ? *quantity : Quantity::none;
  value.channel.minimum = options["minimum"].real(value.channel.minimum);
  value.channel.maximum = options["maximum"].real(value.channel.maximum);
  value.scale = options["scale"].real(1.0);
  if (value.scale == 0.0) mistakes.add(value_error(options["scale"], "scale", "0", "must not be 0"));
  value.offset = options["offset"].real(0.0);
  value.measurement = measurement_of(options, settings, mistakes);
  return value;
}

void read_channels(const ConfigNode& options, Settings& settings, Mistakes& mistakes) {
  std::map<std::size_t, std::size_t> next;  // by measurement
  for (const ConfigNode& node : options["channels"].list()) {
    NamedValue value = named_value(node, settings, mistakes);
    std::size_t& number = next[value.measurement];
    if (node.has("value")) number = static_cast<std::size_t>(node["value"].integer()) - 1;
    value.value = number++;
    const bool twice = std::any_of(settings.values.begin(), settings.values.end(),
                                   [&](const NamedValue& other) { return other.channel.name == value.channel.name; });
    if (twice)
      mistakes.add(value_error(node["name"], "name", value.channel.name, "must not be the name of two channels"));
    settings.values.push_back(std::move(value));
  }
}

}  // namespace

bool has_crc(std::string_view measurement) { return measurement.size() > 1 && measurement[1] == 'C'; }

bool is_continuous(std::string_view measurement) { return measurement.starts_with('R'); }

std::string slot_of(std::string_view measurement) {
  if (measurement == "V") return "v_";
  const char number = measurement.empty() ? '\0' : measurement.back();
  if (number < '0' || number > '9') return {};
  return std::string(is_continuous(measurement) ? "r" : "m") + number + "_";
}

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const ConfigNode& options = device.options;
  Settings settings;
  Mistakes mistakes;
  if (const ConfigNode& node = options["address"]; !node.empty()) {
    const std::string_view text = node.text();
    if (text.size() == 1 && is_address(text[0])) {
      settings.address = text[0];
    } else {
      mistakes.add(value_error(node, "address", text, "must be 0 to 9, A to Z or a to z"));
    }
  }
  settings.identify = options["identify"].boolean(true);
  settings.breaks = device.medium == core::Port::Medium::serial;
  read_measurements(options, settings, mistakes);
  read_channels(options, settings, mistakes);
  if (auto right = std::move(mistakes).result(); !right) return std::move(right).error();
  return settings;
}

}  // namespace afferent::drivers::sdi12
