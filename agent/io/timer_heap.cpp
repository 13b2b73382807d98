#include "agent/io/timer_heap.h"

#include <utility>

namespace afferent::io {

TimerHeap::Handle TimerHeap::add(core::Nanos due, std::function<void()> call) {
  if (free_ == kNone) {
    free_ = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back().position = kNone;
  }
  const std::uint32_t slot = free_;
  free_ = slots_[slot].position;
  slots_[slot].call = std::move(call);
  heap_.emplace_back();
  sift_up(heap_.size() - 1, Entry{due, order_++, slot});
  return static_cast<Handle>(slots_[slot].generation) << 32 | slot;
}

void TimerHeap::cancel(Handle timer) {
  const auto slot = static_cast<std::uint32_t>(timer);
  if (slot >= slots_.size() || slots_[slot].generation != timer >> 32) return;
  // The call is destroyed here, after the heap is whole again: what it owns may cancel other timers.
  const std::function<void()> call = extract(slots_[slot].position);
}

std::function<void()> TimerHeap::take_first() { return extract(0); }

std::function<void()> TimerHeap::extract(std::size_t position) {
  const std::uint32_t slot = heap_[position].slot;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    if (position > 0 && before(last, heap_[(position - 1) / 2])) {
      sift_up(position, last);
    } else {
      sift_down(position, last);
    }
  }
  Slot& freed = slots_[slot];
  if (++freed.generation == 0) freed.generation = 1;  // 0 is no timer
  freed.position = free_;
  free_ = slot;
  return std::exchange(freed.call, nullptr);
}

void TimerHeap::place(std::size_t position, const Entry& entry) {
  heap_[position] = entry;
  slots_[entry.slot].position = static_cast<std::uint32_t>(position);
}

void TimerHeap::sift_up(std::size_t position, Entry entry) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!before(entry, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void TimerHeap::sift_down(std::size_t position, Entry entry) {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], entry)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, entry);
}

}  // namespace afferent::io
