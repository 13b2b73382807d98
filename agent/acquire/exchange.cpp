// Requests and answers within one turn on a line.
#include <algorithm>
#include <utility>

#include "agent/acquire/line.h"
#include "agent/acquire/timing.h"

namespace afferent::acquire {
namespace {

using Kind = core::WireEvent::Kind;

// An answer that has begun may pause this long: converters deliver in chunks. Then it is over.
constexpr core::Nanos kAnswerGap = std::chrono::milliseconds(50);
constexpr std::size_t kGapCharacters = 16;
// The longest answer, twice over; whoever still talks then is not answering.
constexpr std::size_t kLongestAnswer = 600;
constexpr core::Nanos kLongestExtra = std::chrono::seconds(1);

}  // namespace

// After the driver whose turn it is was called: what is next?
void Line::consider() {
  Session& session = *turn_.session;
  if (turn_.answered && (session.has_outgoing() || session.has_end())) owed_.answered(now_.boot);
  if (session.has_outgoing()) {
    // A device that is silent for long is asked once per turn, whatever its driver would like to ask.
    if (turn_.unanswered && session.quarantine.active() && turn_.cause != Cause::command) return finish(failure());
    if (std::exchange(turn_.repeat, false)) turn_.loaded = false;
    if (turn_.phase == Phase::answer && turn_.attempt_open && !turn_.answered) return;
    if (!turn_.loaded) wait_for_quiet();
    return;
  }
  if (turn_.loaded && !turn_.repeat) return;
  if (auto end = session.take_end()) {
    close_attempt();
    return finish(std::move(*end));
  }
  if (turn_.phase == Phase::answer || turn_.loaded) return;
  turn_.phase = Phase::pause;
  // Who was only woken and sends nothing gets another turn when it is woken again.
  if (turn_.cause == Cause::urge && !turn_.sent) return finish({});
  if (session.waits_for_wake() || session.woken) return;
  if (turn_.cause == Cause::urge && !turn_.unanswered) return finish({});
  finish(failure());
}

core::Error Line::failure() const {
  if (turn_.session == nullptr || turn_.unanswered) return {core::ErrorCode::retry, "no answer"};
  return {core::ErrorCode::bug, "driver neither sent a request nor ended its turn"};
}

void Line::wait_for_quiet() {
  close_attempt();
  if (turn_.phase != Phase::quiet) {
    // A turn that is only beginning may have waited before.
    if (turn_.sent) turn_.quiet_since = now_.boot;
    turn_.phase = Phase::quiet;
  }
}

bool Line::step_quiet() {
  if (!turn_.loaded) load();
  if (turn_.request.line) turn_.line = turn_.request.line;
  const core::Nanos silence = silence_before(*turn_.session, settings_of(*turn_.session));
  const core::Nanos held = not_before();
  const core::Nanos ready = std::max(quiet_from_ + silence, held);
  if (ready <= now_.boot) {
    transmit();
    return true;
  }
  const core::Nanos latest = std::max(turn_.quiet_since, held) + silence + kPatience;
  if (latest <= now_.boot) {
    ++facts_.never_quiet;
    finish(core::Error(core::ErrorCode::retry, "line is never quiet: somebody keeps sending on it"));
    return true;
  }
  turn_timer_.want(std::min(ready, latest));
  return false;
}

void Line::load() {
  const Session& session = *turn_.session;
  echo_.sent({});  // it looks at the request that is replaced
  turn_.request = turn_.session->take_outgoing();
  turn_.loaded = true;
  const bool once = session.quarantine.active() && turn_.cause != Cause::command && !session.heard_in_turn();
  turn_.retries = once || !turn_.request.expects_answer ? std::uint8_t{0} : session.setup().retries;
}

void Line::transmit() {
  Session& session = *turn_.session;
  now_ = clock_.now();
  echo_.sent(turn_.request.bytes);
  if (auto result = put_on_wire(settings_of(session)); !result) {
    notices_.trouble(now_, session.setup().id + ": " + result.error().message());
    return give_up(std::move(result).error());
  }
  if (turn_.request.topic.empty()) tell_others(turn_.request.bytes);
  const core::Nanos timeout = turn_.request.reply_timeout.value_or(session.setup().reply_timeout);
  if (asks() && turn_.request.expects_answer) owed_.sent(quiet_from_, timeout, turn_.repeat);
  turn_.loaded = turn_.repeat = turn_.answered = false;
  turn_.sent = true;
  turn_.attempt_open = turn_.request.expects_answer;
  turn_.rejects_before = session.rejects();
  turn_.sent_at = now_.boot;
  after_transmission(timeout);
}

// Of one request. What a port driver has to say to other peers is not lost with it.
void Line::give_up(core::Error error) {
  Session& session = *turn_.session;
  const bool others = !session.polled() && turn_.cause != Cause::command && !peers_.empty() && session.has_outgoing();
  if (!others) return finish(std::move(error));
  turn_.loaded = turn_.repeat = turn_.attempt_open = false;
  wait_for_quiet();
}

void Line::after_transmission(core::Nanos timeout) {
  Session& session = *turn_.session;
  if (session.has_outgoing() && (session.has_end() || !turn_.request.expects_answer)) return wait_for_quiet();
  if (auto end = session.take_end()) return finish(std::move(*end));
  // A port driver answers pushes; its own timer may run for hours.
  if (!turn_.request.expects_answer && !session.polled() && turn_.cause == Cause::urge) return finish({});
  if (!turn_.request.expects_answer && (session.waits_for_wake() || session.woken)) {
    turn_.phase = Phase::pause;
    return;
  }
  turn_.phase = Phase::answer;
  turn_.deadline = quiet_from_ + timeout;
  turn_.longest = turn_.deadline + characters(kLongestAnswer) + kLongestExtra;
}

core::Result<void> Line::put_on_wire(const core::LineSettings& line) {
  const core::Outgoing& request = turn_.request;
  if (port_->medium() == core::Port::Medium::serial && current_ != line) {
    current_.reset();
    if (auto result = port_->configure(line); !result) return std::move(result).error().in("line settings");
    current_ = line;
  }
  if (request.line_break > core::Millis::zero()) {
    if (auto result = port_->send_break(request.line_break); !result) return std::move(result).error().in("break");
  }
  auto result =
      request.topic.empty() ? port_->write(request.peer, request.bytes) : port_->write_to(request.topic, request.bytes);
  if (!result) return std::move(result).error().in("write");
  quiet_from_ = std::max(quiet_from_, now_.boot) + request.line_break + characters(request.bytes.size());
  return {};
}

void Line::receive(std::uint32_t peer, core::ByteView bytes) {
  if (peer != turn_.request.peer) {
    if (owned()) return tell(0, Kind::received, peer, bytes);
    return tell_all(Kind::overheard, peer, bytes);
  }
  if (turn_.phase == Phase::answer) {
    const core::Nanos until = now_.boot + kAnswerGap + characters(kGapCharacters);
    turn_.deadline = std::min(std::max(turn_.deadline, until), turn_.longest);
  }
  const EchoFilter::Parts parts = echo_.received(bytes);
  if (!parts.echo.empty()) tell(turn_.number, Kind::overheard, peer, parts.echo);
  for (const core::ByteView part : {parts.head, parts.rest}) {
    if (!part.empty()) take_answer(part);
  }
}

// A name says whose it is: there are no echoes and no foreign masters.
void Line::receive_named(const Event& event) {
  core::WireEvent told;
  told.kind = Kind::received;
  told.at = now_;
  told.name = event.name;
  told.bytes = event.bytes;
  if (turn_.session != nullptr && turn_.sent && turn_.request.topic == event.name) {
    turn_.answered = turn_.received = true;
    return tell(turn_.number, told);
  }
  if (owned()) return tell(0, told);
  told.kind = Kind::overheard;
  for (std::size_t i = 0; i < sessions_.size(); ++i) tell(i, told);
}

// A foreign master does not wait for the turns of those whom it asks. What is answered is told with what was asked.
void Line::tell_others(core::ByteView bytes) {
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    if (i != turn_.number) tell(i, Kind::overheard, turn_.request.peer, bytes);
  }
}

