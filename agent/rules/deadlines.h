// When somebody wants to be called, for any number of slots with at most one time each. Value type; boot times.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "agent/core/time.h"

namespace afferent::rules {

class Deadlines {
 public:
  static constexpr core::Nanos kNever = core::Nanos::max();

  // `current` is where the owner of the slot remembers its time.
  void set(std::uint32_t slot, core::Nanos& current, core::Nanos to) {
    if (current == to) return;
    if (current != kNever) waiting_.erase({current, slot});
    if (to != kNever) waiting_.insert({to, slot});
    current = to;
  }
  core::Nanos next() const { return waiting_.empty() ? kNever : waiting_.begin()->first; }
  // The slots that are due; each owner then sets its own time to kNever or a later one.
  std::vector<std::uint32_t> due(core::Nanos now) const {
    std::vector<std::uint32_t> slots;
    for (auto it = waiting_.begin(); it != waiting_.end() && it->first <= now; ++it) slots.push_back(it->second);
    return slots;
  }

 private:
  std::set<std::pair<core::Nanos, std::uint32_t>> waiting_;
};

}  // namespace afferent::rules
