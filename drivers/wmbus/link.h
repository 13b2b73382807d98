// Link layer frames of wireless M-Bus (EN 13757-4, 12): formats A and B, with their checksums, and without. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/core/bytes.h"
#include "drivers/common/mbus_header.h"

namespace afferent::drivers::wmbus {

inline constexpr std::size_t kShortestFrame = 11;  // L C M2 A6 CI

// Bytes of a whole frame of format A, checksums included, whose first byte is `length`.
std::size_t size_of_a(std::uint8_t length);

// The checksum behind the ten bytes of block 1 is right: a frame of format A begins here. At least 12 bytes.
bool begins_a(core::ByteView bytes);

// Puts a frame without its checksums into `out`, L as it is without them. False when a checksum is wrong; `why` says
// which. `frame` is exactly one frame.
bool strip_a(core::ByteView frame, core::Bytes& out, std::string& why);
bool strip_b(core::ByteView frame, core::Bytes& out, std::string& why);

// The last two bytes are the checksum of the last block that the bytes before them have in format A.
bool ends_with_crc_a(core::ByteView frame);

// A control code that exists, and a CI field in a range that is in use: all that tells a frame without checksums.
bool plausible(std::uint8_t control, std::uint8_t ci);

// With checksums of format A, for the simulated dongle and tests. `frame` is one without.
core::Bytes with_crcs_a(core::ByteView frame);

// Eight bytes as the link layer has them: maker, id, version, type. A header has the maker behind the id.
mbus::Identity link_identity(core::ByteView bytes);
std::array<std::uint8_t, 8> link_bytes(const mbus::Identity& identity);

struct Link {
  std::uint8_t control = 0;
  mbus::Identity sender;
  core::ByteView rest;  // from the CI field; borrowed from the frame
};

// `frame` is at least kShortestFrame long.
Link link_of(core::ByteView frame);

}  // namespace afferent::drivers::wmbus
