// From what a codec gives to channels: by a map (the fields of a profile or device), or every leaf under its own path.
// Value types, pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/channel.h"
#include "agent/core/config_tree.h"
#include "agent/core/result.h"
#include "drivers/common/json_reader.h"

namespace afferent::drivers::lorawan {

struct Field {
  std::string path;  // "level", "battery_voltage.value", "history[0].depth"
  core::ChannelSpec channel;
  double scale = 1.0;  // unit, scale and offset in one: value * scale + offset is in the quantity's unit
  double offset = 0.0;
  std::vector<std::string> truths;  // lower case: what is true, what is false; both empty: the usual words
  std::vector<std::string> lies;
  std::vector<std::string> skipped;  // values that are none
};

std::span<const core::ConfigField> map_fields();  // the keys of [[field]]

// Error{bad_config} names file, line and key.
core::Result<Field> make_field(const core::ConfigNode& node);

// Each once: a channel may have several fields.
std::vector<core::ChannelSpec> channels_of(const std::vector<Field>& fields);

// What stands at the path below `data`; a first level "data." may be left out or not. nullptr: nothing.
const Json* at_path(const Json& data, std::string_view path);

struct Read {
  core::Value::Kind kind = core::Value::Kind::number;
  double number = 0.0;
  std::string text;
};

// Nothing where the field has no value there; Error{bad_input} for one that does not fit the channel.
core::Result<std::optional<Read>> read_field(const Field& field, const Json& value);

// Numbers, booleans and texts below `data`, named by their paths: "battery_voltage_value". At most 256.
struct Leaf {
  std::string name;
  Read value;
};
std::vector<Leaf> leaves_of(const Json& data);

core::Quantity usual_quantity(std::string_view channel);  // of the names in docs; none for any other

}  // namespace afferent::drivers::lorawan
