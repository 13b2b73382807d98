// The CJ/T 188 master: asks one meter, hears what it says. Loop-bound.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/cjt188/answer.h"
#include "drivers/cjt188/frame.h"
#include "drivers/cjt188/options.h"

namespace afferent::drivers::cjt188 {

class Meter final : public core::Driver {
 public:
  explicit Meter(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  core::Bytes save() const override;  // the byte order that the meter answered
  core::Result<void> restore(core::ByteView saved) override;

 private:
  struct Request {
    Function function = Function::read_data;
    std::uint16_t id = 0x901F;
    core::Bytes payload;  // behind DI and SER
    Address address{};
    std::optional<Address> renamed{};  // the address under which the meter may answer from now on
    std::uint8_t type = 0x10;
  };

  void begin_turn(const core::WireEvent& event, core::Sink& sink);
  void ask(Request request, core::Sink& sink);
  void ask_next(core::Sink& sink);
  void timed_out(core::Sink& sink);
  void turn_order();
  void finish(core::Result<void> result, core::Sink& sink);

  void received(core::ByteView bytes, core::Sink& sink);
  void overheard(core::ByteView bytes, core::Sink& sink);
  void accept(const Frame& frame, core::ByteView raw, core::Sink& sink);
  void refused(const Frame& frame, core::Sink& sink);
  void answered(const Frame& frame, const Answer& answer, core::Sink& sink);
  bool collect(const Frame& frame, core::Sink& sink);  // true: a part, the rest is still to come
  bool answers(const Frame& frame) const;
  bool from_our_meter(const Frame& frame) const;
  void learn(const Frame& frame, core::Sink& sink);
  void emit(const Answer& answer, core::Sink& sink);
  core::Channel channel(const core::ChannelSpec& channel, core::Sink& sink);

  core::Result<Request> valve_request(const core::DeviceCommand& command) const;
  core::Result<Request> address_request(const core::DeviceCommand& command) const;
  core::Result<Request> clock_request(const core::DeviceCommand& command) const;
  core::Result<Request> read_request(const core::DeviceCommand& command) const;
  core::Result<Request> search_request(const core::DeviceCommand& command) const;

  const Settings settings_;
  std::vector<core::ChannelSpec> channels_;  // fixed
  std::vector<std::string> declared_;        // continue the numbers of channels_; a few dozen at most
  Receiver receiver_;                        // of our own turn
  Receiver line_;                            // of everybody else's
  bool good_frame_ = false;                  // since the question or the last time-out
  bool refused_ = false;                     // likewise: something was, and was told
  DiOrder order_;
  bool order_known_;
  std::uint8_t serial_ = 0;
  std::deque<Request> plan_;
  std::optional<Request> pending_;
  core::Bytes part_;  // data of an answer that comes in several frames
  std::optional<Address> last_heard_;
  std::optional<core::Nanos> history_read_;  // boot time
  core::Nanos turn_began_{};                 // boot time
};

}  // namespace afferent::drivers::cjt188
