#include "drivers/modbus/modbus_driver.h"

#include <algorithm>

#include "drivers/common/crc.h"
#include "drivers/modbus/write_command.h"

namespace afferent::drivers::modbus {
namespace {

using core::ByteView;
using core::Error;
using core::ErrorCode;
using core::Sink;
using core::WireEvent;

constexpr std::size_t kMostKept = 2 * kLargestFrame;
constexpr std::uint8_t kErrorBit = 0x80;

void keep(core::Bytes& buffer, ByteView bytes) {
  if (bytes.size() >= kMostKept) {
    buffer.clear();
    bytes = bytes.last(kMostKept);
  } else if (buffer.size() + bytes.size() > kMostKept) {
    const std::size_t surplus = buffer.size() + bytes.size() - kMostKept;
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(surplus));
  }
  buffer.insert(buffer.end(), bytes.begin(), bytes.end());
}

void drop_front(core::Bytes& buffer, std::size_t count) {
  buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
}

std::string crc_text(ByteView frame) {
  const std::uint16_t crc = crc16_a001(frame.first(frame.size() - 2));
  const core::Bytes right{static_cast<std::uint8_t>(crc), static_cast<std::uint8_t>(crc >> 8)};
  return "CRC is " + core::to_hex(frame.last(2)) + ", right would be " + core::to_hex(right);
}

std::string why_not_tcp(ByteView bytes) {
  constexpr std::size_t kHeader = 7;
  if (bytes.size() <= kHeader) return "too short for a Modbus TCP frame";
  if (bytes[2] != 0 || bytes[3] != 0)
    return "protocol is " + core::to_hex(bytes.subspan(2, 2)) + ", right would be 0000";
  const std::size_t length = static_cast<std::size_t>(bytes[4]) << 8 | bytes[5];
  if (length != bytes.size() - 6)
    return "length is " + std::to_string(length) + ", but " + std::to_string(bytes.size() - 6) + " bytes came";
  if (const std::string why = misfit_of(bytes.subspan(kHeader)); !why.empty()) return why;
  return "no valid Modbus TCP frame";
}

bool is_read(unsigned function) { return function >= 1 && function <= 4; }

bool has_length_of_frame(ByteView bytes) {  // of RTU
  if (bytes.size() < 5) return false;
  if (bytes.size() == 8 || ((bytes[1] & kErrorBit) != 0 && bytes.size() == 5)) return true;
  return is_read(bytes[1]) && bytes.size() == 5u + bytes[2];
}

// Why bytes that hold no valid frame are none.
std::string why_no_frame(Framing framing, ByteView bytes) {
  if (framing == Framing::tcp) return why_not_tcp(bytes);
  if (bytes.size() < 5) return "too short for a Modbus frame";
  if (has_length_of_frame(bytes)) return crc_text(bytes);
  if (is_read(bytes[1]) && bytes.size() < 5u + bytes[2]) return "incomplete Modbus frame, or garbage";
  return "no valid Modbus frame";
}

std::string wrong_length(std::size_t got, std::size_t asked) {
  return std::string(got < asked ? "short" : "long") + " answer: " + std::to_string(got) +
         " bytes of data, right would be " + std::to_string(asked);
}

bool may_succeed_later(std::uint8_t exception) {
  return exception == 5 || exception == 6 || exception == 10 || exception == 11;
}

}  // namespace

