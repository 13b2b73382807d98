#include "drivers/sl651/number.h"

#include <algorithm>

namespace afferent::drivers::sl651 {
namespace {

constexpr std::int64_t kLargest = 99'999'999'999'999'999;  // before another digit is appended

bool append_digit(std::int64_t& number, int digit) {
  if (digit < 0 || digit > 9 || number > kLargest) return false;
  number = number * 10 + digit;
  return true;
}

}  // namespace

double Decimal::value(unsigned times, unsigned shift) const {
  double divisor = 1.0;
  for (unsigned i = 0; i < decimals + shift; ++i) divisor *= 10.0;
  return static_cast<double>(mantissa) * static_cast<double>(times) / divisor;
}

bool is_missing(core::ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

std::optional<Decimal> packed_decimal(core::ByteView bytes, unsigned decimals) {
  if (bytes.empty()) return std::nullopt;
  const bool negative = bytes.size() > 1 && bytes[0] == 0xFF;
  Decimal decimal{0, decimals};
  for (const std::uint8_t byte : bytes.subspan(negative ? 1 : 0)) {
    if (!append_digit(decimal.mantissa, byte >> 4) || !append_digit(decimal.mantissa, byte & 0x0F)) return std::nullopt;
  }
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

std::optional<Decimal> text_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Decimal decimal;
  bool point = false;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || !append_digit(decimal.mantissa, c - '0')) return std::nullopt;
    any = true;
    decimal.decimals += point ? 1 : 0;
  }
  if (!any) return std::nullopt;
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

}  // namespace afferent::drivers::sl651
