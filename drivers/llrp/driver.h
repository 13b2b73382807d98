// The LLRP client: connects to one reader, sets it up and hears its reports. Loop-bound.
//
// A connection goes through greeting (the reader accepts us), asking (one request after the other, in one turn) and
// running. What the reader refuses is asked again after a pause; where it does not answer, or falls silent, the
// connection is made anew.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/llrp/message.h"
#include "drivers/llrp/notification.h"
#include "drivers/llrp/options.h"
#include "drivers/llrp/report.h"

namespace afferent::drivers::llrp {

class Reader final : public core::Driver {
 public:
  explicit Reader(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  bool listens() const override { return true; }
  core::Bytes farewell() const override;  // CLOSE_CONNECTION

 private:
  enum class Phase : std::uint8_t {
    offline,   // no connection of ours: what comes is only decoded
    greeting,  // the reader has yet to say that it accepts us
    asking,    // set-up: a reply is due
    resting,   // the reader refused something; it is asked again later
    running,
    lost,  // the connection is given up and about to be closed
  };
  struct Pending {
    Type request{};
    std::uint32_t id = 0;
    std::optional<core::Nanos> deadline;  // boot time; none: the line's own
    bool commanded = false;
    std::optional<Status> stray;  // of a reply of the right type with another id
  };

  // driver.cpp: events and time
  void opened();
  void closed();
  void woken(core::Sink& sink);
  void timed_out(core::Sink& sink);
  void turn();
  void settle(core::Sink& sink);
  void end_turn(core::Result<void> result, core::Sink& sink);
  core::Result<void> verdict() const;
  void pass_over();
  std::optional<core::Nanos> deadline() const;
  void give_up(std::string why, core::Sink& sink);

  // incoming.cpp: what the reader says
  void received(core::ByteView bytes, core::Sink& sink);
  void handle(const Message& message, core::Sink& sink);
  void report(const Message& message, core::Sink& sink);
  void emit(const TagReport& tag, core::Sink& sink);
  std::optional<core::Micros> time_of(const TagReport& tag) const;
  void notified(const Message& message, core::Sink& sink);
  void greeted(std::uint16_t attempt, core::Sink& sink);
  void replied(const Message& message, core::Sink& sink);
  void take_status(const Status& status, core::Sink& sink);
  bool take_stray(core::Sink& sink);
  void tell(std::string_view what, core::Sink& sink) const;

  // setup.cpp: the conversation
  void begin_setup();
  void ask_step();
  void ask(Type type);
  void step_done(const Status& status);
  void command_done(const Status& status, core::Sink& sink);
  void rest(std::string why, core::Nanos pause);
  bool wanted(std::string_view epc) const;

  const Settings settings_;
  Phase phase_ = Phase::offline;
  core::Nanos now_{};                // boot time of the event that is handled
  std::optional<core::Micros> utc_;  // likewise; nothing while the gateway does not know it
  Receiver receiver_;
  bool incomplete_told_ = false;  // of what the receiver holds, while offline
  std::vector<TagReport> tags_;
  std::string hex_;  // of one EPC

  std::vector<core::Bytes> outbox_;
  bool in_turn_ = false;
  std::uint8_t version_ = kVersion1;  // as the reader speaks
  std::uint32_t last_id_ = 0;
  std::size_t step_ = 0;
  std::optional<Pending> pending_;
  bool ids_kept_ = true;                       // false: this reader numbers its replies as it likes
  std::optional<core::Nanos> greeting_until_;  // boot time, as all below
  std::optional<core::Nanos> rest_until_;
  std::optional<core::Nanos> report_until_;  // of the report that was asked for
  core::Nanos last_heard_{};
  bool watched_ = false;                      // the reader has promised to send keep-alives
  bool paused_ = false;                       // by command
  std::string trouble_;                       // empty: none
  std::string passing_;                       // a trouble that is over with the next good report; empty: none
  std::optional<core::Nanos> passing_until_;  // or then
  std::set<std::uint16_t> unplugged_;         // antennas
};

}  // namespace afferent::drivers::llrp
