// The bounded queue between two threads. Thread-safe. A full queue refuses; what is refused is the caller's to account
// for.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "agent/core/time.h"

namespace afferent::core {

template <class T>
class BoundedQueue {
 public:
  // `limit` in cost units (bytes, or 1 an item).
  explicit BoundedQueue(std::size_t limit) : limit_(limit) {}

  // False when `cost` does not fit below limit + extra; the item is untouched then. `extra` is reserved room for
  // alerts.
  bool push(T& item, std::size_t cost = 1, std::size_t extra = 0) {
    {
      const std::lock_guard lock(mutex_);
      if (used_ + cost > limit_ + extra && used_ != 0) return false;
      used_ += cost;
      items_.emplace_back(std::move(item), cost);
    }
    ready_.notify_one();
    return true;
  }

  // Everything that is there, at most until `most` cost units are taken; empty when nothing comes within `wait`, or
  // notify().
  std::vector<T> take(Nanos wait, std::size_t most = SIZE_MAX) {
    std::unique_lock lock(mutex_);
    if (items_.empty() && !notified_ && wait > Nanos::zero()) {
      ready_.wait_for(lock, wait, [this] { return !items_.empty() || notified_; });
    }
    notified_ = false;
    std::vector<T> taken;
    std::size_t sum = 0;
    while (!items_.empty() && (taken.empty() || sum + items_.front().second <= most)) {
      sum += items_.front().second;
      taken.push_back(std::move(items_.front().first));
      items_.pop_front();
    }
    used_ -= sum;
    return taken;
  }

  // Waits as take() does, takes nothing, and ends with notify() only: for a consumer that has no room for more.
  void rest(Nanos wait) {
    std::unique_lock lock(mutex_);
    if (wait > Nanos::zero()) ready_.wait_for(lock, wait, [this] { return notified_; });
    notified_ = false;
  }

  // The consumer is behind for reasons of its own: what can wait is to wait.
  void set_behind(bool behind) { behind_ = behind; }

  // Whether a producer that could produce at any rate should pause: the consumer is behind, or `soft` cost units wait.
  bool crowded(std::size_t soft) {
    if (behind_) return true;
    const std::lock_guard lock(mutex_);
    return used_ >= soft;
  }

  // Ends a take() or rest() that waits, now or the next one.
  void notify() {
    {
      const std::lock_guard lock(mutex_);
      notified_ = true;
    }
    ready_.notify_one();
  }

 private:
  const std::size_t limit_;
  std::atomic<bool> behind_ = false;

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::pair<T, std::size_t>> items_;  // guarded by mutex_
  std::size_t used_ = 0;                         // guarded by mutex_
  bool notified_ = false;                        // guarded by mutex_
};

}  // namespace afferent::core
