// A set of sequences that costs one entry per unbroken run, since acknowledgements come nearly in order. Value type.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>

namespace afferent::outbox {

class SequenceSet {
 public:
  using Runs = std::map<std::uint64_t, std::uint64_t>;  // first -> last, both included; runs never touch each other

  void add(std::uint64_t sequence) {
    auto after = runs_.upper_bound(sequence);
    if (after != runs_.begin()) {
      auto before = std::prev(after);
      if (sequence <= before->second) return;
      if (sequence == before->second + 1) {
        before->second = sequence;
        if (after != runs_.end() && after->first == sequence + 1) {
          before->second = after->second;
          runs_.erase(after);
        }
        return;
      }
    }
    std::uint64_t last = sequence;
    if (after != runs_.end() && after->first == sequence + 1) {
      last = after->second;
      after = runs_.erase(after);
    }
    runs_.emplace_hint(after, sequence, last);
  }

  bool contains(std::uint64_t sequence) const {
    const auto after = runs_.upper_bound(sequence);
    return after != runs_.begin() && sequence <= std::prev(after)->second;
  }

  bool empty() const { return runs_.empty(); }
  void clear() { runs_.clear(); }
  const Runs& runs() const { return runs_; }

 private:
  Runs runs_;
};

}  // namespace afferent::outbox
