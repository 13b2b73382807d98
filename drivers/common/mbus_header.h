// The head of an M-Bus application telegram: who speaks and how it does. Pure functions, thread-safe.
// EN 13757-7 (formerly -3) clause 7: long header after CI 72, short header after CI 7A, none after CI 78.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::mbus {

// Identification, maker, version and medium as they stand on the wire: 8 bytes, all of them least significant first.
struct Identity {
  std::uint32_t id = 0;  // packed decimals: 12345678 is 0x12345678; a few makers use the digits A..F
  std::uint16_t maker = 0;
  std::uint8_t version = 0;
  std::uint8_t medium = 0;

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Header {
  std::optional<Identity> identity;  // long header only
  std::uint8_t access = 0;
  std::uint8_t status = 0;
  std::uint16_t config = 0;  // wired: signature, usually 0; wireless: security mode and block counts
};

constexpr std::size_t kIdentitySize = 8;
constexpr std::size_t kShortHeader = 4;  // access, status, config
constexpr std::size_t kLongHeader = kIdentitySize + kShortHeader;

// Nothing when there are fewer bytes than the header has.
std::optional<Identity> read_identity(core::ByteView bytes);
std::optional<Header> read_long_header(core::ByteView bytes);   // what follows CI 72
std::optional<Header> read_short_header(core::ByteView bytes);  // what follows CI 7A

void append_identity(core::Bytes& bytes, const Identity& identity);

std::string id_text(std::uint32_t id);        // "12345678"
std::string maker_text(std::uint16_t maker);  // "ELS"; hexadecimal where it is no letters
std::optional<std::uint16_t> maker_from(std::string_view letters);
std::string_view medium_name(std::uint8_t medium);  // "water", "heat (return)", ...; "unknown medium"

}  // namespace afferent::drivers::mbus
