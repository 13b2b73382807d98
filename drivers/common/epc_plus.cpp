#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "drivers/common/epc.h"
#include "drivers/common/epc_bits.h"

namespace afferent::drivers::epc {
namespace {

constexpr std::size_t kGtinDigits = 14;
constexpr std::size_t kMostSerial = 20;

constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kCode40 = " ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789";  // 0 pads

// Bits that a whole number of so many decimal digits takes.
constexpr std::array<std::size_t, kMostSerial + 1> kIntegerBits{0,  4,  7,  10, 14, 17, 20, 24, 27, 30, 34,
                                                                37, 40, 44, 47, 50, 54, 57, 60, 64, 67};

// False when the number has more than `length` digits.
bool read_integer(BitReader& bits, std::size_t length, std::string& text) {
  std::array<unsigned, kMostSerial + 1> digits{};  // least first, one more than may be used
  for (std::size_t bit = 0; bit < kIntegerBits[length]; ++bit) {
    unsigned carry = static_cast<unsigned>(bits.take(1));
    for (std::size_t i = 0; i <= length; ++i) {
      carry += digits[i] * 2;
      digits[i] = carry % 10;
      carry /= 10;
    }
  }
  for (std::size_t i = length; i-- > 0;) text += static_cast<char>('0' + digits[i]);
  return digits[length] == 0;
}

bool read_letters(BitReader& bits, std::size_t length, std::string_view alphabet, std::size_t width,
                  std::string& text) {
  for (; length > 0; --length) text += alphabet[static_cast<std::size_t>(bits.take(width))];
  return true;
}

bool read_ascii(BitReader& bits, std::size_t length, std::string& text) {
  for (; length > 0; --length) text += static_cast<char>(bits.take(7));
  return std::all_of(text.begin(), text.end(), is_gs1_character);
}

// Three characters in 16 bits.
bool read_code40(BitReader& bits, std::size_t length, std::string& text) {
  for (std::size_t groups = (length + 2) / 3; groups > 0; --groups) {
    const std::uint64_t word = bits.take(16);
    if (word == 0 || word > 64'000) return false;
    for (const std::uint64_t weight : {1600U, 40U, 1U})
      text += kCode40[static_cast<std::size_t>((word - 1) / weight % 40)];
  }
  const bool padded = std::all_of(text.begin() + static_cast<std::ptrdiff_t>(length), text.end(),
                                  [](char c) { return c == kCode40[0]; });
  text.resize(length);
  return padded && text.find(kCode40[0]) == text.npos;
}

bool read_serial(BitReader& bits, unsigned encoding, std::size_t length, std::string& text) {
  switch (encoding) {
    case 0: return read_integer(bits, length, text);
    case 1: return read_letters(bits, length, kUpperHex, 4, text);
    case 2: return read_letters(bits, length, kLowerHex, 4, text);
    case 3: return read_letters(bits, length, kBase64, 6, text);
    case 4: return read_ascii(bits, length, text);
    case 5: return read_code40(bits, length, text);
    default: return false;
  }
}

PlusParts trouble(std::string why) { return {{}, {}, std::move(why)}; }

}  // namespace

PlusParts read_sgtin_plus(BitReader& bits) {
  PlusParts parts;
  const bool more_data = bits.take(1) != 0;
  bits.take(3);  // the filter, which neither key nor URI shows
  for (std::size_t i = 0; i < kGtinDigits; ++i) {
    const auto digit = static_cast<unsigned>(bits.take(4));
    if (digit > 9) return trouble("GTIN has a digit above 9");
    parts.gtin += static_cast<char>('0' + digit);
  }
  const std::string_view body = std::string_view(parts.gtin).substr(0, kGtinDigits - 1);
  if (check_digit(body) != parts.gtin.back()) return trouble("check digit of GTIN " + parts.gtin + " is wrong");
  const auto encoding = static_cast<unsigned>(bits.take(3));
  const auto length = static_cast<std::size_t>(bits.take(5));
  if (length == 0 || length > kMostSerial)
    return trouble("serial has " + std::to_string(length) + " characters; allowed: 1 to 20");
  const std::size_t before = bits.left();
  if (!read_serial(bits, encoding, length, parts.serial) || bits.left() == before) {
    return trouble("serial is not what its encoding " + std::to_string(encoding) + " allows");
  }
  if (!more_data && !bits.only_zeros(bits.left())) return trouble("bits behind the end are not zero");
  return parts;
}

}  // namespace afferent::drivers::epc
