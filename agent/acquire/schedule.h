// Which session is due next on a line. Loop-bound; times are boot time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/time.h"

namespace afferent::acquire {

// The slots of one device: base, base + interval, ... A late poll does not shift them.
struct Grid {
  core::Nanos base{};
  core::Nanos interval{};  // zero: no slots; then neither of these may be asked

  core::Nanos after(core::Nanos time) const;                                // the first slot later than `time`
  std::uint64_t slots_between(core::Nanos after, core::Nanos until) const;  // in (after, until]
};

// The phase that keeps `count` devices of a line apart, and `lines` lines beside each other. Of more than 16 lines up
// to four share a phase: they poll side by side, and one wake of the processor serves them all. 0 <= phase < interval.
core::Nanos phase_of(std::size_t device, std::size_t count, std::size_t number, std::size_t lines,
                     core::Nanos interval);

// Each session has at most one due time; the earliest comes first, then who was set first. O(log n).
class Schedule {
 public:
  struct Due {
    core::Nanos at{};
    std::size_t session = 0;
  };

  void set(std::size_t session, core::Nanos at);  // replaces the session's due time
  void clear(std::size_t session);
  std::optional<Due> next();

 private:
  struct Entry {
    core::Nanos at{};
    std::uint64_t order = 0;
    std::size_t session = 0;
  };
  static bool later(const Entry& left, const Entry& right);

  std::vector<Entry> heap_;             // outdated entries are dropped when they come to the top
  std::vector<std::uint64_t> current_;  // per session: `order` of its valid entry; 0: none
  std::uint64_t last_order_ = 0;
};

}  // namespace afferent::acquire
