// What is read of a device and what it means, compiled from a profile or from inline registers. Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/channel.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/modbus/decimal.h"
#include "drivers/modbus/raw.h"

namespace afferent::drivers::modbus {

struct Meaning {  // of a raw number
  std::uint64_t raw = 0;
  std::string text;
  bool truth = false;
};

struct UnitCode {
  std::uint64_t code = 0;
  std::optional<Fraction> scale;  // nothing: the channel has no value under this code
};

// A register that says in which unit, or with how many decimals, others count.
struct CodeRegister {
  std::uint8_t function = 3;
  std::uint16_t address = 0;
  Raw raw = Raw::u16;
  Order order;
  std::uint64_t mask = ~std::uint64_t{0};
  friend bool operator==(const CodeRegister&, const CodeRegister&) = default;
};

struct ScaleBy {
  std::optional<std::size_t> code_register;  // index into Profile::codes; nothing: `fixed` holds
  std::uint64_t fixed = 0;
  std::vector<UnitCode> codes;
};

struct Summand {
  std::uint16_t address = 0;
  Raw raw = Raw::u16;
  Order order;
  Fraction scale;
};

struct Field {
  core::Channel channel{};
  std::uint8_t function = 3;
  std::uint16_t address = 0;  // as sent
  std::uint16_t width = 1;    // registers; 1 for a coil
  Raw raw = Raw::u16;
  Order order;
  Fraction scale;  // `decimals` included
  double offset = 0.0;
  Linear linear;  // of scale and offset
  std::optional<int> round;
  std::uint64_t mask = 0;  // 0: all bits
  unsigned shift = 0;
  bool invert = false;
  core::Value::Kind kind = core::Value::Kind::number;
  std::vector<std::uint64_t> no_value;
  std::vector<Meaning> meanings;
  std::optional<Summand> plus;
  std::vector<ScaleBy> scale_by;
};

// level = mounting height - distance, for a sensor that looks down.
struct DownLooking {
  std::optional<core::Channel> distance;  // the channel that is judged by blind zone and range
  std::optional<core::Channel> level;     // where a mounting height is known
  double mounting_height = 0.0;           // m
  double blind_zone = 0.0;                // m
  double range = 0.0;                     // m
  int decimals = 9;                       // of the level
};

enum class Framing : std::uint8_t { rtu, tcp };

struct Profile {
  std::uint8_t unit = 0;  // 0: any, for traffic that is only decoded
  Framing framing = Framing::rtu;
  bool any_framing = false;  // nobody said which: of what was not asked for, TCP is recognised too
  int base = 0;              // of documented addresses
  std::uint16_t max_gap = 0;
  std::uint16_t max_registers = 125;
  std::vector<core::ChannelSpec> channels;
  std::vector<Field> fields;  // in the order of the profile
  std::vector<CodeRegister> codes;
  DownLooking down;
};

// Error{bad_config} names file, line and key. `device.profile` or its option `register` says what is read; without
// either and without a unit, which no configuration allows, frames are only checked.
core::Result<Profile> make_profile(const core::DriverDevice& device);

}  // namespace afferent::drivers::modbus
