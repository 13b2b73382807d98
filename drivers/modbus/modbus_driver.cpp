#include "drivers/modbus/modbus_driver.h"

#include <algorithm>

#include "drivers/modbus/complaints.h"
#include "drivers/modbus/inbox.h"
#include "drivers/modbus/write_command.h"

namespace afferent::drivers::modbus {
namespace {

using core::ByteView;
using core::Error;
using core::ErrorCode;
using core::Sink;
using core::WireEvent;

constexpr int kMostAgain = 3;

bool may_succeed_later(std::uint8_t exception) {
  return exception == 5 || exception == 6 || exception == 10 || exception == 11;
}

}  // namespace

void ModbusDriver::on(const WireEvent& event, Sink& sink) {
  now_ = event.at.boot;
  switch (event.kind) {
    case WireEvent::Kind::turn: return begin_turn(sink);
    case WireEvent::Kind::received: return received(event.bytes, sink);
    case WireEvent::Kind::overheard: return listen(event.bytes, false, sink);
    case WireEvent::Kind::timed_out: return timed_out(sink);
    case WireEvent::Kind::opened:
    case WireEvent::Kind::closed:
      pending_.reset();
      questions_.clear();
      inbox_.clear();
      line_.clear();
      return;
    case WireEvent::Kind::wake:
    case WireEvent::Kind::edge: return;
  }
}

void ModbusDriver::begin_turn(Sink& sink) {
  block_ = 0;
  failure_.reset();
  if (profile().unit == 0) return sink.done(Error(ErrorCode::bad_config, "unit: missing, the device cannot be asked"));
  next_block(sink);
}

void ModbusDriver::next_block(Sink& sink) {
  if (block_ >= decoder_.blocks().size()) return finish(sink);
  const Block& block = decoder_.blocks()[block_];
  ask(read_pdu(block.function, block.start, block.count), ReadRequest{block.function, block.start, block.count}, 0,
      sink);
}

// Sending is the last act of a call: a fast line may answer before send() returns.
void ModbusDriver::ask(core::Bytes pdu, std::optional<ReadRequest> read, int again, Sink& sink) {
  inbox_.clear();
  questions_.give_up(now_);  // of a turn that was ended without a word
  if (read && profile().framing == Framing::rtu) questions_.ask({*read, profile().unit, 0, now_});
  Pending pending;
  pending.again = again;
  pending.transaction = ++transaction_;
  pending.read = read;
  pending.pdu = std::move(pdu);
  core::Outgoing outgoing;
  outgoing.bytes = wrap(profile().framing, pending.transaction, profile().unit, pending.pdu);
  pending_ = std::move(pending);
  sink.send(std::move(outgoing));
}

// Its answer is lost among those of others. True where it was sent once more: else the line does that in its time.
bool ModbusDriver::ask_again(Sink& sink) {
  if (pending_->again < kMostAgain) {
    ask(core::Bytes(pending_->pdu), pending_->read, pending_->again + 1, sink);
    return true;
  }
  questions_.ask({*pending_->read, profile().unit, 0, now_});
  return false;
}

void ModbusDriver::finish(Sink& sink) {
  pending_.reset();
  inbox_.clear();
  if (!failure_) return sink.done({});
  Error failure = *std::move(failure_);
  failure_.reset();
  sink.done(std::move(failure));
}

void ModbusDriver::timed_out(Sink& sink) {
  if (!pending_) {
    if (!line_.empty()) sink.reject(line_, why_no_frame(profile().framing, line_));
    return line_.clear();
  }
  if (!inbox_.empty() && !pending_->rejected) sink.reject(inbox_, why_no_frame(profile().framing, inbox_));
  const bool damaged = pending_->rejected || !inbox_.empty();
  if (pending_->read) {
    for (std::size_t i = block_; i < decoder_.blocks().size(); ++i) decoder_.failed(decoder_.blocks()[i]);
  }
  const std::string what = (damaged ? "no valid answer to " : "no answer to ") + describe(pending_->pdu);
  failure_ = Error(ErrorCode::retry, what);
  questions_.give_up(now_);
  finish(sink);
}

void ModbusDriver::received(ByteView bytes, Sink& sink) {
  if (!pending_) return listen(bytes, true, sink);
  // An answer that comes in one piece is read where it lies.
  ByteView all = bytes;
  if (!inbox_.empty()) {
    keep(inbox_, bytes);
    all = inbox_;
  }
  ByteView rest = all;
  if (take_frames(rest, sink)) return;
  if (!pending_->rejected && pending_->read) {
    report_damaged(rest, sink);
    report_wrong_length(rest, sink);
  }
  if (inbox_.empty()) return keep(inbox_, rest);
  drop_front(inbox_, all.size() - rest.size());
}

// Requests of others, and their answers, are taken off the front of `bytes`. True where the question has its answer, or
// is asked anew.
bool ModbusDriver::take_frames(ByteView& bytes, Sink& sink) {
  questions_.expire(now_);
  while (const auto found = next_frame(bytes)) {
    const Frame& frame = found->frame;
    bytes = bytes.subspan(frame.end);
    if (found->request) {
      questions_.hear({*as_read_request(frame.pdu), frame.unit, 0, now_}, false);
      continue;
    }
    switch (whose(frame)) {
      case Questions::Whose::ours: answered(frame, sink); return true;
      case Questions::Whose::lost:
        if (ask_again(sink)) return true;
        break;
      case Questions::Whose::nobodys:
      case Questions::Whose::others:
      case Questions::Whose::unclear: break;
    }
  }
  return false;
}

Questions::Whose ModbusDriver::whose(const Frame& frame) {
  const std::uint8_t function = frame.function() & static_cast<std::uint8_t>(~kErrorBit);
  if (profile().framing == Framing::tcp || !is_read(function)) return Questions::Whose::ours;
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  return questions_.answered({frame.unit, function, reply ? std::optional(reply->data.size()) : std::nullopt}, now_)
      .whose;
}

// Only what can be an answer, or the request of somebody else to the same device, is looked for: noise, echoes and the
// traffic of others may stand before it, and data that happens to look like a frame must not hide it.
std::optional<ModbusDriver::Found> ModbusDriver::next_frame(ByteView bytes) const {
  const bool rtu = profile().framing == Framing::rtu;
  const std::size_t header = rtu ? 0 : 6;  // bytes before the unit
  bool within_reply = false;               // maybe: the rest of one that began in front is yet to come
  for (std::size_t begin = 0; begin + header + 2 <= bytes.size(); ++begin) {
    if (bytes[begin + header] != profile().unit) continue;
    if (const auto frame = answer_at(bytes, begin)) return Found{*frame, false};
    if (!rtu) continue;
    if (const auto frame = reply_at(bytes, begin)) return Found{*frame, false};
    if (const auto frame = frame_at(Framing::rtu, bytes, begin, 5); frame && as_read_request(frame->pdu)) {
      if (within_reply) return std::nullopt;
      return Found{*frame, true};
    }
    within_reply = within_reply || may_be_reply(bytes, begin);
  }
  return std::nullopt;
}

// To our question.
std::optional<Frame> ModbusDriver::answer_at(ByteView bytes, std::size_t begin) const {
  const std::size_t length = pending_->read ? 2 + pending_->read->bytes() : 5;
  const std::uint8_t function = pending_->pdu[0];
  const std::uint8_t said = bytes[begin + (profile().framing == Framing::rtu ? 0 : 6) + 1];
  if (said != function && said != (function | kErrorBit)) return std::nullopt;
  const auto frame = frame_at(profile().framing, bytes, begin, said == function ? length : 2);
  return frame && is_answer(*frame) ? frame : std::nullopt;
}

// To any question that is known of. RTU.
std::optional<Frame> ModbusDriver::reply_at(ByteView bytes, std::size_t begin) const {
  const std::uint8_t said = bytes[begin + 1];
  const auto function = static_cast<std::uint8_t>(said & ~kErrorBit);
  if (!is_read(function) || begin + 2 >= bytes.size()) return std::nullopt;
  const std::optional<std::size_t> count =
      said == function ? std::optional<std::size_t>(bytes[begin + 2]) : std::nullopt;
  if (!questions_.expects({profile().unit, function, count})) return std::nullopt;
  const auto frame = frame_at(Framing::rtu, bytes, begin, count ? 2 + *count : 2);
  return frame && !is_own(*frame) ? frame : std::nullopt;
}

bool ModbusDriver::may_be_reply(ByteView bytes, std::size_t begin) const {
  if (begin + 2 >= bytes.size() || !is_read(bytes[begin + 1])) return false;
  const std::size_t count = bytes[begin + 2];
  return begin + 5 + count > bytes.size() && questions_.expects({profile().unit, bytes[begin + 1], count});
}

bool ModbusDriver::is_own(const Frame& frame) const {
  return std::equal(frame.pdu.begin(), frame.pdu.end(), pending_->pdu.begin(), pending_->pdu.end());
}

bool ModbusDriver::is_answer(const Frame& frame) const {
  if (profile().framing == Framing::tcp && frame.transaction != pending_->transaction) return false;
  if (is_exception(frame.pdu)) return true;
  if (!pending_->read) return confirms(pending_->pdu, frame.pdu);
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  return reply && reply->data.size() == pending_->read->bytes() && !is_own(frame);
}

// The next question, or the end of the turn, is the last act: the frame's bytes are gone then.
void ModbusDriver::answered(const Frame& frame, Sink& sink) {
  if (is_exception(frame.pdu)) return exception(frame.pdu[1], sink);
  if (!pending_->read) return finish(sink);
  decoder_.decode(decoder_.blocks()[block_], frame.pdu.subspan(2), sink);
  ++block_;
  next_block(sink);
}

void ModbusDriver::exception(std::uint8_t code, Sink& sink) {
  if (!failure_) {
    failure_ = Error(may_succeed_later(code) ? ErrorCode::retry : ErrorCode::bad_input,
                     exception_text(code) + " in answer to " + describe(pending_->pdu));
  }
  if (!pending_->read) return finish(sink);
  decoder_.failed(decoder_.blocks()[block_]);
  // A device that lacks some registers may have the others; one that is busy or unreachable is left alone.
  if (may_succeed_later(code)) return finish(sink);
  ++block_;
  next_block(sink);
}

// A frame that begins as the answer must, is complete and has a wrong CRC, is told at once, not after the time-out.
void ModbusDriver::report_damaged(ByteView bytes, Sink& sink) {
  if (profile().framing != Framing::rtu) return;
  const std::size_t length = 5 + pending_->read->bytes();
  for (std::size_t at = 0; at + length <= bytes.size(); ++at) {
    const ByteView from = bytes.subspan(at, length);
    if (from[0] != profile().unit || from[1] != pending_->read->function || from[2] != length - 5) continue;
    sink.reject(from, crc_text(from));
    pending_->rejected = true;
    return;
  }
}

void ModbusDriver::report_wrong_length(ByteView bytes, Sink& sink) {
  const std::size_t asked = pending_->read->bytes();
  std::size_t stale = 0;
  while (const auto frame = find_frame(profile().framing, bytes, stale)) {
    bytes = bytes.subspan(frame->end);
    if (frame->unit != profile().unit || frame->function() != pending_->read->function) continue;
    if (profile().framing == Framing::tcp && frame->transaction != pending_->transaction) continue;
    const std::optional<ReadReply> reply = as_read_reply(frame->pdu);
    if (!reply || reply->data.size() == asked) continue;
    sink.reject(frame->pdu, wrong_length(reply->data.size(), asked));
    pending_->rejected = true;
    return;
  }
}

void ModbusDriver::command(const core::DeviceCommand& command, Sink& sink) {
  if (command.verb != "write") return Driver::command(command, sink);
  if (profile().unit == 0) return sink.done(Error(ErrorCode::bad_config, "unit: missing, the device cannot be asked"));
  core::Result<core::Bytes> pdu = write_pdu(command, profile().base);
  if (!pdu) return sink.done(std::move(pdu).error());
  failure_.reset();
  ask(*std::move(pdu), std::nullopt, 0, sink);
}

std::string ModbusDriver::describe(const core::Bytes& pdu) const {
  const unsigned first = (static_cast<unsigned>(pdu[1]) << 8 | pdu[2]) + static_cast<unsigned>(profile().base);
  const unsigned count = pdu[0] == 5 || pdu[0] == 6 ? 1u : static_cast<unsigned>(pdu[3]) << 8 | pdu[4];
  const bool bits = pdu[0] == 1 || pdu[0] == 2 || pdu[0] == 5 || pdu[0] == 15;
  std::string text = "function " + std::to_string(pdu[0]) + (bits ? ", bit" : ", register") +
                     (count == 1 ? " " : "s ") + std::to_string(first);
  if (count > 1) text += " to " + std::to_string(first + count - 1);
  return text;
}

}  // namespace afferent::drivers::modbus
