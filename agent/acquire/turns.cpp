// Whose turn it is on a line.
#include <algorithm>
#include <utility>

#include "agent/acquire/line.h"
#include "agent/acquire/timing.h"

namespace afferent::acquire {
namespace {

using Kind = core::WireEvent::Kind;

// Between turns of a device polled without pause that exchanged nothing: such a turn must not spin.
constexpr core::Nanos kIdlePause = std::chrono::milliseconds(100);
// Before a device polled without pause is looked at again while storing and sending are behind.
constexpr core::Nanos kCrowdedPause = std::chrono::milliseconds(1);

}  // namespace

// False when there is nothing to do before the next event.
bool Line::step() {
  if (turn_.session == nullptr) return start_next();
  return turn_.phase == Phase::quiet ? step_quiet() : step_waiting();
}

// The next device that is to be polled, now or later.
std::optional<Schedule::Due> Line::next_poll() {
  auto due = schedule_.next();
  while (due && due->at <= now_.boot) {
    const core::Nanos late_until = late_until_[due->session];
    const bool unpaused = sessions_[due->session]->grid.interval <= core::Nanos::zero();
    if (late_until > now_.boot) {
      schedule_.set(due->session, late_until);
    } else if (unpaused && setup_.crowded && setup_.crowded()) {
      schedule_.set(due->session, now_.boot + kCrowdedPause);
    } else {
      break;
    }
    due = schedule_.next();
  }
  return due;
}

std::optional<Line::Cause> Line::next_cause() {
  if (!commands_.empty()) return Cause::command;
  const auto due = next_poll();
  const bool poll_due = due && due->at <= now_.boot;
  if (!urges_.empty() && !(poll_due && poll_first_)) return Cause::urge;
  if (poll_due) return Cause::poll;
  if (due) idle_timer_.want(due->at);
  return std::nullopt;
}

bool Line::start_next() {
  if (peers_.empty()) return false;
  const auto cause = next_cause();
  if (!cause) return false;
  const Schedule::Due due = *cause == Cause::command ? Schedule::Due{now_.boot, commands_.front().session}
                            : *cause == Cause::urge  ? Schedule::Due{now_.boot, urges_.front()}
                                                     : *schedule_.next();
  if (!quiet_enough(due.session)) return false;
  begin(*cause, due.session, due.at);
  return true;
}

// Also true after waiting in vain for too long: the turn then ends at once and says why.
bool Line::quiet_enough(std::size_t number) {
  const Session& session = *sessions_[number];
  const core::Nanos silence = silence_before(session, settings_of(session));
  const core::Nanos ready = quiet_from_ + silence;
  if (ready <= now_.boot) return true;
  if (!blocked_since_) blocked_since_ = now_.boot;
  const core::Nanos latest = *blocked_since_ + silence + kPatience;
  if (latest <= now_.boot) return true;
  idle_timer_.want(std::min(ready, latest));
  return false;
}

void Line::begin(Cause cause, std::size_t number, core::Nanos due) {
  Session& session = *sessions_[number];
  turn_.session = &session;
  turn_.number = number;
  turn_.cause = cause;
  turn_.due = due;
  turn_.began = now_.boot;
  turn_.quiet_since = std::exchange(blocked_since_, std::nullopt).value_or(now_.boot);
  session.turn_began();
  poll_first_ = cause != Cause::poll;
  std::optional<Command> command;
  switch (cause) {
    case Cause::poll:
      schedule_.clear(number);
      session.health().turn_began();
      break;
    case Cause::urge:
      urges_.erase(urges_.begin());
      session.queued = false;
      break;
    case Cause::command:
      command = std::move(commands_.front());
      commands_.pop_front();
      turn_.reply = std::move(command->reply);
      break;
  }
  open_turn(std::move(command));
}

void Line::open_turn(std::optional<Command> command) {
  Session& session = *turn_.session;
  if (command) {
    session.command(command->what, now_);
    return act_on(turn_.number);
  }
  if (turn_.cause == Cause::poll) return tell(turn_.number, Kind::turn);
  if (std::exchange(session.woken, false)) return tell(turn_.number, Kind::wake);
  consider();
}

void Line::finish(core::Result<void> result) {
  late_until_[turn_.number] = std::max(late_until_[turn_.number], owed_.until());
  owed_.forget();
  Turn turn = std::exchange(turn_, Turn());
  Session& session = *turn.session;
  echo_.sent({});
  turn_timer_.forget();
  session.drop_outgoing();
  static_cast<void>(session.take_end());
  session.hand_over();
  if (session.polled()) judge(turn, result);
  if (turn.cause == Cause::poll) reschedule(turn);
  if (!turn.reply) return;
  std::vector<Heard> heard = session.take_heard();
  turn.reply(result ? core::Result<std::vector<Heard>>(std::move(heard)) : std::move(result).error());
}

// What the turn says about its device.
void Line::judge(const Turn& turn, const core::Result<void>& result) {
  Session& session = *turn.session;
  HealthRecord& health = session.health();
  const bool answered = session.heard_in_turn() || (result && turn.received);
  const bool dead = turn.unanswered && !answered;
  if (turn.cause == Cause::poll) {
    health.turn_ended(dead && result ? failure() : result, dead && !turn.received);
  } else if (!result) {
    health.note(result.error().message());
  }
  if (answered && result) health.spoke(now_);

  Quarantine& quarantine = session.quarantine;
  const bool was_silent = quarantine.active();
  if (dead) {
    if (turn.cause == Cause::command) return;
    quarantine.extend(now_.boot, session.setup().poll);
    if (turn.cause == Cause::urge) schedule_.set(turn.number, quarantine.until());
    if (!was_silent)
      notices_.trouble(now_, session.setup().id + " does not answer; it is asked more rarely until it does");
  } else if (was_silent && (answered || (turn.received && !turn.unanswered))) {
    lift_quarantine(turn.number);
  } else if (was_silent && turn.cause == Cause::poll) {
    quarantine.postpone(now_.boot);
  }
}

void Line::lift_quarantine(std::size_t number) {
  Session& session = *sessions_[number];
  session.quarantine.lift();
  notices_.trouble(now_, session.setup().id + " answers again");
  const core::Nanos interval = session.grid.interval;
  schedule_.set(number, interval > core::Nanos::zero() ? session.grid.after(now_.boot) : now_.boot);
}

void Line::reschedule(const Turn& turn) {
  Session& session = *turn.session;
  const bool first = std::exchange(session.first_poll, false);
  if (session.quarantine.active()) return schedule_.set(turn.number, session.quarantine.until());
  if (session.grid.interval <= core::Nanos::zero()) {
    const bool idle = !turn.received;
    return schedule_.set(turn.number, now_.boot + (idle ? kIdlePause : core::Nanos::zero()));
  }
  // A slot that begins as this turn ends is not missed.
  const core::Nanos before = std::max(turn.due, now_.boot - core::Nanos(1));
  if (!first) session.health().missed(session.grid.slots_between(turn.due, before));
  schedule_.set(turn.number, session.grid.after(before));
}

}  // namespace afferent::acquire
