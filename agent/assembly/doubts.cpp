#include "agent/assembly/doubts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "agent/config/defaults.h"
#include "agent/config/fields.h"
#include "agent/config/suggest.h"

namespace afferent::assembly {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::string_view kDevice = "device.";
// They say who is asked or what it is called, not what there is.
constexpr std::array<std::string_view, 5> kAddresses{"address", "secondary", "unit", "primary", "product"};
// Without them it is not known what the device is.
constexpr std::array<std::string_view, 2> kKinds{"profile", "port"};
constexpr int kMostWhole = 8;

const ConfigField* field_named(std::span<const ConfigField> fields, std::string_view key) {
  const auto found = std::find_if(fields.begin(), fields.end(), [key](const ConfigField& f) { return f.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

template <std::size_t size>
bool is_one_of(std::string_view key, const std::array<std::string_view, size>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::vector<ConfigNode::Data> right_numbers(const ConfigField& field) {
  std::vector<double> numbers;
  if (std::isfinite(field.minimum)) numbers = {field.minimum, field.minimum + 1};
  if (std::isfinite(field.maximum)) numbers.push_back(field.maximum);
  if (field.type == FieldType::integer && field.maximum - field.minimum < kMostWhole) {
    const auto between = static_cast<int>(field.maximum - field.minimum);
    for (int i = 2; i < between; ++i) numbers.push_back(field.minimum + i);
  }
  std::vector<ConfigNode::Data> values;
  for (const double number : numbers) {
    if (number > field.maximum) continue;
    if (field.type == FieldType::integer) {
      values.emplace_back(static_cast<std::int64_t>(number));
    } else {
      values.emplace_back(number);
    }
  }
  return values;
}

// None where only who writes it knows what would be right.
std::vector<ConfigNode::Data> right_values(const ConfigField& field) {
  switch (field.type) {
    case FieldType::boolean: return {true, false};
    case FieldType::integer:
    case FieldType::real:
    case FieldType::duration: return right_numbers(field);
    case FieldType::text: {
      std::vector<ConfigNode::Data> values;
      for (const std::string_view name : config::split(field.allowed, '|')) values.emplace_back(std::string(name));
      return values;
    }
    default: return {};
  }
}

// The known key that was meant by an unknown one, or nothing.
std::string_view meant(std::string_view key, std::span<const ConfigField> own, std::span<const ConfigField> common) {
  config::Names names;
  for (const ConfigField& field : own) names.push_back(field.key);
  for (const ConfigField& field : common) names.push_back(field.key);
  return config::nearest(key, names);
}

}  // namespace

Doubts::Doubts(const core::DriverSpec& spec, const config::DeviceConfig& written, core::DriverDevice& device)
    : spec_(spec) {
  for (const config::Problem& mistake : written.mistakes) judge(mistake, written, device);
}

void Doubts::judge(const config::Problem& mistake, const config::DeviceConfig& written, core::DriverDevice& device) {
  std::string_view key = mistake.key;
  const Part part = key.starts_with(kDevice) ? Part::options : Part::profile;
  if (part == Part::options) key.remove_prefix(kDevice.size());
  const std::string_view first = key.substr(0, key.find('.'));
  // A profile that could not be read at all leaves no table.
  if (part == Part::profile && written.profile.table().empty()) unclear_ = true;
  if (part == Part::options && is_one_of(first, kKinds)) unclear_ = true;
  judge_key(mistake, {part, std::string(first)}, first != key, device);
}

void Doubts::judge_key(const config::Problem& mistake, const TreePlace& place, bool nested,
                       core::DriverDevice& device) {
  const std::span<const ConfigField> own = fields_of(spec_, place.part);
  const std::span<const ConfigField> common =
      place.part == Part::options ? config::device_fields() : std::span<const ConfigField>();
  if (nested && !node_at(device, place).list().empty()) return leave_out_items(mistake, place, device);
  if (field_named(own, place.key) != nullptr) return doubt(place, device);
  if (field_named(common, place.key) != nullptr) return;
  const std::string_view key = meant(place.key, own, common);
  if (field_named(own, key) != nullptr) doubt({place.part, std::string(key)}, device);
}

// A wrong key is not in the tree any more; its table is the last that begins before it. Of several on one line it may
// be each.
void Doubts::leave_out_items(const config::Problem& mistake, const TreePlace& list, core::DriverDevice& device) {
  const ConfigNode::List items = node_at(device, list).list();
  std::uint32_t line = 0;
  for (const ConfigNode& item : items) {
    const core::Source& at = item.source();
    if (at.file == mistake.source.file && at.line <= mistake.source.line) line = std::max(line, at.line);
  }
  for (std::size_t i = items.size(); i-- > 0;) {
    if (items[i].source().line == line && items[i].source().file == mistake.source.file)
      leave_out(device, {list.part, list.key, i});
  }
}

// A default stands in for it, or else, where there must be something, any right value.
void Doubts::doubt(const TreePlace& key, core::DriverDevice& device) {
  keys_.push_back(key);
  const ConfigField* field = field_named(fields_of(spec_, key.part), key.key);
  if (field == nullptr) return lose_sight();
  const std::vector<ConfigNode::Data> values = right_values(*field);
  if (values.empty() && !is_one_of(key.key, kAddresses)) lose_sight();
  ConfigNode otherwise = config::default_of(*field, part_of(device, key.part).source().file);
  if (otherwise.empty() && field->required && !values.empty())
    otherwise = ConfigNode(values.front(), core::Source{part_of(device, key.part).source().file, 0});
  if (!otherwise.empty()) put(device, key, std::move(otherwise));
}

void Doubts::leave_out(core::DriverDevice& device, const TreePlace& place) {
  if (!place.item) {
    take_away(device, place);
    return doubt(place, device);
  }
  lists_.push_back({place.part, place.key});
  for (const auto& [key, value] : node_at(device, place).table()) {
    if (std::holds_alternative<std::string>(value.data())) names_.emplace_back(value.text());
  }
  take_away(device, place);
}

bool Doubts::thinned(const TreePlace& list) const {
  return std::any_of(lists_.begin(), lists_.end(),
                     [&list](const TreePlace& one) { return one.part == list.part && one.key == list.key; });
}

bool Doubts::named_in(std::string_view message) const {
  return std::any_of(names_.begin(), names_.end(),
                     [message](const std::string& name) { return message.find("'" + name) != message.npos; });
}

bool Doubts::may_give(std::string_view channel) const {
  // A counted one is numbered.
  return std::any_of(names_.begin(), names_.end(), [channel](const std::string& name) {
    return channel.starts_with(name) && channel.find_first_not_of("0123456789", name.size()) == channel.npos;
  });
}

std::vector<core::DriverDevice> Doubts::with_right_values(const core::DriverDevice& device) const {
  std::vector<core::DriverDevice> devices;
  for (const TreePlace& key : keys_) {
    const ConfigField* field = field_named(fields_of(spec_, key.part), key.key);
    if (field == nullptr) continue;
    for (ConfigNode::Data& value : right_values(*field)) {
      devices.push_back(device);
      put(devices.back(), key, ConfigNode(std::move(value), core::Source{part_of(device, key.part).source().file, 0}));
    }
  }
  return devices;
}

}  // namespace afferent::assembly
