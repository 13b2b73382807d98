#include "drivers/lorawan/fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "drivers/common/option_error.h"
#include "drivers/lorawan/event.h"
#include "drivers/lorawan/units.h"

namespace afferent::drivers::lorawan {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::Error;
using core::ErrorCode;
using core::FieldType;
using core::Quantity;
using core::Value;

constexpr std::array kMapFields{
    ConfigField{.key = "path",
                .required = true,
                .minimum = 1,
                .maximum = 200,
                .help = "where the value stands in what the codec gives: data.level, battery.value, history[0]"},
    ConfigField{.key = "channel", .required = true, .minimum = 1, .maximum = 64, .help = "name of the channel"},
    ConfigField{.key = "quantity", .help = "what it measures; default: what the unit or the channel's name says"},
    ConfigField{.key = "unit", .help = "in which the codec gives it, e.g. mm, bar, mV; default: the quantity's own"},
    ConfigField{.key = "scale", .type = FieldType::real, .help = "the value is multiplied by it first; default 1"},
    ConfigField{.key = "offset", .type = FieldType::real, .help = "then this is added, in `unit`; default 0"},
    ConfigField{.key = "minimum", .type = FieldType::real, .help = "smallest believable value, in the quantity's unit"},
    ConfigField{.key = "maximum", .type = FieldType::real, .help = "largest believable value, in the quantity's unit"},
    ConfigField{.key = "true", .type = FieldType::list, .help = "of a boolean: what means true; all else is false"},
    ConfigField{.key = "false", .type = FieldType::list, .help = "of a boolean: what means false"},
    ConfigField{.key = "skip", .type = FieldType::list, .help = "values that are none, e.g. \"-\" or \"65535\""},
};

struct Usual {
  std::string_view name;
  Quantity quantity;
  bool prefix = false;
};
constexpr std::array kUsual{
    Usual{"volume", Quantity::volume, true},
    Usual{"flow", Quantity::flow},
    Usual{"energy", Quantity::energy, true},
    Usual{"power", Quantity::power},
    Usual{"temperature", Quantity::temperature},
    Usual{"supply_temperature", Quantity::temperature},
    Usual{"return_temperature", Quantity::temperature},
    Usual{"level", Quantity::length},
    Usual{"distance", Quantity::length},
    Usual{"rain", Quantity::rain},
    Usual{"pressure", Quantity::pressure},
    Usual{"tilt", Quantity::angle, true},
    Usual{"open", Quantity::boolean},
    Usual{"flooded", Quantity::boolean},
    Usual{"moved", Quantity::boolean},
    Usual{"flag_", Quantity::boolean, true},
    Usual{"tag", Quantity::text},
    Usual{"valve", Quantity::text},
    Usual{"battery", Quantity::ratio},
    Usual{"voltage", Quantity::voltage},
    Usual{"rssi", Quantity::signal},
    Usual{"meter_time", Quantity::time},
};

constexpr std::array<std::string_view, 4> kTrue{"true", "yes", "on", "1"};
constexpr std::array<std::string_view, 4> kFalse{"false", "no", "off", "0"};

std::vector<std::string> texts_of(const ConfigNode& node) {
  std::vector<std::string> texts;
  for (const ConfigNode& item : node.list()) texts.push_back(lower(item.text()));
  return texts;
}

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string shown(double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string word_of(const Json& value) {
  if (value.is(Json::Kind::text)) return lower(value.text());
  if (value.is(Json::Kind::boolean)) return value.boolean() ? "true" : "false";
  return shown(value.number());
}

// Whether this may stand behind a number: nothing, or a unit. What looks like more of the number makes it another one,
// as in "1,5", "0x10", "1 234" and "12:30".
bool is_unit(std::string_view text, double number) {
  if (text.empty()) return true;
  const auto first = static_cast<unsigned char>(text.front());
  if (number == 0.0 && (first == 'x' || first == 'X')) return false;
  const bool blank = std::isspace(first) != 0;
  const bool beyond_ascii = first >= 0x80;  // a degree sign, a micro, a narrow blank
  if (!blank && !beyond_ascii) return std::isalpha(first) != 0 || first == '%';
  const auto next = std::find_if(text.begin(), text.end(), [](char c) {
    return std::isspace(static_cast<unsigned char>(c)) == 0 && static_cast<unsigned char>(c) < 0x80;
  });
  return next == text.end() || std::isdigit(static_cast<unsigned char>(*next)) == 0;
}

// "2799 mm" is 2799: some codecs write their units behind the numbers.
std::optional<double> number_in(const Json& value) {
  if (value.is(Json::Kind::number)) return value.number();
  if (value.is(Json::Kind::boolean)) return value.boolean() ? 1.0 : 0.0;
  std::string_view text = value.text();
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0.0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), number);
  if (done.ec != std::errc{} || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(done.ptr - text.data()));
  if (!is_unit(text, number)) return std::nullopt;
  return number;
}

