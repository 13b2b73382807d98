#include "agent/io/clock.h"

#include <fcntl.h>
#include <sys/timex.h>

#include <array>
#include <ctime>
#include <string_view>

#include "agent/io/fault_clock.h"
#include "agent/io/random.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {
namespace {

constexpr std::int64_t kCheckEvery = 1'000'000'000;  // ns

core::Nanos read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);
  return core::Nanos(static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec);
}

bool is_disciplined() {
  timex query{};
  const int state = ::adjtimex(&query);
  return state >= 0 && state != TIME_ERROR && (query.status & STA_UNSYNC) == 0;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::uint64_t boot_identity() {
  const UniqueFd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text{};
  const ssize_t length = file ? ::read(file.get(), text.data(), text.size()) : 0;
  // Where the kernel does not say, each start counts as a boot: nothing is then believed of earlier boot times.
  const std::uint64_t identity =
      length > 0 ? fnv1a({text.data(), static_cast<std::size_t>(length)}) : RandomDevice().next();
  return identity != 0 ? identity : 1;
}

}  // namespace

RealClock::RealClock() : boot_(boot_identity()) {}

core::Stamp RealClock::now() const {
  core::Stamp stamp;
  stamp.boot = read_clock(CLOCK_BOOTTIME);
  stamp.utc = std::chrono::floor<core::Micros>(read_clock(CLOCK_REALTIME));
  stamp.clock = state_at(stamp.boot);
  return stamp;
}

core::ClockState RealClock::state_at(core::Nanos boot) const {
  std::int64_t due = next_check_.load(std::memory_order_relaxed);
  if (boot.count() >= due &&
      next_check_.compare_exchange_strong(due, boot.count() + kCheckEvery, std::memory_order_relaxed)) {
    if (is_disciplined()) {
      state_ = core::ClockState::synced;
    } else if (state_ == core::ClockState::synced) {
      state_ = core::ClockState::holdover;
    }
  }
  return state_.load(std::memory_order_relaxed);
}

core::Result<std::unique_ptr<core::Clock>> make_clock(const std::string& faults) {
  if (!faults.empty()) return make_fault_clock(faults);
  return std::unique_ptr<core::Clock>(std::make_unique<RealClock>());
}

}  // namespace afferent::io
