// Compact frames: values without their DIF and VIF bytes, which a signature refers to (EN 13757-3, annex G). Formats
// are learned from whole telegrams and format frames of the same type of meter. Loop-bound, of bounded size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_records.h"

namespace afferent::drivers::wmbus {

class CompactFormats {
 public:
  static constexpr std::size_t kMostFormats = 256;
  static constexpr std::size_t kLongestFormat = 240;

  CompactFormats();  // knows some that are widely used

  void learn(const mbus::Identity& meter, const mbus::Records& records);
  // False with `why`: the length or the signature is wrong. `payload` is that of CI 69, 6A or 6B.
  bool learn(const mbus::Identity& meter, core::ByteView payload, std::string& why);

  // The records of a compact frame; they borrow from `payload` and from this object until the next call. False with
  // `why`: the signature is not known, or the whole telegram's checksum is wrong.
  bool expand(const mbus::Identity& meter, core::ByteView payload, mbus::Records& records, std::string& why);

  core::Bytes save() const;
  core::Result<void> restore(core::ByteView saved);

 private:
  struct Format {
    std::uint32_t type = 0;  // maker, version, medium; 0: of any
    std::uint16_t signature = 0;
    core::Bytes bytes;
  };

  void keep(std::uint32_t type, std::uint16_t signature, core::ByteView bytes);
  const Format* find(std::uint32_t type, std::uint16_t signature) const;

  std::vector<Format> formats_;
  std::size_t built_in_ = 0;  // of the front, which stay
  std::size_t oldest_ = 0;    // of the others, once there is no more room
  core::Bytes scratch_;
};

}  // namespace afferent::drivers::wmbus
