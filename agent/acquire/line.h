// One port and the devices behind it: whose turn it is, how long it may take, and what happens when nobody answers.
// Loop-bound.
//
// One session at a time has the turn. What comes while nobody has it, or before the one who has it has sent anything,
// is foreign: all drivers overhear it, and the line stays quiet for the inter-frame silence after it. What comes in the
// turn of one is overheard by all others, since a foreign master does not wait for turns. A driver of scope
// port, or one that listens, receives everything at any time while it is alone on its port. A driver that sends, or is
// woken, outside a turn gets one next. Edges of GPIO lines are told to all drivers of the port, whoever has the turn.
//
// A request that was repeated and is answered may have a second answer under way, and one that was not answered may
// have a late one. The device is asked nothing before that has come or is overdue, so that it is not taken for the
// answer to the next request; others are served meanwhile. What comes before a request is out is overheard, not an
// answer.
//
// All times are counted from the estimated end of a transmission, since a write returns long before the last bit is
// out.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/acquire/echo.h"
#include "agent/acquire/lazy_timer.h"
#include "agent/acquire/notices.h"
#include "agent/acquire/owed.h"
#include "agent/acquire/schedule.h"
#include "agent/acquire/series.h"
#include "agent/acquire/session.h"
#include "agent/acquire/setup.h"
#include "agent/core/clock.h"
#include "agent/core/driver.h"
#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/core/reading.h"

namespace afferent::acquire {

class Line final : public core::PortListener {
 public:
  // Called once, on the loop, when the command's turn is over, with whom the driver heard in it; never when the line is
  // destroyed before.
  using Reply = std::function<void(core::Result<std::vector<Heard>>)>;

  // The references outlive the line.
  Line(LineSetup setup, std::unique_ptr<core::Port> port, core::Timers& timers, core::Clock& clock, SeriesTable& series,
       core::PollSink& polls, core::Log& log);

  // Before start(). A driver of scope `device` has one device; one of scope `port` gets no turns of its own accord.
  // Returns the session's number, in order from 0; Error{bad_config} when the port cannot watch what the driver wishes.
  core::Result<std::size_t> add(core::Scope scope, const std::vector<DeviceSetup>& devices,
                                std::unique_ptr<core::Driver> driver);
  std::size_t sessions() const { return sessions_.size(); }
  core::Driver& driver(std::size_t session) { return sessions_[session]->driver(); }  // to save and restore its state

  // Opens the port. The first poll of each device is due at once, one after the other; then each keeps to its own
  // slots, counted from `base`: lines that share it share wakes.
  void start(const core::Stamp& base);

  // Lets the drivers say good-bye before the line is destroyed. Best effort.
  void farewell();

  // Polls a device at another interval from now on, if that is shorter than the configured one; zero: as configured
  // again. A device that is not polled, or not on this line, is passed over.
  void set_poll(core::DeviceId device, core::Millis interval);

  // Gets a turn before all polls. Error{not_found} for a device that is not on this line, {retry} while the port is
  // closed or when nobody answers, {full} when too many wait; else what the driver says.
  void command(core::DeviceId device, core::DeviceCommand command, Reply reply);

  DeviceHealth health(core::DeviceId device) const;  // of a device that is not on this line: as of one never heard
  LineHealth health() const;
  const Notices& notices() const { return notices_; }

  void port_opened(std::uint32_t peer, const core::Stamp& at) override;
  void port_closed(std::uint32_t peer, const core::Stamp& at, std::string_view why) override;
  void port_received(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) override;
  void port_event(const core::PortEvent& event) override;

 private:
  struct Event {  // from the port, or a driver's own timer
    core::WireEvent::Kind kind = core::WireEvent::Kind::received;
    std::uint32_t peer = 0;
    core::Stamp at;
    core::ByteView bytes;     // closed: the reason's text
    std::size_t session = 0;  // wake: whose timer
    std::string_view name{};
    std::uint64_t count = 0;
  };
  struct HeldEvent {  // came while another was being handled
    Event event;
    core::Bytes bytes;
    std::string name;
  };
  struct Command {
    std::size_t session = 0;
    core::DeviceCommand what;
    Reply reply;
  };
  enum class Cause : std::uint8_t {
    poll,
    urge,  // the driver wants to send, or is to be woken
    command,
  };
  enum class Phase : std::uint8_t {
    quiet,   // until the line is quiet enough for the next request
    answer,  // something was sent, the answer is due
    pause,   // the driver waits for its own timer
  };
  struct Turn {
    Session* session = nullptr;  // null: nobody's turn
    std::size_t number = 0;
    Cause cause = Cause::poll;
    Phase phase = Phase::pause;
    core::Nanos due{};  // the slot it serves
    core::Nanos began{};
    core::Nanos quiet_since{};  // when it began to wait for silence
    core::Nanos sent_at{};
    core::Nanos deadline{};                  // of the answer
    core::Nanos longest{};                   // the deadline is never extended beyond
    core::Outgoing request;                  // on the wire, or next to go there
    std::optional<core::LineSettings> line;  // the driver's own choice
    Reply reply;
    std::uint64_t rejects_before = 0;
    std::uint8_t retries = 0;
    bool loaded = false;        // `request` is yet to be sent
    bool repeat = false;        // for one more time
    bool attempt_open = false;  // its outcome is not recorded yet
    bool sent = false;          // anything
    bool answered = false;      // bytes came since the last request
    bool received = false;      // bytes came in this turn
    bool unanswered = false;    // the driver was told `timed_out`, or used up its time
  };

