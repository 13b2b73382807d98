#include "drivers/common/bcd.h"

namespace afferent::drivers {

std::optional<std::uint64_t> from_bcd(std::uint64_t packed, unsigned digits) {
  std::uint64_t number = 0;
  for (unsigned digit = digits; digit-- > 0;) {
    const std::uint64_t nibble = (packed >> (4 * digit)) & 0xFu;
    if (nibble > 9) return std::nullopt;
    number = number * 10 + nibble;
  }
  return number;
}

std::uint64_t to_bcd(std::uint64_t number, unsigned digits) {
  std::uint64_t packed = 0;
  for (unsigned digit = 0; digit < digits; ++digit, number /= 10) packed |= (number % 10) << (4 * digit);
  return packed;
}

}  // namespace afferent::drivers
