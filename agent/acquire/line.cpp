#include "agent/acquire/line.h"

#include <algorithm>
#include <utility>

namespace afferent::acquire {
namespace {

constexpr std::size_t kMostCommands = 64;  // that wait on one line
constexpr int kMostSteps = 256;            // of one line, before other ports of the loop get their chance
constexpr std::size_t kMostHeld = 1024;    // events from inside a call to the port

using Kind = core::WireEvent::Kind;

}  // namespace

Line::Line(LineSetup setup, std::unique_ptr<core::Port> port, core::Timers& timers, core::Clock& clock,
           SeriesTable& series, core::PollSink& polls, core::Log& log)
    : setup_(std::move(setup)),
      clock_(clock),
      polls_(polls),
      series_(series),
      timers_(timers),
      notices_(log, "line " + setup_.id),
      turn_timer_(timers, [this] { enter(clock_.now(), nullptr); }),
      idle_timer_(timers, [this] { enter(clock_.now(), nullptr); }),
      port_(std::move(port)) {}

core::Result<std::size_t> Line::add(core::Scope scope, const std::vector<DeviceSetup>& devices,
                                    std::unique_ptr<core::Driver> driver) {
  if (const auto wishes = driver->wishes(); !wishes.empty()) {
    if (auto granted = port_->want(wishes); !granted) return std::move(granted).error().in("port " + setup_.id);
  }
  const std::size_t number = sessions_.size();
  late_until_.emplace_back();
  for (std::size_t i = 0; i < devices.size(); ++i) {
    places_[static_cast<std::uint32_t>(devices[i].device)] = {number, static_cast<core::DeviceRef>(i)};
  }
  auto woken = [this, number] {
    const Event event{Kind::wake, 0, clock_.now(), {}, number};
    enter(event.at, &event);
  };
  sessions_.push_back(std::make_unique<Session>(
      scope, devices, std::move(driver), Session::Surroundings{series_, polls_, timers_, notices_, facts_.rejects},
      std::move(woken)));
  return number;
}

void Line::start(const core::Stamp& base) {
  now_ = clock_.now();
  const auto polled = static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->polled(); }));
  std::size_t place = 0;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Session& session = *sessions_[i];
    if (!session.polled()) continue;
    const core::Nanos interval = session.setup().poll;
    session.grid = {base.boot + phase_of(place++, polled, setup_.number, setup_.lines, interval), interval};
    schedule_.set(i, now_.boot);
  }
  port_->start(*this);
}

void Line::farewell() {
  if (peers_.empty()) return;
  for (const auto& session : sessions_) {
    const core::Bytes words = session->driver().farewell();
    if (words.empty()) continue;
    // Whether they arrive is nobody's concern any more.
    [[maybe_unused]] const auto sent = port_->write(*peers_.begin(), words);
  }
}

void Line::command(core::DeviceId device, core::DeviceCommand command, Reply reply) {
  const auto place = places_.find(static_cast<std::uint32_t>(device));
  if (place == places_.end())
    return reply(core::Error(core::ErrorCode::not_found, "no such device on line " + setup_.id));
  if (peers_.empty()) return reply(core::Error(core::ErrorCode::retry, "port of line " + setup_.id + " is closed"));
  if (commands_.size() >= kMostCommands) {
    return reply(core::Error(core::ErrorCode::full, "too many commands wait on line " + setup_.id));
  }
  command.device = place->second.second;
  commands_.push_back({place->second.first, std::move(command), std::move(reply)});
  enter(clock_.now(), nullptr);
}

void Line::set_poll(core::DeviceId device, core::Millis interval) {
  const auto place = places_.find(static_cast<std::uint32_t>(device));
  if (place == places_.end()) return;
  const std::size_t number = place->second.first;
  Session& session = *sessions_[number];
  const core::Nanos configured = session.setup().poll;
  const core::Nanos wanted = interval > core::Millis::zero() ? std::min<core::Nanos>(interval, configured) : configured;
  if (!session.polled() || session.grid.interval == wanted) return;
  session.grid.interval = wanted;
  // In its own turn the end of that sets the next one; while it does not answer, the quarantine does.
  if (turn_.session == &session || session.quarantine.active()) return;
  const core::Nanos now = clock_.now().boot;
  schedule_.set(number, session.grid.after(now));
  idle_timer_.want(now);  // not at once: who asks may be in the midst of what another line has read
}

DeviceHealth Line::health(core::DeviceId device) const {
  const auto place = places_.find(static_cast<std::uint32_t>(device));
  if (place == places_.end()) return {};
  const Session& session = *sessions_[place->second.first];
  DeviceHealth facts = session.health_of(core::index(place->second.second));
  if (!peers_.empty()) return facts;
  const std::string_view trouble = port_->trouble();
  // A station that calls in closes its connection by itself; a line that is polled is dead without its port.
  if (!trouble.empty() || (was_open_ && session.polled())) facts.state = core::Health::silent;
  if (!trouble.empty()) facts.last_error = "port " + setup_.id + ": " + std::string(trouble);
  return facts;
}

LineHealth Line::health() const {
  LineHealth facts = facts_;
  facts.open = !peers_.empty();
  return facts;
}

void Line::port_opened(std::uint32_t peer, const core::Stamp& at) {
  const Event event{Kind::opened, peer, at, {}};
  enter(at, &event);
}

void Line::port_closed(std::uint32_t peer, const core::Stamp& at, std::string_view why) {
  const Event event{Kind::closed, peer, at, core::as_bytes(why)};
  enter(at, &event);
}

void Line::port_received(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) {
  const Event event{Kind::received, peer, at, bytes};
  enter(at, &event);
}

