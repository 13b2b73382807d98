#include "drivers/wmbus/wrapping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>

#include "drivers/common/three_of_six.h"
#include "drivers/wmbus/link.h"
#include "drivers/wmbus/source_im871a.h"

namespace afferent::drivers::wmbus {
namespace {

std::uint8_t half_decibels(double dbm) {
  const long halves = std::clamp(std::lround((dbm + 74.0) * 2.0), -128L, 127L);
  return static_cast<std::uint8_t>(halves & 0xFF);
}

core::Bytes text(const std::string& line) { return {line.begin(), line.end()}; }

Wrapped raw(core::ByteView frame, double /*rssi*/) { return {with_crcs_a(frame), {}}; }
Wrapped coded(core::ByteView frame, double /*rssi*/) { return {to_three_of_six(with_crcs_a(frame)), {}}; }

Wrapped im871a(core::ByteView frame, double rssi) {
  const std::uint8_t value = im871a_rssi_value(rssi);
  return {im871a_indication(frame, value), im871a_rssi(value)};
}

Wrapped amb8465(core::ByteView frame, double rssi) {
  core::Bytes bytes{0xFF, 0x03};
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  bytes.push_back(half_decibels(rssi));
  const auto check = std::accumulate(bytes.begin(), bytes.end(), 0u, [](unsigned a, unsigned b) { return a ^ b; });
  bytes.push_back(static_cast<std::uint8_t>(check));
  return {std::move(bytes), rssi_of_half_decibels(half_decibels(rssi))};
}

Wrapped cul(core::ByteView frame, double rssi) {
  const std::array<std::uint8_t, 2> tail{0x80, half_decibels(rssi)};
  return {text("b" + core::to_hex(with_crcs_a(frame)) + core::to_hex(tail) + "\r\n"), rssi_of_half_decibels(tail[1])};
}

Wrapped rtl_wmbus(core::ByteView frame, double /*rssi*/) {
  const std::string id = mbus::id_text(link_identity(frame.subspan(2)).id);
  return {text("T1;1;1;2026-01-01 00:00:00.000;97;148;" + id + ";0x" + core::to_hex(frame) + "\n"), {}};
}

struct Wrapper {
  std::string_view kind;
  Wrapped (*wrap)(core::ByteView frame, double rssi);
};

constexpr std::array kWrappers{
    Wrapper{"raw", raw}, Wrapper{"im871a", im871a}, Wrapper{"amb8465", amb8465},
    Wrapper{"cul", cul}, Wrapper{"raw_t", coded},   Wrapper{"rtl_wmbus", rtl_wmbus},
};

}  // namespace

Wrapped wrapped(const SourceOptions& source, core::ByteView frame, double rssi) {
  for (const Wrapper& wrapper : kWrappers) {
    if (wrapper.kind == source.kind) return wrapper.wrap(frame, rssi);
  }
  return {};
}

}  // namespace afferent::drivers::wmbus
