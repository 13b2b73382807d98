// Floats and counts of detectors as bytes, checked on the way back: what is not a finite number is damage. Value types.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

#include "agent/rules/packing.h"

namespace afferent::rules {

inline void put_floats(Packer& to, std::span<const float> values) {
  for (const float value : values) to.put(std::bit_cast<std::uint32_t>(value));
}

inline bool get_floats(Unpacker& from, std::span<float> values) {
  bool good = true;
  for (float& value : values) {
    value = std::bit_cast<float>(from.get<std::uint32_t>());
    good = good && std::isfinite(value);
  }
  return good && from.ok();
}

// Reads into each of `values`; false when one of them is not finite.
template <class... Doubles>
bool get_doubles(Unpacker& from, Doubles&... values) {
  bool good = true;
  ((values = from.get<double>(), good = good && std::isfinite(values)), ...);
  return good && from.ok();
}

}  // namespace afferent::rules
