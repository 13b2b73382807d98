// Kind `window` over hours of the day. The day is that of the node's time zone; while the clock is not right it rests,
// and what it misses then is missing data.
#include "agent/rules/saved.h"
#include "agent/rules/window.h"

namespace afferent::rules {
namespace {

using core::Nanos;

constexpr unsigned kOpen = 1;
constexpr unsigned kWhole = 2;

Nanos boot_of(core::Micros utc, const core::Stamp& at) { return at.boot + (utc - at.utc); }

}  // namespace

DailyWindow::DailyWindow(const WindowRule& rule) : WindowInstance(rule, rule.length) {}

// What is gathered was read within the hours, by the clock that it was read by.
WindowInstance::Extent DailyWindow::extent(const core::Stamp& at, bool finished) const {
  return {Nanos::min(), boot_of(now_.from, at), now_.until - now_.from, finished};
}

std::optional<DailyWindow::Bounds> DailyWindow::bounds(const core::Stamp& at, const Context& context) const {
  const auto local = context.local(at);
  if (!local || !rule_.hours->holds(*local)) return std::nullopt;
  const Hours& hours = *rule_.hours;
  const bool overnight = hours.from >= hours.until;
  Bounds found;
  found.day = overnight && local->second < hours.until ? local->day - 1 : local->day;
  found.from = context.zone().utc(found.day, hours.from);
  found.until = context.zone().utc(found.day + (overnight ? 1 : 0), hours.until);
  if (at.utc >= found.until) return std::nullopt;  // an hour that comes twice: the first time counts
  return found;
}

void DailyWindow::start(const core::Stamp& now, Context& context) {
  began_ = now.boot;
  if (open_) return context.wake_at(boot_of(now_.until, now) + gather_.gap());
  expect(now, context);
}

// Hours in which nothing comes have a count, so they are opened without a reading.
void DailyWindow::expect(const core::Stamp& at, Context& context) {
  if (rule_.measure != Measure::count) return;
  constexpr Nanos kClockCheck = std::chrono::minutes(1);
  if (at.clock == core::ClockState::unsynced) {
    began_ = at.boot;  // what came in this time was not counted
    return context.wake_at(at.boot + kClockCheck);
  }
  if (const auto now = bounds(at, context)) return open(*now, at, context);
  context.wake_at(next_time_of_day(context.zone(), at, rule_.hours->from));
}

void DailyWindow::reading(const core::Reading& reading, Band& band, Context& context) {
  band.show_all();
  const core::Stamp& at = reading.received;
  if (at.clock == core::ClockState::unsynced) {
    began_ = at.boot;
    return;
  }
  const double value = reading.value.as_number();
  const auto now = bounds(at, context);
  if (open_ && (!now || now->day != now_.day)) {
    gather_.add_part(boot_of(now_.until, at), at.boot, value);
    close(at, context);
  }
  if (!now) return gather_.pass(at.boot, value);
  if (!open_) open(*now, at, context);
  gather_.add(at.boot, value);
  judge(at, extent(at, false), context);
}

void DailyWindow::tick(const core::Stamp& now, Context& context) {
  if (!open_) return expect(now, context);
  const Nanos due = boot_of(now_.until, now) + gather_.gap();
  if (now.clock != core::ClockState::unsynced && now.boot >= due) return close(now, context);
  context.wake_at(std::max(due, now.boot + core::Seconds(60)));  // the clock was set meanwhile
}

void DailyWindow::open(const Bounds& bounds, const core::Stamp& at, Context& context) {
  open_ = true;
  now_ = bounds;
  whole_ = began_ <= boot_of(now_.from, at);
  gather_.clear();
  context.wake_at(boot_of(now_.until, at) + gather_.gap());
}

void DailyWindow::close(const core::Stamp& at, Context& context) {
  open_ = false;
  context.wake_at(Nanos::max());
  judge(at, extent(at, rule_.measure != Measure::count || whole_), context);
  gather_.clear();
  expect(at, context);
}

void DailyWindow::learned(Nanos now, Packer& to) const {
  to.put(static_cast<std::uint8_t>((open_ ? kOpen : 0) | (whole_ ? kWhole : 0)));
  to.put(now_.day);
  to.put(static_cast<std::int64_t>(now_.from.count()));
  to.put(static_cast<std::int64_t>(now_.until.count()));
  gather_.save(now, to);
}

bool DailyWindow::remember(Unpacker& from, const Elapsed& elapsed) {
  const auto flags = from.get<std::uint8_t>();
  now_.day = from.get<std::int64_t>();
  if (!take(from, now_.from) || !take(from, now_.until)) return false;
  if (!gather_.restore(from, elapsed)) return false;
  const core::Micros length = now_.until - now_.from;
  // A longer absence is missing data.
  whole_ = (flags & kWhole) != 0 && elapsed.since_save && *elapsed.since_save <= gather_.gap();
  open_ = (flags & kOpen) != 0 && (!gather_.empty() || whole_) && length > core::Micros(0) &&
          length < std::chrono::hours(26);
  return true;
}

}  // namespace afferent::rules
