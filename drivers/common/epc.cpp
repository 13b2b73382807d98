#include "drivers/common/epc.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "drivers/common/epc_bits.h"

namespace afferent::drivers::epc {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::uint8_t kSgtinPlus = 0xF7;
constexpr std::size_t kMostGiai = 30;  // characters, company prefix included

enum class Key : std::uint8_t { sgtin, sscc, grai, giai };

struct Scheme {
  std::uint8_t header = 0;
  std::string_view name;
  std::string_view identity;
  Key key = Key::sgtin;
  std::size_t bits = 0;           // of the whole EPC
  std::size_t split_bits = 0;     // company prefix and what the partition separates from it
  std::size_t split_digits = 0;   // likewise; 0: no reference before the last part
  std::size_t serial_bits = 0;    // 0: the last part takes what the prefix leaves of split_bits, or is the reference
  std::size_t serial_length = 0;  // characters of 7 bits; 0: the last part is a number
};

constexpr std::array kSchemes{
    Scheme{0x30, "sgtin-96", "sgtin", Key::sgtin, 96, 44, 13, 38, 0},
    Scheme{0x31, "sscc-96", "sscc", Key::sscc, 96, 58, 17, 0, 0},
    Scheme{0x33, "grai-96", "grai", Key::grai, 96, 44, 12, 38, 0},
    Scheme{0x34, "giai-96", "giai", Key::giai, 96, 82, 0, 0, 0},
    Scheme{0x36, "sgtin-198", "sgtin", Key::sgtin, 198, 44, 13, 140, 20},
    Scheme{0x37, "grai-170", "grai", Key::grai, 170, 44, 12, 112, 16},
    Scheme{0x38, "giai-202", "giai", Key::giai, 202, 188, 0, 0, kMostGiai},
};

// Headers of TDS 1.13 (table 14-1) and 2.0 whose schemes are not taken apart here, and what is no EPC.
struct OtherHeader {
  std::uint8_t header = 0;
  std::string_view name;
};

constexpr std::array kOtherHeaders{
    OtherHeader{0x00, "an unprogrammed tag"},
    OtherHeader{0x2C, "GDTI-96"},
    OtherHeader{0x2D, "GSRN-96"},
    OtherHeader{0x2E, "GSRNP-96"},
    OtherHeader{0x2F, "USDOD-96"},
    OtherHeader{0x32, "SGLN-96"},
    OtherHeader{0x35, "GID-96"},
    OtherHeader{0x39, "SGLN-195"},
    OtherHeader{0x3A, "GDTI-113"},
    OtherHeader{0x3B, "ADI-var"},
    OtherHeader{0x3C, "CPI-96"},
    OtherHeader{0x3D, "CPI-var"},
    OtherHeader{0x3E, "GDTI-174"},
    OtherHeader{0x3F, "SGCN-96"},
    OtherHeader{0x40, "ITIP-110"},
    OtherHeader{0x41, "ITIP-212"},
    OtherHeader{0xE2, "the number of a chip (TID), no EPC"},
    OtherHeader{0xF0, "CPI+"},
    OtherHeader{0xF1, "GRAI+"},
    OtherHeader{0xF2, "SGLN+"},
    OtherHeader{0xF3, "ITIP+"},
    OtherHeader{0xF4, "GSRN+"},
    OtherHeader{0xF5, "GSRNP+"},
    OtherHeader{0xF6, "GDTI+"},
    OtherHeader{0xF8, "SGCN+"},
    OtherHeader{0xF9, "SSCC+"},
    OtherHeader{0xFA, "GIAI+"},
    OtherHeader{0xFB, "DSGTIN+"},
};

constexpr std::string_view kTakenApart = "only SGTIN, SSCC, GRAI and GIAI are taken apart";

struct Partition {
  std::size_t bits = 0;    // of the company prefix
  std::size_t digits = 0;  // likewise
};
constexpr std::array kPartitions{Partition{40, 12}, Partition{37, 11}, Partition{34, 10}, Partition{30, 9},
                                 Partition{27, 8},  Partition{24, 7},  Partition{20, 6}};

Error bad(const Scheme& scheme, std::string why) { return Error(ErrorCode::bad_input, std::move(why)).in(scheme.name); }

core::Result<std::string> read_number(BitReader& bits, std::size_t count, std::size_t digits, const Scheme& scheme,
                                      std::string_view what) {
  std::string text = std::to_string(bits.take(count));
  if (digits == 0 && text == "0") return std::string();
  if (text.size() > digits) {
    return bad(scheme, std::string(what) + " " + text + " has more than " + std::to_string(digits) + " digits");
  }
  return text.insert(0, digits - text.size(), '0');
}

// Characters of 7 bits up to the first zero, behind which there are only zeros.
core::Result<std::string> read_text(BitReader& bits, std::size_t count, std::size_t most, const Scheme& scheme) {
  std::string text;
  for (; count >= 7; count -= 7) {
    const auto c = static_cast<char>(bits.take(7));
    if (c == 0) break;
    if (text.size() == most) return bad(scheme, "serial has more than " + std::to_string(most) + " characters");
    if (!is_gs1_character(c)) {
      return bad(scheme, "serial has a character that GS1 does not allow: " + core::to_hex(core::as_bytes({&c, 1})));
    }
    text += c;
  }
  const std::size_t rest = count >= 7 ? count - 7 : count;
  if (!bits.only_zeros(rest)) return bad(scheme, "serial goes on behind its end");
  if (text.empty()) return bad(scheme, "serial is empty");
  return text;
}

// TDS 1.13, table 5-1 and appendix A: what stands for itself in a URI and what does not.
std::string escaped(std::string_view text) {
  constexpr std::string_view kEscaped = "\"%&/<>?";
  std::string uri;
  for (const char c : text) {
    if (kEscaped.find(c) == kEscaped.npos) {
      uri += c;
    } else {
      uri += '%' + core::to_hex(core::as_bytes({&c, 1}));
    }
  }
  return uri;
}

struct Parts {
  std::string prefix;
  std::string reference;
  std::string serial;
};

void set_elements(const Parts& parts, Key key, Epc& epc) {
  switch (key) {
    case Key::sgtin: {
      // The indicator digit stands first in the key, but behind the company prefix in an EPC.
      std::string gtin = parts.reference.substr(0, 1) + parts.prefix + parts.reference.substr(1);
      gtin += check_digit(gtin);
      epc.elements = {{"01", std::move(gtin)}, {"21", parts.serial}};
      return;
    }
    case Key::sscc: {
      // Likewise the extension digit.
      std::string sscc = parts.reference.substr(0, 1) + parts.prefix + parts.reference.substr(1);
      sscc += check_digit(sscc);
      epc.elements = {{"00", std::move(sscc)}};
      return;
    }
    case Key::grai: {
      std::string grai = "0" + parts.prefix + parts.reference;
      grai += check_digit(grai);
      epc.elements = {{"8003", grai + parts.serial}};
      return;
    }
    case Key::giai: epc.elements = {{"8004", parts.prefix + parts.serial}}; return;
  }
}

core::Result<Epc> decode_plus(BitReader& bits) {
  PlusParts parts = read_sgtin_plus(bits);
  if (!parts.trouble.empty()) return Error(ErrorCode::bad_input, std::move(parts.trouble)).in("sgtin+");
  Epc epc;
  epc.scheme = "sgtin+";
  epc.elements = {{"01", std::move(parts.gtin)}, {"21", std::move(parts.serial)}};
  return epc;
}

core::Result<Parts> read_parts(BitReader& bits, const Scheme& scheme, const Partition& partition) {
  Parts parts;
  auto prefix = read_number(bits, partition.bits, partition.digits, scheme, "company prefix");
  if (!prefix) return std::move(prefix).error();
  parts.prefix = std::move(*prefix);
  const std::size_t rest = scheme.split_bits - partition.bits;
  if (scheme.split_digits != 0) {
    const std::string_view what = scheme.key == Key::grai   ? "asset type"
                                  : scheme.key == Key::sscc ? "serial reference"
                                                            : "item reference";
    auto reference = read_number(bits, rest, scheme.split_digits - partition.digits, scheme, what);
    if (!reference) return std::move(reference).error();
    parts.reference = std::move(*reference);
    if (scheme.key == Key::sscc) return parts;
  }
  const std::size_t serial_bits = scheme.serial_bits != 0 ? scheme.serial_bits : rest;
  if (scheme.serial_length == 0) {
    parts.serial = std::to_string(bits.take(serial_bits));
    return parts;
  }
  const std::size_t most = scheme.serial_length - (scheme.key == Key::giai ? partition.digits : 0);
  auto serial = read_text(bits, serial_bits, most, scheme);
  if (!serial) return std::move(serial).error();
  parts.serial = std::move(*serial);
  return parts;
}

// A tag reports whole words of 16 bits; some readers drop empty bytes at the end.
core::Result<void> check_size(core::ByteView bytes, const Scheme& scheme) {
  const std::size_t least = (scheme.bits + 7) / 8;
  const std::size_t most = (scheme.bits + 15) / 16 * 2;
  if (bytes.size() >= least && bytes.size() <= most) return {};
  return bad(scheme, "has " + std::to_string(bytes.size()) + " bytes; right: " + std::to_string(most));
}

Error not_taken_apart(std::uint8_t header) {
  const std::string hex = core::to_hex({&header, 1});
  const auto* const other = std::find_if(kOtherHeaders.begin(), kOtherHeaders.end(),
                                         [header](const OtherHeader& known) { return known.header == header; });
  const std::string what =
      other == kOtherHeaders.end() ? "unknown header " + hex : "header " + hex + " is " + std::string(other->name);
  return {ErrorCode::not_found, what + "; " + std::string(kTakenApart)};
}

}  // namespace

