// The event loop of the sense thread: descriptors, timers and calls from other threads, one at a time. Loop-bound, but
// for post() and stop(). A call on it may take 1 ms at most; what may block goes to Helper.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/io/clock.h"
#include "agent/io/timer_heap.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

class Loop final : public core::Timers {
 public:
  // `events` are EPOLLIN, EPOLLOUT, ... as they came; `at` was taken once when the loop woke.
  using Ready = std::function<void(std::uint32_t events, const core::Stamp& at)>;

  // The clock must outlive the loop; if it is a PacedClock its pace is that of the timers.
  static core::Result<std::unique_ptr<Loop>> create(const core::Clock& clock);
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Level-triggered. remove() comes before the descriptor is closed; after it, nothing of the descriptor is called,
  // even if it was ready in the same wake. A callback may remove itself.
  core::Result<void> add(int fd, std::uint32_t events, Ready ready);
  core::Result<void> modify(int fd, std::uint32_t events);
  void remove(int fd);

  // Calls in the order of their times; one that is due already is called on the next round, never from within at().
  Handle at(core::Nanos boot, std::function<void()> call) override;
  void cancel(Handle timer) override;

  void post(std::function<void()> call);  // thread-safe
  void stop();                            // thread-safe; ends run(), or the next one

  void run();
  // One round: waits at most `longest`, then calls what is due. For tests and for loops of one's own.
  void run_once(core::Nanos longest);

  const core::Clock& clock() const { return clock_; }
  const core::Stamp& now();  // when this round began; outside of one, now

 private:
  struct Watch {
    std::uint32_t generation;
    Ready ready;
  };

  explicit Loop(const core::Clock& clock);
  core::Result<void> open();
  core::Nanos wait_time(core::Nanos longest) const;
  int wait(epoll_event* events, int most, core::Nanos time);
  void dispatch(const epoll_event& event);
  void fire_timers();
  void run_posted();
  void wake() const;
  bool in_loop_thread() const;

  const core::Clock& clock_;
  const PacedClock* const pace_;
  UniqueFd epoll_;
  UniqueFd event_;
  std::vector<std::unique_ptr<Watch>> watches_;  // by descriptor
  std::vector<std::unique_ptr<Watch>> removed_;  // may be running: freed after the round
  std::uint32_t generation_ = 0;
  TimerHeap timers_;
  core::Stamp now_;
  bool in_round_ = false;
  bool has_pwait2_ = true;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> stopping_ = false;

  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace afferent::io
