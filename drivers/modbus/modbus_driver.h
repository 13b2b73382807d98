// The master of one Modbus device. Loop-bound.
#pragma once

#include <optional>
#include <string>

#include "agent/core/driver.h"
#include "drivers/modbus/decoder.h"
#include "drivers/modbus/frame.h"

namespace afferent::drivers::modbus {

class ModbusDriver final : public core::Driver {
 public:
  explicit ModbusDriver(Profile profile) : decoder_(std::move(profile)) {}

  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return profile().channels; }
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;

 private:
  // What was asked and is not answered yet.
  struct Pending {
    core::Bytes pdu;
    std::uint16_t transaction = 0;
    std::optional<ReadRequest> read;  // nothing: a write
    bool rejected = false;            // something that came was a damaged answer, and was reported
  };
  // A read request that somebody else sent on this line.
  struct Asked {
    ReadRequest read;
    std::uint8_t unit = 0;
    std::uint16_t transaction = 0;
  };

  const Profile& profile() const { return decoder_.profile(); }

  void begin_turn(core::Sink& sink);
  void next_block(core::Sink& sink);
  void ask(core::Bytes pdu, std::optional<ReadRequest> read, core::Sink& sink);
  void finish(core::Sink& sink);
  void timed_out(core::Sink& sink);

  void received(core::ByteView bytes, core::Sink& sink);
  std::optional<Frame> find_answer(core::ByteView bytes) const;
  bool is_answer(const Frame& frame) const;
  void answered(const Frame& frame, core::Sink& sink);
  void exception(std::uint8_t code, core::Sink& sink);
  void report_damaged(core::ByteView bytes, core::Sink& sink);
  void report_wrong_length(core::ByteView bytes, core::Sink& sink);

  void listen(core::ByteView bytes, bool burst, core::Sink& sink);
  Framing framing_of_line() const;
  void end_burst(Framing framing, bool hopeless, core::Sink& sink);
  void heard(Framing framing, const Frame& frame, bool burst, core::Sink& sink);
  bool replied(Framing framing, const Frame& frame, const ReadReply& reply, bool burst, core::Sink& sink);
  void heard_exception(const Frame& frame, core::Sink& sink);
  void lone_reply(const Frame& frame, const ReadReply& reply, core::Sink& sink);
  std::string describe(const core::Bytes& pdu) const;

  Decoder decoder_;
  std::optional<Pending> pending_;
  std::size_t block_ = 0;               // of the poll that runs
  std::optional<core::Error> failure_;  // the first of this turn
  std::uint16_t transaction_ = 0;
  core::Bytes inbox_;  // while an answer is due; at most kMostKept bytes
  core::Bytes line_;   // overheard; at most kMostKept bytes
  std::optional<Asked> asked_;
};

}  // namespace afferent::drivers::modbus