std::optional<bool> truth_in(const Field& field, const Json& value) {
  const std::string word = word_of(value);
  if (!field.truths.empty() || !field.lies.empty()) {
    if (holds(field.truths, word)) return true;
    if (holds(field.lies, word)) return false;
    if (!field.truths.empty() && field.lies.empty()) return false;
    if (field.truths.empty()) return true;
    return std::nullopt;
  }
  if (value.is(Json::Kind::number)) return value.number() != 0.0;
  if (holds(kTrue, word)) return true;
  if (holds(kFalse, word)) return false;
  return std::nullopt;
}

core::Result<Quantity> quantity_of(const ConfigNode& node, const std::optional<Unit>& unit) {
  const ConfigNode& named = node["quantity"];
  if (!named.empty()) {
    const auto quantity = core::quantity_named(named.text());
    if (!quantity)
      return option_error(named, "field.quantity", "there is no quantity '" + std::string(named.text()) + "'");
    return *quantity;
  }
  const Quantity usual = usual_quantity(node["channel"].text());
  if (usual != Quantity::none) return usual;
  if (node.has("true") || node.has("false")) return Quantity::boolean;
  return unit ? unit->quantity : Quantity::none;
}

// One level of a path: a member's name or the number of an item. Moves `path` behind it.
const Json* step(const Json& from, std::string_view& path) {
  if (path.front() == '[') {
    std::size_t index = 0;
    const auto done = std::from_chars(path.data() + 1, path.data() + path.size(), index);
    if (done.ec != std::errc{} || done.ptr == path.data() + path.size() || *done.ptr != ']') return nullptr;
    path.remove_prefix(static_cast<std::size_t>(done.ptr - path.data()) + 1);
    return index < from.items().size() ? &from.items()[index] : nullptr;
  }
  const std::size_t end = std::min(path.find('.'), path.find('['));
  const Json* next = from.find(path.substr(0, end));
  path.remove_prefix(std::min(end, path.size()));
  return next;
}

const Json* walk(const Json& data, std::string_view path) {
  const Json* at = &data;
  while (at != nullptr && !path.empty()) {
    // A name may hold dots itself.
    if (const Json* whole = at->find(path); whole != nullptr) return whole;
    at = step(*at, path);
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
  }
  return at;
}

// A member whose name has no letter and no digit that a channel's may have is a `value`.
void append_name(std::string& name, std::string_view part) {
  const auto fits_none = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; };
  if (std::all_of(part.begin(), part.end(), fits_none)) part = "value";
  bool gap = !name.empty();
  for (const char raw : part) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw;
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!fits) {
      gap = !name.empty();
      continue;
    }
    if (gap) name.push_back('_');
    gap = false;
    if (name.empty() && c >= '0' && c <= '9') name.push_back('n');  // a channel begins with a letter
    name.push_back(c);
  }
}

void collect(const Json& json, const std::string& name, std::vector<Leaf>& leaves) {
  constexpr std::size_t kMost = 256;
  constexpr std::size_t kLongestName = 64;
  for (const auto& [key, value] : json.members()) {
    std::string below = name;
    append_name(below, key);
    collect(value, below, leaves);
  }
  for (std::size_t i = 0; i < json.items().size(); ++i) {
    std::string below = name;
    append_name(below, std::to_string(i));
    collect(json.items()[i], below, leaves);
  }
  if (json.is(Json::Kind::object) || json.is(Json::Kind::array) || json.is(Json::Kind::null)) return;
  if (leaves.size() >= kMost || name.empty()) return;
  Leaf leaf{name.substr(0, kLongestName), {Value::Kind::number, json.number(), std::string(json.text())}};
  if (json.is(Json::Kind::text)) leaf.value.kind = Value::Kind::text;
  if (json.is(Json::Kind::boolean)) leaf.value = {Value::Kind::boolean, json.boolean() ? 1.0 : 0.0, {}};
  leaves.push_back(std::move(leaf));
}

}  // namespace

