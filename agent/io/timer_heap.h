// The timers of one loop: a binary heap that knows where each timer stands, so that a cancelled one leaves at once and
// a line that arms and cancels a time-out per request never grows it. Loop-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/time.h"

namespace afferent::io {

class TimerHeap {
 public:
  using Handle = core::Timers::Handle;

  Handle add(core::Nanos due, std::function<void()> call);
  void cancel(Handle timer);

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  core::Nanos next_due() const { return heap_.front().due; }  // not when empty
  std::uint64_t next_order() const { return heap_.front().order; }
  std::uint64_t order() const { return order_; }  // what the next add() gets
  std::function<void()> take_first();             // not when empty

 private:
  struct Entry {
    core::Nanos due;
    std::uint64_t order;  // among timers due at the same time, the older goes first
    std::uint32_t slot;
  };
  struct Slot {
    std::function<void()> call;
    std::uint32_t generation = 1;
    std::uint32_t position = 0;  // in heap_, or of the next free slot
  };

  static bool before(const Entry& a, const Entry& b) { return a.due != b.due ? a.due < b.due : a.order < b.order; }
  void place(std::size_t position, const Entry& entry);
  void sift_up(std::size_t position, Entry entry);
  void sift_down(std::size_t position, Entry entry);
  std::function<void()> extract(std::size_t position);

  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::uint32_t free_ = kNone;
  std::uint64_t order_ = 0;
};

}  // namespace afferent::io
