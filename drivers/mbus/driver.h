// The master of wired M-Bus: asks one slave, hears what it says. Loop-bound.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/common/mbus_channels.h"
#include "drivers/mbus/link.h"
#include "drivers/mbus/options.h"
#include "drivers/mbus/search.h"
#include "drivers/mbus/telegram.h"

namespace afferent::drivers::mbus {

class Meter final : public core::Driver {
 public:
  explicit Meter(const Settings& settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;  // none: the wire tells
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;

 private:
  struct Step {
    enum class Kind : std::uint8_t {
      deselect,  // SND_NKE to 253: who was selected may answer, nobody has to
      reset,     // SND_NKE
      select,    // SND_UD, CI 52
      write,     // SND_UD with `payload`
      data,      // REQ_UD2
      alarm,     // REQ_UD1
    };
    Kind kind = Kind::data;
    core::Bytes payload{};
  };

  // driver.cpp: what is asked
  void begin_turn(core::Sink& sink);
  void plan_link(bool reset);
  void next(core::Sink& sink);
  core::Outgoing request_of(const Step& step) const;
  void timed_out(core::Sink& sink);
  void finish(core::Result<void> result, core::Sink& sink);
  std::string name_of(const Step& step) const;

  // answers.cpp: what is heard
  void received(const core::WireEvent& event, core::Sink& sink);
  void overheard(core::ByteView bytes, core::Sink& sink);
  void acknowledged(bool clean, core::Sink& sink);
  void accept(const Frame& frame, core::ByteView raw, core::Sink& sink);
  void answered(const Telegram& telegram, core::Sink& sink);
  void emit(const Telegram& telegram, bool first, core::Sink& sink);
  bool ours(const Frame& frame) const;
  bool ours(const Telegram& telegram) const;
  void hear(const Frame& frame, const Telegram& telegram, core::Sink& sink);

  // searching.cpp
  void begin_search(std::unique_ptr<Search> search, core::Sink& sink);
  void search_on(core::Sink& sink);
  void search_received(const Receiver::Found& found, core::Sink& sink);
  void search_timed_out(core::Sink& sink);
  void search_concluded(Search::Outcome outcome, const std::optional<Identity>& identity, core::Sink& sink);

  // commands.cpp
  core::Result<core::Bytes> baud_payload(const core::DeviceCommand& command) const;
  core::Result<core::Bytes> address_payload(const core::DeviceCommand& command) const;
  core::Result<core::Bytes> clock_payload(const core::DeviceCommand& command) const;
  core::Result<core::Bytes> application_reset_payload(const core::DeviceCommand& command) const;
  core::Result<core::Bytes> write_payload(const core::DeviceCommand& command) const;
  void reset_command(core::Sink& sink);
  void alarm_command(core::Sink& sink);
  void search_command(const core::DeviceCommand& command, core::Sink& sink);

  const Settings settings_;
  ChannelBook book_;
  Records records_;
  Receiver receiver_;  // of our own turn
  Receiver line_;      // of everybody else's
  std::deque<Step> steps_;
  std::optional<Step> pending_;
  bool frame_count_ = true;    // FCB of the next request: turned by a good answer only, so that a repeat is one
  bool needs_reset_ = true;    // of the link
  bool good_frame_ = false;    // since the last request
  bool bytes_came_ = false;    // since the last request
  std::size_t telegrams_ = 0;  // of the answer so far
  struct Speaker {
    std::optional<Identity> identity;
    std::uint8_t address = 0;
    friend bool operator==(const Speaker&, const Speaker&) = default;
  };
  std::optional<Speaker> last_heard_;
  std::unique_ptr<Search> search_;
  std::size_t search_requests_ = 0;
  std::optional<core::Nanos> search_began_;  // boot time
  core::Nanos now_{};                        // boot time of the event that is handled
};

}  // namespace afferent::drivers::mbus