void Line::take_answer(core::ByteView bytes) {
  if (turn_.session == nullptr) return tell_all(Kind::overheard, 0, bytes);  // the turn ended within one chunk
  turn_.answered = turn_.received = true;
  owed_.answer(bytes);
  tell_others(bytes);
  tell(turn_.number, Kind::received, turn_.request.peer, bytes);
}

bool Line::step_waiting() {
  if (turn_.phase == Phase::pause && std::exchange(turn_.session->woken, false)) {
    tell(turn_.number, Kind::wake);
    return true;
  }
  const core::Nanos limit = turn_.began + setup_.turn_limit;
  if (limit <= now_.boot) {
    turn_.unanswered = true;
    finish(core::Error(core::ErrorCode::retry, "turn took longer than its limit"));
    return true;
  }
  const bool waits_for_answer = turn_.phase == Phase::answer;
  if (waits_for_answer && turn_.deadline <= now_.boot) {
    time_out();
    return true;
  }
  turn_timer_.want(waits_for_answer ? std::min(turn_.deadline, limit) : limit);
  return false;
}

void Line::time_out() {
  if (const core::ByteView held = echo_.release(); !held.empty()) {
    // Nothing came behind what looked like an echo, so it was the answer.
    take_answer(held);
    if (turn_.session == nullptr || turn_.phase != Phase::answer) return;
  }
  Session& session = *turn_.session;
  if (std::exchange(turn_.attempt_open, false)) {
    session.health().timed_out();
    session.health().attempt(false);
  }
  if (session.rejects() != turn_.rejects_before) owed_.spoilt();
  if (turn_.retries > 0) {
    --turn_.retries;
    turn_.loaded = turn_.repeat = true;
    return wait_for_quiet();
  }
  turn_.unanswered = turn_.unanswered || turn_.request.expects_answer;
  turn_.phase = Phase::pause;
  session.drop_outgoing();
  const core::Nanos owed = owed_.given_up();
  // A search asks many of whom most are not there.
  if (turn_.cause != Cause::command) late_until_[turn_.number] = owed;
  turn_.answered = false;
  tell(turn_.number, Kind::timed_out);
}

