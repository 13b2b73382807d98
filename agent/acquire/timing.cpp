#include "agent/acquire/timing.h"

#include <algorithm>

namespace afferent::acquire {
namespace {

constexpr std::uint32_t kFixedAbove = 19'200;  // bit/s
constexpr core::Micros kFixedSilence{1750};

core::Nanos bits(std::uint64_t count, const core::LineSettings& line) {
  const std::uint64_t baud = std::max<std::uint64_t>(line.baud, 1);
  return core::Nanos(static_cast<std::int64_t>(count * 1'000'000'000u / baud));
}

}  // namespace

core::Nanos time_of(std::size_t characters, const core::LineSettings& line) {
  return bits(std::uint64_t{characters} * line.bits_per_character(), line);
}

core::Nanos silence_of(const core::LineSettings& line) {
  if (line.baud > kFixedAbove) return kFixedSilence;
  return bits(std::uint64_t{7} * line.bits_per_character(), line) / 2;
}

}  // namespace afferent::acquire
