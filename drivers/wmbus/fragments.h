// The authentication and fragmentation layer: CI 90 (EN 13757-7, 6; OMS volume 2, 6). Value types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/time.h"

namespace afferent::drivers::wmbus {

inline constexpr std::uint8_t kFragmentLayer = 0x90;

struct Fragment {
  std::uint8_t number = 0;  // from 1; 0 of a message in one piece
  bool more = false;
  core::Bytes signed_fields;             // MCL, KI, MCR, ML as far as they are there: what the MAC begins with
  std::optional<std::uint8_t> control;   // MCL
  std::optional<std::uint32_t> counter;  // MCR
  std::optional<std::uint16_t> length;   // ML, of the whole message
  core::ByteView mac;
  std::size_t size = 0;  // of the layer, CI included
};

// False with `why` when it is cut short. `bytes` begins with the CI field. `known` is the message control field of the
// message's first fragment, which says how long a MAC is.
bool read_fragment(core::ByteView bytes, std::optional<std::uint8_t> known, Fragment& out, std::string_view& why);

// A message that comes in pieces, of one meter. A piece that does not follow the last one ends it.
class Reassembly {
 public:
  static constexpr std::size_t kLongest = 16 * 1024;  // OMS volume 2, 6.2.6
  static constexpr core::Nanos kPatience = std::chrono::seconds(120);

  enum class State : std::uint8_t { waiting, whole, lost };

  // `rest` is what follows the layer. When whole, message() is the payload and fields() are those of all fragments.
  State add(const Fragment& fragment, core::ByteView rest, core::Nanos now, std::string_view& why);

  std::optional<std::uint8_t> control() const { return fields_.control; }
  const Fragment& fields() const { return fields_; }
  core::ByteView message() const { return message_; }

 private:
  State lose(std::string_view reason, std::string_view& why);

  core::Bytes message_;
  core::Bytes mac_;
  Fragment fields_;
  std::uint8_t next_ = 1;
  core::Nanos last_{};
};

}  // namespace afferent::drivers::wmbus
