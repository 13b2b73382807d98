// What a radio dongle says on its line, turned into link layer frames: one small parser for each kind of dongle. All of
// them take bytes in any chunking, find back after garbage and hold at most a few frames. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::wmbus {

struct Caught {
  core::ByteView frame;        // begins with L, without checksums; borrowed for the call
  std::optional<double> rssi;  // dBm
  bool checked = false;        // checksums of the radio or of the dongle's line were right
};

class Catcher {
 public:
  virtual ~Catcher() = default;
  virtual void caught(const Caught& frame) = 0;
  virtual void damaged(core::ByteView bytes, std::string_view why) = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  virtual void feed(core::ByteView bytes, Catcher& catcher) = 0;
  virtual void flush(Catcher& catcher) = 0;  // nothing more comes: what is held is no frame, or the last one
  virtual bool holds() const = 0;            // bytes of a frame that is not whole
};

struct SourceOptions {
  std::string kind = "raw";  // one of kSourceKinds
  bool rssi_byte = false;    // transparent frames end with an RSSI byte that L counts
};

inline constexpr std::string_view kSourceKinds = "raw|im871a|amb8465|cul|rtl_wmbus|raw_t";

std::unique_ptr<Source> make_source(const SourceOptions& options);  // nullptr for a kind that there is not

// RSSI of CC1101 and of AMB8465, which hand over the chip's half decibels.
double rssi_of_half_decibels(std::uint8_t value);

}  // namespace afferent::drivers::wmbus
