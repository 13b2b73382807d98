// The machine's time. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "agent/core/clock.h"
#include "agent/core/result.h"

namespace afferent::io {

// A clock whose seconds may be shorter than real ones.
class PacedClock : public core::Clock {
 public:
  // How long to sleep in real time before `span` of this clock may have passed; waking early is harmless.
  virtual core::Nanos real_wait(core::Nanos span) const = 0;
};

// CLOCK_BOOTTIME and CLOCK_REALTIME without a system call; whether UTC is disciplined is asked of the kernel at most
// once a second.
class RealClock final : public core::Clock {
 public:
  RealClock();
  core::Stamp now() const override;
  std::uint64_t boot() const override { return boot_; }

 private:
  core::ClockState state_at(core::Nanos boot) const;

  const std::uint64_t boot_;
  mutable std::atomic<std::int64_t> next_check_{0};  // boot ns
  mutable std::atomic<core::ClockState> state_{core::ClockState::unsynced};
};

// The clock of this process. `faults` names a file by which tests steer time in a build with AFFERENT_FAULTS; in any
// other build naming one is Error{bad_config}, and so is a line in it that cannot be read. Empty: the real clock.
//   utc_offset_s = 2592000    added to UTC
//   speed = 60                seconds that pass in a real one, 0 or more; boot time goes on from where it was
//   state = holdover          synced, holdover or unsynced instead of what the kernel says
//   boot = 7                  identity of the boot
// A file that is absent changes nothing; it is looked at again at most every 50 ms.
core::Result<std::unique_ptr<core::Clock>> make_clock(const std::string& faults);

}  // namespace afferent::io