bool is_gs1_character(char c) {
  constexpr std::string_view kOthers = "!\"%&'()*+,-./:;<=>?_";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c != 0 && kOthers.find(c) != kOthers.npos);
}

char check_digit(std::string_view digits) {
  unsigned sum = 0;
  unsigned weight = 3;
  for (std::size_t i = digits.size(); i-- > 0; weight = 4 - weight)
    sum += weight * static_cast<unsigned>(digits[i] - '0');
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string Epc::gs1_key() const {
  std::string key;
  for (const auto& [identifier, value] : elements) key.append("(").append(identifier).append(")").append(value);
  return key;
}

core::Result<Epc> decode(core::ByteView bytes) {
  if (bytes.empty()) return Error(ErrorCode::bad_input, "EPC is empty");
  BitReader bits(bytes);
  const auto header = static_cast<std::uint8_t>(bits.take(8));
  if (header == kSgtinPlus) return decode_plus(bits);
  const auto* const scheme =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& known) { return known.header == header; });
  if (scheme == kSchemes.end()) return not_taken_apart(header);
  if (auto size = check_size(bytes, *scheme); !size) return std::move(size).error();
  const auto filter = bits.take(3);
  const auto partition = static_cast<std::size_t>(bits.take(3));
  if (partition >= kPartitions.size()) return bad(*scheme, "partition is 7; allowed: 0 to 6");
  auto parts = read_parts(bits, *scheme, kPartitions[partition]);
  if (!parts) return std::move(parts).error();
  if (!bits.only_zeros(bits.left())) return bad(*scheme, "bits behind the end are not zero");

  std::string body = parts->prefix;
  if (scheme->split_digits != 0) body += "." + parts->reference;
  if (scheme->key != Key::sscc) body += "." + escaped(parts->serial);
  Epc epc;
  epc.scheme = scheme->name;
  epc.tag_uri = "urn:epc:tag:" + std::string(scheme->name) + ":" + std::to_string(filter) + "." + body;
  epc.pure_identity = "urn:epc:id:" + std::string(scheme->identity) + ":" + body;
  set_elements(*parts, scheme->key, epc);
  return epc;
}

}  // namespace afferent::drivers::epc