  // line.cpp: what comes from outside
  void enter(const core::Stamp& at, const Event* event);
  void hold(const Event& event);
  void handle(const Event& event);
  void handle_opened(const Event& event);
  void handle_closed(const Event& event);
  void handle_received(const Event& event);
  void handle_edge(const Event& event);
  void handle_woken(std::size_t number);
  void tell(std::size_t number, core::WireEvent::Kind kind, std::uint32_t peer = 0, core::ByteView bytes = {});
  void tell(std::size_t number, const core::WireEvent& event);
  void tell_all(core::WireEvent::Kind kind, std::uint32_t peer, core::ByteView bytes);
  void act_on(std::size_t number);
  void urge(std::size_t number);
  bool owned() const { return sessions_.size() == 1 && sessions_.front()->listens(); }

  // turns.cpp: whose turn it is
  bool step();
  bool start_next();
  std::optional<Cause> next_cause();
  std::optional<Schedule::Due> next_poll();
  bool quiet_enough(std::size_t number);
  void begin(Cause cause, std::size_t number, core::Nanos due);
  void open_turn(std::optional<Command> command);
  void finish(core::Result<void> result);
  void judge(const Turn& turn, const core::Result<void>& result);
  void reschedule(const Turn& turn);
  void lift_quarantine(std::size_t number);

  // exchange.cpp: requests and answers within a turn
  void consider();
  bool step_quiet();
  bool step_waiting();
  void load();
  void transmit();
  void give_up(core::Error error);
  void after_transmission(core::Nanos timeout);
  core::Result<void> put_on_wire(const core::LineSettings& line);
  void receive(std::uint32_t peer, core::ByteView bytes);
  void receive_named(const Event& event);
  void take_answer(core::ByteView bytes);
  void tell_others(core::ByteView bytes);
  void time_out();
  void close_attempt();
  void wait_for_quiet();
  core::Error failure() const;
  bool asks() const;
  core::Nanos not_before() const;
  core::Nanos characters(std::size_t count) const;
  core::Nanos silence_before(const Session& session, const core::LineSettings& line) const;
  core::LineSettings settings_of(const Session& session) const;

  const LineSetup setup_;
  core::Clock& clock_;
  core::PollSink& polls_;
  SeriesTable& series_;
  core::Timers& timers_;
  Notices notices_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::uint32_t, std::pair<std::size_t, core::DeviceRef>> places_;  // by DeviceId

  Schedule schedule_;
  // Mostly empty: lists and vectors, since an empty deque holds half a kilobyte.
  std::list<Command> commands_;
  std::vector<std::size_t> urges_;  // sessions, each at most once
  bool poll_first_ = false;         // urges alternate with polls that are due
  Turn turn_;
  EchoFilter echo_;
  OwedAnswers owed_;                           // of the request that was sent last
  std::vector<core::Nanos> late_until_;        // by session: an answer of it may come late
  core::Stamp now_;                            // of the event that is handled
  core::Nanos quiet_from_{};                   // when the last byte of anybody was over
  std::optional<core::Nanos> blocked_since_;   // somebody is due, but the line is not quiet
  std::optional<core::LineSettings> current_;  // of the port; nothing: not known
  std::set<std::uint32_t> peers_;              // open connections
  LineHealth facts_;
  std::list<HeldEvent> held_;
  bool busy_ = false;
  bool was_open_ = false;

  LazyTimer turn_timer_;
  LazyTimer idle_timer_;
  const std::unique_ptr<core::Port> port_;  // goes first: it may still call while it closes
};

}  // namespace afferent::acquire