void Line::close_attempt() {
  if (!std::exchange(turn_.attempt_open, false) || !turn_.answered) return;
  Session& session = *turn_.session;
  const bool good = session.rejects() == turn_.rejects_before;
  session.health().attempt(good);
  if (good) session.health().round_trip(now_.boot - turn_.sent_at);
}

// Whether its requests have answers that are told from others by nothing but their time.
bool Line::asks() const {
  return turn_.session != nullptr && turn_.session->polled() && !turn_.session->listens() &&
         turn_.request.topic.empty();
}

// The answers to an earlier request come first.
core::Nanos Line::not_before() const { return std::max(owed_.until(), late_until_[turn_.number]); }

// Zero on a stream, where a character takes no time of ours.
core::Nanos Line::characters(std::size_t count) const {
  if (port_->medium() != core::Port::Medium::serial) return core::Nanos::zero();
  return time_of(count, current_.value_or(setup_.line));
}

core::LineSettings Line::settings_of(const Session& session) const {
  if (turn_.session == &session && turn_.line) return *turn_.line;
  return session.setup().line.value_or(setup_.line);
}

// Before a change of rate the devices of the old one need their silence too, to know that a frame is over.
core::Nanos Line::silence_before(const Session& session, const core::LineSettings& line) const {
  if (session.setup().silence > core::Millis::zero()) return session.setup().silence;
  if (setup_.silence > core::Millis::zero()) return setup_.silence;
  if (port_->medium() != core::Port::Medium::serial) return core::Nanos::zero();
  return std::max(silence_of(line), current_ ? silence_of(*current_) : core::Nanos::zero());
}

}  // namespace afferent::acquire
