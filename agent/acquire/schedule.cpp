#include "agent/acquire/schedule.h"

#include <algorithm>

namespace afferent::acquire {
namespace {

// Rounds down also for times before the base.
std::int64_t slot_at(const Grid& grid, core::Nanos time) {
  const std::int64_t distance = (time - grid.base).count();
  const std::int64_t interval = grid.interval.count();
  return distance / interval - (distance % interval < 0 ? 1 : 0);
}

constexpr std::size_t kMostApart = 16;  // lines that each have a phase of their own
constexpr std::size_t kMostTogether = 4;

// Where line `number` stands among `lines`, in [0, 1).
double place_of(std::size_t number, std::size_t lines) {
  if (lines == 0) return 0.0;
  const std::size_t phases = std::max(std::min(lines, kMostApart), (lines + kMostTogether - 1) / kMostTogether);
  const std::size_t phase = number % lines * phases / lines;
  return static_cast<double>(phase) / static_cast<double>(phases);
}

}  // namespace

core::Nanos Grid::after(core::Nanos time) const { return base + (slot_at(*this, time) + 1) * interval; }

std::uint64_t Grid::slots_between(core::Nanos after, core::Nanos until) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, slot_at(*this, until) - slot_at(*this, after)));
}

core::Nanos phase_of(std::size_t device, std::size_t count, std::size_t number, std::size_t lines,
                     core::Nanos interval) {
  if (count == 0) return core::Nanos::zero();
  const double part = (static_cast<double>(device % count) + place_of(number, lines)) / static_cast<double>(count);
  return core::Nanos(static_cast<std::int64_t>(part * static_cast<double>(interval.count())));
}

bool Schedule::later(const Entry& left, const Entry& right) {
  return left.at != right.at ? left.at > right.at : left.order > right.order;
}

void Schedule::set(std::size_t session, core::Nanos at) {
  if (session >= current_.size()) current_.resize(session + 1, 0);
  current_[session] = ++last_order_;
  heap_.push_back({at, last_order_, session});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void Schedule::clear(std::size_t session) {
  if (session < current_.size()) current_[session] = 0;
}

std::optional<Schedule::Due> Schedule::next() {
  while (!heap_.empty()) {
    const Entry& top = heap_.front();
    if (current_[top.session] == top.order) return Due{top.at, top.session};
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
  return std::nullopt;
}

}  // namespace afferent::acquire
