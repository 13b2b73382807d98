// The master of one Modbus device. Loop-bound.
#pragma once

#include <optional>
#include <string>

#include "agent/core/driver.h"
#include "drivers/modbus/decoder.h"
#include "drivers/modbus/frame.h"
#include "drivers/modbus/questions.h"

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
    int again = 0;                    // asked so often because it was unclear whose answers came
  };
  // What stands next in the bytes that came while an answer is due.
  struct Found {
    Frame frame;
    bool request = false;  // somebody else's; else it may answer ours
  };

  const Profile& profile() const { return decoder_.profile(); }

  void begin_turn(core::Sink& sink);
  void next_block(core::Sink& sink);
  void ask(core::Bytes pdu, std::optional<ReadRequest> read, int again, core::Sink& sink);
  bool ask_again(core::Sink& sink);
  void finish(core::Sink& sink);
  void timed_out(core::Sink& sink);

  void received(core::ByteView bytes, core::Sink& sink);
  bool take_frames(core::ByteView& bytes, core::Sink& sink);
  std::optional<Found> next_frame(core::ByteView bytes) const;
  std::optional<Frame> answer_at(core::ByteView bytes, std::size_t begin) const;
  std::optional<Frame> reply_at(core::ByteView bytes, std::size_t begin) const;
  bool may_be_reply(core::ByteView bytes, std::size_t begin) const;
  bool is_answer(const Frame& frame) const;
  bool is_own(const Frame& frame) const;
  Questions::Whose whose(const Frame& frame);
  void answered(const Frame& frame, core::Sink& sink);
  void exception(std::uint8_t code, core::Sink& sink);
  void report_damaged(core::ByteView bytes, core::Sink& sink);
  void report_wrong_length(core::ByteView bytes, core::Sink& sink);

  void listen(core::ByteView bytes, bool burst, core::Sink& sink);
  Framing framing_of_line() const;
  void end_burst(Framing framing, bool hopeless, core::Sink& sink);
  void overheard(const Frame& frame, core::Sink& sink);
  void heard(Framing framing, const Frame& frame, core::Sink& sink);
  bool replied(Framing framing, const Frame& frame, const ReadReply& reply, core::Sink& sink);
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
  Questions questions_;
  core::Nanos now_{};
};

}  // namespace afferent::drivers::modbus
