// What the reader did with the rows of each stream since the store was opened. Belongs to the deliver
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/outbox/sequence_set.h"

namespace afferent::outbox {

struct Mark {
  std::uint64_t read = 0;     // up to here the reader has seen the rows: their content must not change
  std::uint64_t offered = 0;  // up to here the broker may have them: the quota must not drop them
  SequenceSet acknowledged;   // delivered, and not yet deleted
};

class Marks {
 public:
  Mark& of(std::size_t stream) {
    if (marks_.size() <= stream) marks_.resize(stream + 1);
    return marks_[stream];
  }
  std::uint64_t read(std::size_t stream) const { return stream < marks_.size() ? marks_[stream].read : 0; }
  std::uint64_t offered(std::size_t stream) const { return stream < marks_.size() ? marks_[stream].offered : 0; }
  bool any_acknowledged() const {
    return std::any_of(marks_.begin(), marks_.end(), [](const Mark& mark) { return !mark.acknowledged.empty(); });
  }
  void forget_acknowledged() {
    for (Mark& mark : marks_) mark.acknowledged.clear();
  }
  void clear() { marks_.clear(); }
  const std::vector<Mark>& all() const { return marks_; }

 private:
  std::vector<Mark> marks_;  // by stream; may be shorter than the list of streams
};

}  // namespace afferent::outbox
