// The record of how one device does. Loop-bound, of fixed size.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/acquire/setup.h"
#include "agent/core/result.h"

namespace afferent::acquire {

class HealthRecord {
 public:
  void turn_began() { ++facts_.polls; }
  void turn_ended(const core::Result<void>& result, bool unanswered);
  void missed(std::uint64_t slots) { facts_.missed += slots; }
  void timed_out() { ++facts_.timeouts; }
  void rejected() { ++facts_.rejects; }
  void attempt(bool good);  // one request, or one frame of a device that speaks by itself
  void frame_read();        // of a device that speaks by itself
  void frame_failed(std::string_view why);
  void round_trip(core::Nanos time);
  void spoke(const core::Stamp& at);  // a reading, or a turn that ended well
  void note(std::string_view error);

  // `quarantined_until` is the session's to add.
  DeviceHealth facts() const;

 private:
  DeviceHealth facts_;
  std::uint64_t failures_ = 0;  // bit 0: the last attempt
  std::uint32_t attempts_ = 0;  // at most 64
  bool last_failed_ = false;
  bool last_unanswered_ = false;
};

}  // namespace afferent::acquire
