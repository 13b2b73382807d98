// The driver's part that only listens: what others ask and answer.
#include <algorithm>

#include "drivers/modbus/complaints.h"
#include "drivers/modbus/inbox.h"
#include "drivers/modbus/modbus_driver.h"

namespace afferent::drivers::modbus {

using core::ByteView;
using core::Sink;

// Traffic that is not the answer to a question of ours. Of a burst all is told, once its end has come.
void ModbusDriver::listen(ByteView bytes, bool burst, Sink& sink) {
  std::size_t held = line_.size();  // of earlier bursts
  keep(line_, bytes);
  const Framing framing = burst ? framing_of_line() : profile().framing;
  std::size_t stale = 0;
  const std::uint8_t unit = burst ? std::uint8_t{0} : profile().unit;
  while (const auto frame = find_frame(framing, line_, stale, unit)) {
    const ByteView before = ByteView(line_).first(frame->begin);
    // A frame with a wrong CRC is told; mere garbage in front of one is not, unless it came before.
    if (burst && !before.empty() && (held > 0 || has_length_of_frame(before)))
      sink.reject(before, why_no_frame(framing, before));
    held -= std::min(held, frame->end);
    if (burst) {
      heard(framing, *frame, sink);
    } else {
      overheard(*frame, sink);
    }
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

// While another has the turn, before our question is out, or as an echo.
void ModbusDriver::overheard(const Frame& frame, Sink& sink) {
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  if (reply || is_exception(frame.pdu)) {
    const auto function = static_cast<std::uint8_t>(frame.function() & ~kErrorBit);
    const std::optional<std::size_t> bytes = reply ? std::optional(reply->data.size()) : std::nullopt;
    const Questions::Claim claim = questions_.answered({frame.unit, function, bytes, frame.transaction, false}, now_);
    const ReadRequest& read = claim.asked.read;
    if (reply && claim.whose == Questions::Whose::others)
      decoder_.decode_range(read.function, read.start, read.count, reply->data, sink);
    if (claim.whose != Questions::Whose::nobodys) return;
  }
  const std::optional<ReadRequest> request = as_read_request(frame.pdu);
  const bool echo = pending_ && is_own(frame);
  if (request && !echo) questions_.hear({*request, frame.unit, frame.transaction, now_}, true);
}

void ModbusDriver::heard(Framing framing, const Frame& frame, Sink& sink) {
  if (profile().unit != 0 && frame.unit != profile().unit) {
    return sink.heard("unit " + std::to_string(frame.unit),
                      "not this device, which is unit " + std::to_string(profile().unit));
  }
  if (is_exception(frame.pdu)) {
    // What is heard of are others: our own device is none, and nobody waits for this answer of it.
    if (profile().unit == 0) heard_exception(frame, sink);
    return questions_.clear();
  }
  const std::optional<ReadReply> reply = as_read_reply(frame.pdu);
  if (reply && replied(framing, frame, *reply, sink)) return;
  questions_.clear();
  if (const auto request = as_read_request(frame.pdu)) {
    questions_.hear({*request, frame.unit, frame.transaction, now_}, false);
  } else if (reply) {
    lone_reply(frame, *reply, sink);
  }
}

// True where it answers the request that was heard before, or must have been meant to.
bool ModbusDriver::replied(Framing framing, const Frame& frame, const ReadReply& reply, Sink& sink) {
  const auto asked = questions_.last();
  if (!asked || asked->unit != frame.unit || asked->read.function != reply.function) return false;
  const ReadRequest read = asked->read;
  const bool fits = read.bytes() == reply.data.size();
  if (!fits && as_read_request(frame.pdu)) return false;  // another question in the form of a reply
  if (framing == Framing::tcp && asked->transaction != frame.transaction) {
    sink.reject(frame.pdu, "transaction is " + std::to_string(frame.transaction) + ", right would be " +
                               std::to_string(asked->transaction));
    return true;
  }
  questions_.clear();
  if (fits) {
    decoder_.decode_range(read.function, read.start, read.count, reply.data, sink);
  } else {
    sink.reject(frame.pdu, wrong_length(reply.data.size(), read.bytes()));
  }
  return true;
}

void ModbusDriver::heard_exception(const Frame& frame, Sink& sink) {
  const auto function = static_cast<std::uint8_t>(frame.function() & ~kErrorBit);
  const auto asked = questions_.last();
  const bool answers = asked && asked->unit == frame.unit && asked->read.function == function;
  const std::string what = answers ? describe(read_pdu(function, asked->read.start, asked->read.count))
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

}  // namespace afferent::drivers::modbus
