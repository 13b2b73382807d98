#include "drivers/common/mbus_header.h"

#include <algorithm>
#include <array>

#include "drivers/common/numbers.h"

namespace afferent::drivers::mbus {
namespace {

struct MediumRow {
  std::uint8_t code;
  std::string_view name;
};

// EN 13757-7, table "device types".
constexpr std::array kMedia{
    MediumRow{0x00, "other"},
    MediumRow{0x01, "oil"},
    MediumRow{0x02, "electricity"},
    MediumRow{0x03, "gas"},
    MediumRow{0x04, "heat (return)"},
    MediumRow{0x05, "steam"},
    MediumRow{0x06, "warm water"},
    MediumRow{0x07, "water"},
    MediumRow{0x08, "heat cost allocator"},
    MediumRow{0x09, "compressed air"},
    MediumRow{0x0A, "cooling (return)"},
    MediumRow{0x0B, "cooling (flow)"},
    MediumRow{0x0C, "heat (flow)"},
    MediumRow{0x0D, "heat and cooling"},
    MediumRow{0x0E, "bus or system"},
    MediumRow{0x0F, "unknown medium"},
    MediumRow{0x14, "calorific value"},
    MediumRow{0x15, "hot water"},
    MediumRow{0x16, "cold water"},
    MediumRow{0x17, "hot and cold water"},
    MediumRow{0x18, "pressure"},
    MediumRow{0x19, "A/D converter"},
    MediumRow{0x1A, "smoke detector"},
    MediumRow{0x1B, "room sensor"},
    MediumRow{0x1C, "gas detector"},
    MediumRow{0x20, "breaker (electricity)"},
    MediumRow{0x21, "valve (gas or water)"},
    MediumRow{0x25, "customer unit"},
    MediumRow{0x28, "waste water"},
    MediumRow{0x29, "garbage"},
    MediumRow{0x2A, "carbon dioxide"},
    MediumRow{0x31, "communication controller"},
    MediumRow{0x32, "unidirectional repeater"},
    MediumRow{0x33, "bidirectional repeater"},
    MediumRow{0x36, "radio converter (system side)"},
    MediumRow{0x37, "radio converter (meter side)"},
};

std::uint16_t word(core::ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

}  // namespace

std::optional<Identity> read_identity(core::ByteView bytes) {
  if (bytes.size() < kIdentitySize) return std::nullopt;
  Identity identity;
  identity.id = static_cast<std::uint32_t>(word(bytes, 0)) | static_cast<std::uint32_t>(word(bytes, 2)) << 16;
  identity.maker = word(bytes, 4);
  identity.version = bytes[6];
  identity.medium = bytes[7];
  return identity;
}

std::optional<Header> read_short_header(core::ByteView bytes) {
  if (bytes.size() < kShortHeader) return std::nullopt;
  return Header{{}, bytes[0], bytes[1], word(bytes, 2)};
}

std::optional<Header> read_long_header(core::ByteView bytes) {
  if (bytes.size() < kLongHeader) return std::nullopt;
  auto header = read_short_header(bytes.subspan(kIdentitySize));
  header->identity = read_identity(bytes);
  return header;
}

void append_identity(core::Bytes& bytes, const Identity& identity) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(identity.id >> shift));
  bytes.push_back(static_cast<std::uint8_t>(identity.maker & 0xFF));
  bytes.push_back(static_cast<std::uint8_t>(identity.maker >> 8));
  bytes.push_back(identity.version);
  bytes.push_back(identity.medium);
}

std::string id_text(std::uint32_t id) { return hex(id); }

std::string maker_text(std::uint16_t maker) {
  std::string letters;
  for (const unsigned shift : {10U, 5U, 0U}) {
    const unsigned letter = (maker >> shift) & 0x1FU;
    if (letter < 1 || letter > 26) return hex(maker);
    letters.push_back(static_cast<char>('A' + static_cast<int>(letter) - 1));
  }
  // The top bit only says that the address is not unique in the world.
  return letters;
}

std::optional<std::uint16_t> maker_from(std::string_view letters) {
  if (letters.size() != 3) return std::nullopt;
  unsigned code = 0;
  for (const char letter : letters) {
    const char upper = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    if (upper < 'A' || upper > 'Z') return std::nullopt;
    code = code << 5 | static_cast<unsigned>(upper - 'A' + 1);
  }
  return static_cast<std::uint16_t>(code);
}

std::string_view medium_name(std::uint8_t medium) {
  const auto row =
      std::find_if(kMedia.begin(), kMedia.end(), [medium](const MediumRow& known) { return known.code == medium; });
  return row == kMedia.end() ? "unknown medium" : row->name;
}

}  // namespace afferent::drivers::mbus
