// The data codings of EN 13757-3: clause 6.3.3 (data field), 6.3.4 (LVAR), annex A (types A, B and H).
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "drivers/common/mbus_records.h"
#include "drivers/common/numbers.h"

namespace afferent::drivers::mbus {
namespace {

constexpr std::uint8_t kReal = 0x5;
constexpr std::uint8_t kVariable = 0xD;

Raw binary(core::ByteView data) {
  Raw raw;
  if (data.empty()) return raw;
  if (data.size() > 8) {
    raw.kind = Raw::Kind::binary;
    return raw;
  }
  raw.kind = Raw::Kind::integer;
  const unsigned unused = static_cast<unsigned>(64 - 8 * data.size());
  raw.integer = static_cast<std::int64_t>(little_endian<std::uint64_t>(data) << unused) >> unused;
  return raw;
}

// The highest digit may be a minus (A or F); any other digit above 9 says that there is no value.
Raw decimal(core::ByteView data, bool sign_digit) {
  Raw raw;
  raw.decimal = true;
  if (data.empty()) return raw;
  raw.kind = Raw::Kind::integer;
  bool negative = false;
  for (std::size_t i = data.size(); i-- > 0;) {
    unsigned high = data[i] >> 4;
    const unsigned low = data[i] & 0xFU;
    if (sign_digit && i + 1 == data.size() && (high == 0xA || high == 0xF)) {
      negative = true;
      high = 0;
    }
    if (high > 9 || low > 9) {
      raw.kind = Raw::Kind::invalid;
      return raw;
    }
    raw.integer = raw.integer * 100 + high * 10 + low;
  }
  if (negative) raw.integer = -raw.integer;
  return raw;
}

// The decimal that the meter's float stands for: 42.4242, not 42.42420196533203.
Raw real(core::ByteView data) {
  Raw raw;
  const auto number = std::bit_cast<float>(little_endian(data));
  raw.kind = std::isfinite(number) ? Raw::Kind::real : Raw::Kind::invalid;
  if (raw.kind == Raw::Kind::invalid) return raw;
  std::array<char, 64> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  std::from_chars(digits.data(), written.ptr, raw.real);
  return raw;
}

Raw variable(std::uint8_t lvar, core::ByteView data) {
  Raw raw;
  if (lvar < 0xC0) {
    raw.kind = Raw::Kind::text;
    return raw;
  }
  if (lvar >= 0xE0) return binary(data);
  raw = decimal(data, false);
  if (lvar >= 0xD0) raw.integer = -raw.integer;
  return raw;
}

}  // namespace

Raw read_raw(std::uint8_t coding, std::uint8_t lvar, core::ByteView data) {
  if (coding == kVariable) return variable(lvar, data);
  if (coding == kReal) return data.size() == 4 ? real(data) : Raw{};
  return coding >= 0x9 ? decimal(data, true) : binary(data);
}

}  // namespace afferent::drivers::mbus