void ModbusDriver::on(const WireEvent& event, Sink& sink) {
  switch (event.kind) {
    case WireEvent::Kind::turn: return begin_turn(sink);
    case WireEvent::Kind::received: return received(event.bytes, sink);
    case WireEvent::Kind::overheard: return listen(event.bytes, false, sink);
    case WireEvent::Kind::timed_out: return timed_out(sink);
    case WireEvent::Kind::opened:
    case WireEvent::Kind::closed:
      pending_.reset();
      asked_.reset();
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
  ask(read_pdu(block.function, block.start, block.count), ReadRequest{block.function, block.start, block.count}, sink);
}

// Sending is the last act of a call: a fast line may answer before send() returns.
void ModbusDriver::ask(core::Bytes pdu, std::optional<ReadRequest> read, Sink& sink) {
  inbox_.clear();
  Pending pending;
  pending.transaction = ++transaction_;
  pending.read = read;
  pending.pdu = std::move(pdu);
  core::Outgoing outgoing;
  outgoing.bytes = wrap(profile().framing, pending.transaction, profile().unit, pending.pdu);
  pending_ = std::move(pending);
  sink.send(std::move(outgoing));
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
  if (const auto frame = find_answer(all)) return answered(*frame, sink);
  if (!pending_->rejected && pending_->read) {
    report_damaged(all, sink);
    report_wrong_length(all, sink);
  }
  if (inbox_.empty()) keep(inbox_, bytes);
}

// Only what can be the answer is looked for: noise, echoes and the traffic of others may stand before it, and data that
// happens to look like a frame must not hide it.
std::optional<Frame> ModbusDriver::find_answer(ByteView bytes) const {
  const std::size_t header = profile().framing == Framing::rtu ? 0 : 6;  // bytes before the unit
  const std::size_t length = pending_->read ? 2 + pending_->read->bytes() : 5;
  const std::uint8_t function = pending_->pdu[0];
  for (std::size_t begin = 0; begin + header + 2 <= bytes.size(); ++begin) {
    if (bytes[begin + header] != profile().unit) continue;
    const std::uint8_t said = bytes[begin + header + 1];
    if (said != function && said != (function | kErrorBit)) continue;
    const auto frame = frame_at(profile().framing, bytes, begin, said == function ? length : 2);
    if (frame && is_answer(*frame)) return frame;
  }
  return std::nullopt;
}

bool ModbusDriver::is_answer(const Frame& frame) const {
  if (profile().framing == Framing::tcp && frame.transaction != pending_->transaction) return false;
  if (is_exception(frame.pdu)) return true;
  if (!pending_->read) return confirms(pending_->pdu, frame.pdu);
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  const bool echo = std::equal(frame.pdu.begin(), frame.pdu.end(), pending_->pdu.begin(), pending_->pdu.end());
  return reply && reply->data.size() == pending_->read->bytes() && !echo;
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

// Traffic that is not the answer to a question of ours. Of a burst all is told, once its end has come.
void ModbusDriver::listen(ByteView bytes, bool burst, Sink& sink) {
  std::size_t held = line_.size();  // of earlier bursts
  keep(line_, bytes);
  const Framing framing = burst ? framing_of_line() : profile().framing;
  std::size_t stale = 0;
  while (const auto frame = find_frame(framing, line_, stale)) {
    const ByteView before = ByteView(line_).first(frame->begin);
    // A frame with a wrong CRC is told; mere garbage in front of one is not, unless it came before.
    if (burst && !before.empty() && (held > 0 || has_length_of_frame(before)))
      sink.reject(before, why_no_frame(framing, before));
    held -= std::min(held, frame->end);
    heard(framing, *frame, burst, sink);
    drop_front(line_, frame->end);
    if (line_.empty()) return;
  }
  if (!burst) return drop_front(line_, stale);
  end_burst(framing, stale == line_.size(), sink);
}

// A CRC tells more than a header: a burst is one of TCP only where it has nothing of RTU and begins as TCP does.
Framing ModbusDriver::framing_of_line() const {
  std::size_t stale = 0;
  if (!profile().any_framing || profile().framing == Framing::tcp) return profile().framing;
  if (find_frame(Framing::rtu, line_, stale) || whole_frame(Framing::rtu, line_)) return Framing::rtu;
  const auto frame = find_frame(Framing::tcp, line_, stale);
  return frame && frame->begin == 0 ? Framing::tcp : Framing::rtu;
}

// What is left behind the frames: one of a length of its own, the beginning of one that goes on, or nothing.
void ModbusDriver::end_burst(Framing framing, bool hopeless, Sink& sink) {
  if (const auto frame = whole_frame(framing, line_)) {
    if (const std::string why = misfit_of(frame->pdu); !why.empty()) sink.reject(line_, why);
    return line_.clear();
  }
  std::size_t stale = 0;
  const bool tcp = profile().any_framing && framing == Framing::rtu;
  if (tcp && !find_frame(Framing::tcp, line_, stale) && stale == 0) hopeless = false;
  if (!hopeless) return;
  sink.reject(line_, why_no_frame(framing, line_));
  line_.clear();
}

void ModbusDriver::heard(Framing framing, const Frame& frame, bool burst, Sink& sink) {
  if (profile().unit != 0 && frame.unit != profile().unit) {
    if (burst)
      sink.heard("unit " + std::to_string(frame.unit),
                 "not this device, which is unit " + std::to_string(profile().unit));
    return;
  }
  if (is_exception(frame.pdu)) {
    // What is heard of are others: our own device is none, and nobody waits for this answer of it.
    if (burst && profile().unit == 0) heard_exception(frame, sink);
    return asked_.reset();
  }
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  if (reply && replied(framing, frame, *reply, burst, sink)) return;
  asked_.reset();
  if (const auto request = as_read_request(frame.pdu)) {
    asked_ = Asked{*request, frame.unit, frame.transaction};
  } else if (reply && burst) {
    lone_reply(frame, *reply, sink);
  }
}

// True where it answers the request that was heard before, or must have been meant to.
bool ModbusDriver::replied(Framing framing, const Frame& frame, const ReadReply& reply, bool burst, Sink& sink) {
  if (!asked_ || asked_->unit != frame.unit || asked_->read.function != reply.function) return false;
  const ReadRequest read = asked_->read;
  const bool fits = read.bytes() == reply.data.size();
  if (!fits && as_read_request(frame.pdu)) return false;  // another question in the form of a reply
  if (framing == Framing::tcp && asked_->transaction != frame.transaction) {
    if (burst)
      sink.reject(frame.pdu, "transaction is " + std::to_string(frame.transaction) + ", right would be " +
                                 std::to_string(asked_->transaction));
    return true;
  }
  asked_.reset();
  if (fits) {
    decoder_.decode_range(read.function, read.start, read.count, reply.data, sink);
  } else if (burst) {
    sink.reject(frame.pdu, wrong_length(reply.data.size(), read.bytes()));
  }
  return true;
}

void ModbusDriver::heard_exception(const Frame& frame, Sink& sink) {
  const auto function = static_cast<std::uint8_t>(frame.function() & ~kErrorBit);
  const bool answers = asked_ && asked_->unit == frame.unit && asked_->read.function == function;
  const std::string what = answers ? describe(read_pdu(function, asked_->read.start, asked_->read.count))
                                   : "function " + std::to_string(function);
  const std::string text = exception_text(frame.pdu[1]) + " in answer to " + what;
  sink.heard("unit " + std::to_string(frame.unit), text);
}

void ModbusDriver::lone_reply(const Frame& frame, const ReadReply& reply, Sink& sink) {
  if (profile().fields.empty()) {  // nothing is known of what it means
    return sink.heard("unit " + std::to_string(frame.unit),
                      "reply of function " + std::to_string(reply.function) + ": " + core::to_hex(reply.data));
  }
  const Block* only = nullptr;
  std::size_t candidates = 0;
  for (const Block& block : decoder_.blocks()) {
    if (block.function != reply.function || block.bytes() != reply.data.size()) continue;
    only = &block;
    ++candidates;
  }
  if (candidates == 1) return decoder_.decode(*only, reply.data, sink);
  const std::string what = "a reply of function " + std::to_string(reply.function) + " with " +
                           std::to_string(reply.data.size()) + " bytes of data: give the request before it";
  sink.reject(frame.pdu,
              candidates == 0 ? "nothing that is polled has " + what : "ambiguous, several requests have " + what);
}

void ModbusDriver::command(const core::DeviceCommand& command, Sink& sink) {
  if (command.verb != "write") return Driver::command(command, sink);
  if (profile().unit == 0) return sink.done(Error(ErrorCode::bad_config, "unit: missing, the device cannot be asked"));
  core::Result<core::Bytes> pdu = write_pdu(command, profile().base);
  if (!pdu) return sink.done(std::move(pdu).error());
  failure_.reset();
  ask(*std::move(pdu), std::nullopt, sink);
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
