// The extended link layer: CI 8C to 8F (EN 13757-4, 13). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/bytes.h"
#include "drivers/common/mbus_header.h"
#include "drivers/wmbus/crypto.h"

namespace afferent::drivers::wmbus {

struct ExtendedLink {
  std::uint8_t communication = 0;        // CC
  std::uint8_t access = 0;               // ACC
  std::optional<std::uint32_t> session;  // SN, with a checksum of the payload: 8D and 8F
  std::size_t size = 0;                  // of all of it, CI included; the checksum of 8D and 8F belongs to the payload

  bool encrypted() const { return session && (*session >> 29) == 1; }
};

bool is_extended_link(std::uint8_t ci);

// False with `why` when it is cut short or of an encryption that does not exist. `bytes` begins with the CI field.
bool read_extended_link(core::ByteView bytes, ExtendedLink& out, std::string_view& why);

// The counter block of its AES-CTR; `sender` is that of the link layer.
Block counter_of(const ExtendedLink& link, const mbus::Identity& sender);

// `payload` begins with its checksum, low byte first.
bool payload_right(core::ByteView payload);

}  // namespace afferent::drivers::wmbus