Quantity usual_quantity(std::string_view channel) {
  const std::string_view plain = channel.substr(0, channel.find_first_of("@#"));
  for (const Usual& usual : kUsual) {
    if (usual.prefix ? plain.starts_with(usual.name) : plain == usual.name) return usual.quantity;
  }
  return Quantity::none;
}

std::span<const ConfigField> map_fields() { return kMapFields; }

core::Result<Field> make_field(const ConfigNode& node) {
  Field field;
  field.path = node["path"].text();
  field.channel.name = node["channel"].text();
  if (!core::is_channel_name(field.channel.name))
    return option_error(node["channel"], "field.channel",
                        "'" + field.channel.name + "' is no name of a channel ([a-z][a-z0-9_]*)");
  std::optional<Unit> unit;
  if (const ConfigNode& named = node["unit"]; !named.empty()) {
    unit = unit_named(named.text());
    if (!unit)
      return option_error(named, "field.unit",
                          "there is no unit '" + std::string(named.text()) + "'; known: " + unit_names());
  }
  auto quantity = quantity_of(node, unit);
  if (!quantity) return std::move(quantity).error();
  field.channel.quantity = *quantity;
  if (unit) unit = unit_for(*unit, *quantity);
  if (!unit && node.has("unit")) {
    return option_error(
        node["unit"], "field.unit",
        "'" + std::string(node["unit"].text()) + "' is no unit of " + std::string(core::name_of(*quantity)));
  }
  const double factor = unit ? unit->factor : 1.0;
  field.scale = node["scale"].real(1.0) * factor;
  field.offset = node["offset"].real(0.0) * factor + (unit ? unit->offset : 0.0);
  field.channel.minimum = node["minimum"].real(field.channel.minimum);
  field.channel.maximum = node["maximum"].real(field.channel.maximum);
  field.truths = texts_of(node["true"]);
  field.lies = texts_of(node["false"]);
  field.skipped = texts_of(node["skip"]);
  if ((!field.truths.empty() || !field.lies.empty()) && field.channel.quantity != Quantity::boolean)
    return option_error(node, "field.true and field.false", "only for a channel that is a boolean");
  return field;
}

std::vector<core::ChannelSpec> channels_of(const std::vector<Field>& fields) {
  std::vector<core::ChannelSpec> channels;
  for (const Field& field : fields) {
    const bool known = std::any_of(channels.begin(), channels.end(), [&field](const core::ChannelSpec& channel) {
      return channel.name == field.channel.name;
    });
    if (!known) channels.push_back(field.channel);
  }
  return channels;
}

const Json* at_path(const Json& data, std::string_view path) {
  if (const Json* found = walk(data, path); found != nullptr) return found;
  return path.starts_with("data.") ? walk(data, path.substr(5)) : nullptr;
}

core::Result<std::optional<Read>> read_field(const Field& field, const Json& value) {
  const bool plain = value.is(Json::Kind::number) || value.is(Json::Kind::text) || value.is(Json::Kind::boolean);
  if (value.is(Json::Kind::null)) return std::optional<Read>();
  if (!plain) return Error(ErrorCode::bad_input, field.path + " is an object or a list, not a value");
  if (holds(field.skipped, word_of(value))) return std::optional<Read>();
  Read read;
  read.kind = core::kind_of(field.channel.quantity);
  if (read.kind == Value::Kind::text) {
    read.text = value.is(Json::Kind::text) ? std::string(value.text()) : word_of(value);
    return std::optional(std::move(read));
  }
  if (read.kind == Value::Kind::boolean) {
    const auto truth = truth_in(field, value);
    if (!truth) return Error(ErrorCode::bad_input, field.path + " is '" + word_of(value) + "', neither true nor false");
    read.number = *truth ? 1.0 : 0.0;
    return std::optional(std::move(read));
  }
  const auto number = number_in(value);
  if (!number) return Error(ErrorCode::bad_input, field.path + " is '" + word_of(value) + "', no number");
  // Twelve digits are more than any sensor has, and hide that a tenth is none in binary.
  const double scaled = *number * field.scale + field.offset;
  const double size = std::abs(scaled);
  const double grain = size == 0.0 ? 1.0 : std::pow(10.0, 12.0 - std::ceil(std::log10(size)));
  read.number = field.scale == 1.0 && field.offset == 0.0 ? scaled : std::round(scaled * grain) / grain;
  return std::optional(std::move(read));
}

std::vector<Leaf> leaves_of(const Json& data) {
  std::vector<Leaf> leaves;
  collect(data, {}, leaves);
  return leaves;
}

}  // namespace afferent::drivers::lorawan
