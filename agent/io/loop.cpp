#include "agent/io/loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;
using core::Nanos;

// The kernel's time-out does not count a suspended machine's time, boot time does.
constexpr Nanos kLongestWait = std::chrono::seconds(60);
constexpr int kBatch = 64;  // events a round

}  // namespace

core::Result<std::unique_ptr<Loop>> Loop::create(const core::Clock& clock) {
  std::unique_ptr<Loop> loop(new Loop(clock));
  if (auto opened = loop->open(); !opened) return std::move(opened).error();
  return loop;
}

Loop::Loop(const core::Clock& clock)
    : clock_(clock), pace_(dynamic_cast<const PacedClock*>(&clock)), now_(clock.now()) {}

Loop::~Loop() = default;

core::Result<void> Loop::open() {
  epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) return system_error(ErrorCode::full, "create an epoll descriptor", errno);
  event_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event_) return system_error(ErrorCode::full, "create an event descriptor", errno);
  return add(event_.get(), EPOLLIN, [this](std::uint32_t, const core::Stamp&) { run_posted(); });
}

core::Result<void> Loop::add(int fd, std::uint32_t events, Ready ready) {
  assert(in_loop_thread());
  if (fd < 0) return Error(ErrorCode::bug, "watch of a descriptor that is not open");
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watches_.size()) watches_.resize(index + 1);
  epoll_event event{};
  event.events = events;
  event.data.u64 = static_cast<std::uint64_t>(++generation_) << 32 | index;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return system_error(ErrorCode::bug, "watch a descriptor", errno);
  }
  watches_[index] = std::make_unique<Watch>(Watch{generation_, std::move(ready)});
  return {};
}

core::Result<void> Loop::modify(int fd, std::uint32_t events) {
  assert(in_loop_thread());
  const auto index = static_cast<std::size_t>(fd);
  if (fd < 0 || index >= watches_.size() || !watches_[index]) {
    return Error(ErrorCode::bug, "modify a descriptor that is not watched");
  }
  epoll_event event{};
  event.events = events;
  event.data.u64 = static_cast<std::uint64_t>(watches_[index]->generation) << 32 | index;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) {
    return system_error(ErrorCode::bug, "modify a watched descriptor", errno);
  }
  return {};
}

void Loop::remove(int fd) {
  assert(in_loop_thread());
  const auto index = static_cast<std::size_t>(fd);
  if (fd < 0 || index >= watches_.size() || !watches_[index]) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  removed_.push_back(std::move(watches_[index]));
}

Loop::Handle Loop::at(Nanos boot, std::function<void()> call) {
  assert(in_loop_thread());
  // Not earlier than this round, or a timer that is always overdue would stand in front of all others.
  return timers_.add(std::max(boot, now().boot), std::move(call));
}

void Loop::cancel(Handle timer) {
  assert(in_loop_thread());
  timers_.cancel(timer);
}

const core::Stamp& Loop::now() {
  if (!in_round_) now_ = clock_.now();
  return now_;
}

void Loop::post(std::function<void()> call) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(call));
  }
  if (first) wake();
}

void Loop::stop() {
  stopping_ = true;
  wake();
}

void Loop::wake() const {
  const std::uint64_t one = 1;
  // Fails only when it is set already.
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
}

void Loop::run() {
  while (!stopping_.exchange(false)) run_once(kLongestWait);
}

void Loop::run_once(Nanos longest) {
  thread_ = std::this_thread::get_id();
  std::array<epoll_event, kBatch> events;
  const int count = wait(events.data(), kBatch, wait_time(longest));
  now_ = clock_.now();
  in_round_ = true;
  // Descriptors first: an answer that lay there while we were busy is not taken for a time-out.
  for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
  fire_timers();
  // What a removed callback owned may remove others in turn.
  std::exchange(removed_, {}).clear();
  in_round_ = false;
  thread_ = std::thread::id();
}

Nanos Loop::wait_time(Nanos longest) const {
  const Nanos limit = std::min(longest, kLongestWait);
  if (timers_.empty()) return pace_ == nullptr ? limit : std::min(limit, pace_->real_wait(kLongestWait));
  const Nanos span = timers_.next_due() - clock_.now().boot;
  if (span <= Nanos::zero()) return Nanos::zero();
  return std::min(limit, pace_ == nullptr ? span : pace_->real_wait(span));
}

int Loop::wait(epoll_event* events, int most, Nanos time) {
  if (has_pwait2_) {
    timespec timeout{};
    timeout.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000);
    timeout.tv_nsec = static_cast<long>(time.count() % 1'000'000'000);
    const int count = ::epoll_pwait2(epoll_.get(), events, most, &timeout, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    has_pwait2_ = false;  // kernels before 5.11
  }
  const auto milliseconds = static_cast<int>((time.count() + 999'999) / 1'000'000);
  return ::epoll_wait(epoll_.get(), events, most, milliseconds);
}

void Loop::dispatch(const epoll_event& event) {
  const auto index = static_cast<std::size_t>(static_cast<std::uint32_t>(event.data.u64));
  if (index >= watches_.size()) return;
  Watch* const watch = watches_[index].get();
  // A descriptor that was closed in this round may have been given to somebody else already.
  if (watch == nullptr || watch->generation != event.data.u64 >> 32) return;
  watch->ready(event.events, now_);
}

void Loop::fire_timers() {
  const std::uint64_t limit = timers_.order();  // what is added from here on waits for the next round
  while (!timers_.empty() && timers_.next_due() <= now_.boot && timers_.next_order() < limit) {
    timers_.take_first()();
  }
}

void Loop::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(event_.get(), &count, sizeof count);
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(posted_);
  }
  for (const auto& call : calls) call();
}

bool Loop::in_loop_thread() const {
  const std::thread::id running = thread_;
  return running == std::thread::id() || running == std::this_thread::get_id();
}

}  // namespace afferent::io
