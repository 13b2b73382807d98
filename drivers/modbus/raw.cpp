#include "drivers/modbus/raw.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "drivers/common/bcd.h"

namespace afferent::drivers::modbus {
namespace {

struct TypeRow {
  std::string_view name;
  Raw raw;
  unsigned registers;
  double minimum;
  double maximum;
};

// In the order of the enumeration. The limits are the largest doubles that the integer type holds.
constexpr std::array kTypes{
    TypeRow{"u16", Raw::u16, 1, 0, 65535},
    TypeRow{"s16", Raw::s16, 1, -32768, 32767},
    TypeRow{"u32", Raw::u32, 2, 0, 4294967295.0},
    TypeRow{"s32", Raw::s32, 2, -2147483648.0, 2147483647.0},
    TypeRow{"u64", Raw::u64, 4, 0, 18446744073709549568.0},
    TypeRow{"s64", Raw::s64, 4, -9223372036854775808.0, 9223372036854774784.0},
    TypeRow{"f32", Raw::f32, 2, 0, 0},
    TypeRow{"f64", Raw::f64, 4, 0, 0},
    TypeRow{"bcd16", Raw::bcd16, 1, 0, 9999},
    TypeRow{"bcd32", Raw::bcd32, 2, 0, 99999999},
    TypeRow{"sign_magnitude16", Raw::sm16, 1, -32767, 32767},
    TypeRow{"sign_magnitude32", Raw::sm32, 2, -2147483647.0, 2147483647.0},
    TypeRow{"bit", Raw::bit, 1, 0, 1},
    TypeRow{"text", Raw::text, 0, 0, 0},
};

struct OrderRow {
  std::string_view name;
  Order order;
};

constexpr std::array kOrders{
    OrderRow{"ABCD", {false, false}},
    OrderRow{"CDAB", {false, true}},
    OrderRow{"DCBA", {true, true}},
    OrderRow{"BADC", {true, false}},
};

double sign_magnitude(std::uint64_t bits, std::uint64_t sign) {
  const auto magnitude = static_cast<double>(bits & (sign - 1));
  return (bits & sign) != 0 ? 0.0 - magnitude : magnitude;  // 0 - 0 is +0: "minus nothing" is nothing
}

std::uint64_t sign_magnitude_bits(double number, std::uint64_t sign) {
  const auto magnitude = static_cast<std::uint64_t>(std::fabs(number));
  return magnitude | (number < 0 ? sign : 0);
}

std::optional<double> bcd(std::uint64_t bits, unsigned digits) {
  const auto number = from_bcd(bits, digits);
  if (!number) return std::nullopt;
  return static_cast<double>(*number);
}

}  // namespace

std::optional<Raw> raw_named(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.raw;
  }
  return std::nullopt;
}

std::optional<Order> order_named(std::string_view name) {
  for (const OrderRow& row : kOrders) {
    if (row.name == name) return row.order;
  }
  return std::nullopt;
}

unsigned registers_of(Raw raw) { return kTypes[static_cast<std::size_t>(raw)].registers; }

bool is_real(Raw raw) { return raw == Raw::f32 || raw == Raw::f64; }

std::uint64_t load_bits(const std::uint8_t* at, unsigned width, Order order) {
  std::uint64_t bits = 0;
  for (unsigned word = 0; word < width; ++word) {
    const std::uint8_t* from = at + 2 * (order.low_word_first ? width - 1 - word : word);
    const unsigned high = from[order.swap_bytes ? 1 : 0];
    const unsigned low = from[order.swap_bytes ? 0 : 1];
    bits = bits << 16 | high << 8 | low;
  }
  return bits;
}

void store_bits(std::uint8_t* at, unsigned width, Order order, std::uint64_t bits) {
  for (unsigned word = width; word-- > 0; bits >>= 16) {
    std::uint8_t* to = at + 2 * (order.low_word_first ? width - 1 - word : word);
    to[order.swap_bytes ? 1 : 0] = static_cast<std::uint8_t>(bits >> 8);
    to[order.swap_bytes ? 0 : 1] = static_cast<std::uint8_t>(bits);
  }
}