void Line::port_event(const core::PortEvent& event) {
  const bool edge = event.kind == core::PortEvent::Kind::edge;
  const Event own{edge ? Kind::edge : Kind::received, 0, event.at, event.bytes, 0, event.name, event.count};
  enter(clock_.now(), &own);
}

// The one way in. What is called from inside only leaves its event here, so that nothing recurses.
void Line::enter(const core::Stamp& at, const Event* event) {
  if (event != nullptr && (busy_ || !held_.empty())) hold(*event);
  if (busy_) return;
  busy_ = true;
  now_ = at;
  if (event != nullptr && held_.empty()) handle(*event);
  for (int steps = 0; steps < kMostSteps; ++steps) {
    if (!held_.empty()) {
      HeldEvent next = std::move(held_.front());
      held_.pop_front();
      next.event.name = next.name;  // a short text moves with its owner
      handle(next.event);
    } else if (!step()) {
      busy_ = false;
      return;
    }
  }
  idle_timer_.want(now_.boot);
  busy_ = false;
}

void Line::hold(const Event& event) {
  const bool lasting = event.kind == Kind::opened || event.kind == Kind::closed;
  if (held_.size() >= kMostHeld && !lasting) {
    return notices_.trouble(event.at, "more came at once than can be kept: " + std::to_string(kMostHeld) + " events");
  }
  HeldEvent& held = held_.emplace_back(
      HeldEvent{event, core::Bytes(event.bytes.begin(), event.bytes.end()), std::string(event.name)});
  held.event.bytes = held.bytes;
}

void Line::handle(const Event& event) {
  if (event.at.boot > now_.boot) now_ = event.at;
  switch (event.kind) {
    case Kind::opened: return handle_opened(event);
    case Kind::closed: return handle_closed(event);
    case Kind::wake: return handle_woken(event.session);
    case Kind::edge: return handle_edge(event);
    default: return handle_received(event);
  }
}

void Line::handle_opened(const Event& event) {
  if (peers_.empty()) {
    current_.reset();
    echo_.reset();
    owed_.forget();
    std::fill(late_until_.begin(), late_until_.end(), core::Nanos::zero());
    quiet_from_ = event.at.boot;
  }
  was_open_ = true;
  peers_.insert(event.peer);
  tell_all(Kind::opened, event.peer, {});
}

void Line::handle_closed(const Event& event) {
  const std::string why = "port closed: " + std::string(core::as_text(event.bytes));
  const core::Error error(core::ErrorCode::retry, why);
  peers_.erase(event.peer);
  tell_all(Kind::closed, event.peer, {});
  if (turn_.session != nullptr && (peers_.empty() || turn_.request.peer == event.peer)) give_up(error);
  if (!peers_.empty()) return;
  urges_.clear();
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    Session& session = *sessions_[i];
    session.drop_outgoing();
    session.queued = false;
    session.note(why);
    if (std::exchange(session.woken, false)) tell(i, Kind::wake);  // it waited for a turn that does not come
  }
  for (const Command& command : std::exchange(commands_, {})) command.reply(error);
}

void Line::handle_edge(const Event& event) {
  core::WireEvent edge;
  edge.kind = Kind::edge;
  edge.at = event.at;
  edge.name = event.name;
  edge.bytes = event.bytes;
  edge.count = event.count;
  for (std::size_t i = 0; i < sessions_.size(); ++i) tell(i, edge);
}

void Line::handle_received(const Event& event) {
  if (!event.name.empty()) return receive_named(event);
  quiet_from_ = std::max(quiet_from_, event.at.boot);
  const bool waits = turn_.phase == Phase::quiet && !turn_.repeat && asks();
  if (turn_.session != nullptr && turn_.sent && !waits) return receive(event.peer, event.bytes);
  if (owned()) return tell(0, Kind::received, event.peer, event.bytes);
  owed_.overheard(event.bytes, now_.boot);
  facts_.overheard_bytes += event.bytes.size();
  tell_all(Kind::overheard, event.peer, event.bytes);
}

void Line::handle_woken(std::size_t number) {
  Session& session = *sessions_[number];
  if (turn_.session == &session || peers_.empty()) return tell(number, Kind::wake);
  session.woken = true;
  urge(number);
}

void Line::tell(std::size_t number, Kind kind, std::uint32_t peer, core::ByteView bytes) {
  core::WireEvent event;
  event.kind = kind;
  event.at = now_;
  event.peer = peer;
  event.bytes = bytes;
  tell(number, event);
}

void Line::tell(std::size_t number, const core::WireEvent& event) {
  sessions_[number]->call(event, now_);
  act_on(number);
}

void Line::tell_all(Kind kind, std::uint32_t peer, core::ByteView bytes) {
  for (std::size_t i = 0; i < sessions_.size(); ++i) tell(i, kind, peer, bytes);
}

// Does what the driver asked for in its call.
void Line::act_on(std::size_t number) {
  Session& session = *sessions_[number];
  if (const auto why = session.take_reopen()) port_->reopen(*why);
  const bool in_turn = turn_.session == &session;
  if (in_turn) {
    if (!session.polled()) session.hand_over();
    return consider();
  }
  static_cast<void>(session.take_end());  // done() of who has no turn says nothing
  if (session.hand_over() && session.quarantine.active()) lift_quarantine(number);
  if (session.has_outgoing()) urge(number);
}

void Line::urge(std::size_t number) {
  Session& session = *sessions_[number];
  if (peers_.empty()) return session.drop_outgoing();
  if (std::exchange(session.queued, true)) return;
  urges_.push_back(number);
}

}  // namespace afferent::acquire
