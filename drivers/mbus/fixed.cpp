#include "drivers/mbus/fixed.h"

#include <string>
#include <string_view>

#include "drivers/common/mbus_meaning.h"

namespace afferent::drivers::mbus {
namespace {

using core::Quantity;

constexpr std::size_t kSize = 16;
constexpr std::uint8_t kBinary = 0x01;     // status: the counters are binary, else packed decimals
constexpr std::uint8_t kFixedDate = 0x02;  // status: values of a fixed date
constexpr std::uint8_t kHistoric = 0x3E;   // unit: that of the other counter, an earlier value

// Consecutive unit codes, each ten times the one before.
struct Run {
  std::uint8_t first;
  std::uint8_t last;
  std::string_view name;
  Quantity quantity;
  int exponent;  // of the first code, in our unit
  double divisor;
};

// The codes 00 and 01 are clock and date, 3A to 3D are reserved.
constexpr std::array kRuns{
    Run{0x02, 0x0A, "energy", Quantity::energy, -3, 1},   // Wh .. 100 MWh
    Run{0x0B, 0x13, "energy", Quantity::energy, -2, 36},  // kJ .. 100 GJ; 1 kWh is 36 * 10^2 kJ
    Run{0x14, 0x1C, "power", Quantity::power, -3, 1},     // W .. 100 MW
    Run{0x1D, 0x25, "power", Quantity::power, -2, 36},    // kJ/h .. 100 GJ/h
    Run{0x26, 0x2E, "volume", Quantity::volume, -6, 1},   // ml .. 100 m3
    Run{0x2F, 0x37, "flow", Quantity::flow, -6, 1},       // ml/h .. 100 m3/h
    Run{0x38, 0x38, "temperature", Quantity::temperature, -3, 1},
    Run{0x39, 0x39, "heat_cost_units", Quantity::none, 0, 1},
    Run{0x3F, 0x3F, "dimensionless", Quantity::none, 0, 1},
};

std::optional<Counter> counter(std::uint8_t unit, bool due, bool binary, core::ByteView bytes) {
  for (const Run& run : kRuns) {
    if (unit < run.first || unit > run.last) continue;
    const Raw raw = read_raw(binary ? 0x4 : 0xC, 0, bytes);
    if (raw.kind != Raw::Kind::integer) return std::nullopt;
    const Scale scale{1.0, run.exponent + (unit - run.first), run.divisor};
    Counter found;
    found.channel.name = std::string(run.name) + (due ? "_due" : "");
    found.channel.quantity = run.quantity;
    found.channel.exponent = static_cast<std::int8_t>(scale.exponent);
    found.value = scaled(static_cast<double>(raw.integer), scale);
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FixedData> read_fixed(core::ByteView bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  FixedData data;
  for (unsigned i = 0; i < 4; ++i) data.id |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  data.access = bytes[4];
  data.status = bytes[5];
  data.medium = static_cast<std::uint8_t>((bytes[7] >> 6) << 2 | bytes[6] >> 6);
  const bool binary = (data.status & kBinary) != 0;
  const bool due = (data.status & kFixedDate) != 0;
  const std::uint8_t first = bytes[6] & 0x3FU;
  const std::uint8_t second = bytes[7] & 0x3FU;
  const auto unit = [](std::uint8_t own, std::uint8_t other) { return own == kHistoric ? other : own; };
  data.counters[0] = counter(unit(first, second), due || first == kHistoric, binary, bytes.subspan(8, 4));
  data.counters[1] = counter(unit(second, first), due || second == kHistoric, binary, bytes.subspan(12, 4));
  const auto& [one, two] = data.counters;
  if (one && two && one->channel.name == two->channel.name) data.counters[1]->channel.name += "_unit1";
  return data;
}

}  // namespace afferent::drivers::mbus