std::optional<double> number_of(Raw raw, std::uint64_t bits) {
  switch (raw) {
    case Raw::u16:
    case Raw::u32:
    case Raw::u64: return static_cast<double>(bits);
    case Raw::s16: return static_cast<double>(static_cast<std::int16_t>(bits));
    case Raw::s32: return static_cast<double>(static_cast<std::int32_t>(bits));
    case Raw::s64: return static_cast<double>(static_cast<std::int64_t>(bits));
    case Raw::f32: return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case Raw::f64: return std::bit_cast<double>(bits);
    case Raw::bcd16: return bcd(bits, 4);
    case Raw::bcd32: return bcd(bits, 8);
    case Raw::sm16: return sign_magnitude(bits, 0x8000u);
    case Raw::sm32: return sign_magnitude(bits, 0x80000000u);
    case Raw::bit: return bits != 0 ? 1.0 : 0.0;
    case Raw::text: break;
  }
  return std::nullopt;
}

std::vector<std::uint64_t> forms_of(Raw raw, double number) {
  const TypeRow& type = kTypes[static_cast<std::size_t>(raw)];
  if (raw == Raw::text || !std::isfinite(number)) return {};
  if (is_real(raw)) {
    const bool fits = raw == Raw::f64 || std::isfinite(static_cast<float>(number));
    if (!fits) return {};
    if (number == 0) return {bits_of(raw, 0.0), bits_of(raw, -0.0)};
    return {bits_of(raw, number)};
  }
  if (number != std::nearbyint(number)) return {};
  const bool signs = raw == Raw::sm16 || raw == Raw::sm32;
  if (signs && number == 0) return {0, raw == Raw::sm16 ? 0x8000u : 0x80000000u};
  if (raw == Raw::u64 && number == -1) return {~std::uint64_t{0}};  // TOML has no whole number as large as that
  // All bits of a register count, also where a flag is read of it.
  if (raw != Raw::bit && number >= type.minimum && number <= type.maximum) return {bits_of(raw, number)};
  const double most = std::ldexp(1.0, static_cast<int>(16 * type.registers));
  if (number < 0 || number > most || (number == most && raw != Raw::u64 && raw != Raw::s64)) return {};
  const std::uint64_t bits = number == most ? ~std::uint64_t{0} : static_cast<std::uint64_t>(number);
  const bool digits = (raw == Raw::bcd16 || raw == Raw::bcd32) && number_of(raw, bits).has_value();
  if (digits) return {};  // another number's
  return {bits};
}

std::uint64_t bits_of(Raw raw, double number) {
  if (raw == Raw::f64) return std::bit_cast<std::uint64_t>(number);
  if (raw == Raw::f32) return std::bit_cast<std::uint32_t>(static_cast<float>(number));
  const TypeRow& type = kTypes[static_cast<std::size_t>(raw)];
  const double whole = std::isnan(number) ? 0.0 : std::clamp(std::nearbyint(number), type.minimum, type.maximum);
  switch (raw) {
    case Raw::s16: return static_cast<std::uint16_t>(static_cast<std::int16_t>(whole));
    case Raw::s32: return static_cast<std::uint32_t>(static_cast<std::int32_t>(whole));
    case Raw::s64: return static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
    case Raw::bcd16: return to_bcd(static_cast<std::uint64_t>(whole), 4);
    case Raw::bcd32: return to_bcd(static_cast<std::uint64_t>(whole), 8);
    case Raw::sm16: return sign_magnitude_bits(whole, 0x8000u);
    case Raw::sm32: return sign_magnitude_bits(whole, 0x80000000u);
    default: return static_cast<std::uint64_t>(whole);
  }
}

}  // namespace afferent::drivers::modbus
