#include "drivers/cjt188/driver.h"

#include <algorithm>
#include <utility>

#include "drivers/common/numbers.h"

namespace afferent::drivers::cjt188 {
namespace {

using core::ByteView;
using core::Error;
using core::ErrorCode;

constexpr std::size_t kHead = 3;  // DI and SER
constexpr std::uint16_t kFirstMonth = 0xD120;
constexpr std::size_t kMostCollected = 1024;
constexpr std::size_t kSlice = 512;  // keeps the receiver small whatever the size of a burst

std::string kind_of(std::uint8_t type) {
  std::string_view kind = "meter";
  if (type >= 0x10 && type <= 0x19) kind = "water meter";
  if (is_heat(type)) kind = "heat meter";
  if (type >= 0x30 && type <= 0x39) kind = "gas meter";
  return "type " + hex(type) + " " + std::string(kind);
}

}  // namespace

Meter::Meter(Settings settings)
    : settings_(std::move(settings)),
      channels_(usual_channels(settings_.type, settings_.months)),
      order_(settings_.di_order.value_or(DiOrder::high_first)),
      order_known_(settings_.di_order.has_value()) {}

std::span<const core::ChannelSpec> Meter::channels(core::DeviceRef /*device*/) const { return channels_; }

void Meter::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  switch (event.kind) {
    case Kind::turn: return begin_turn(event, sink);
    case Kind::received: return received(event.bytes, sink);
    case Kind::overheard: return overheard(event.bytes, sink);
    case Kind::timed_out: return timed_out(sink);
    case Kind::opened:
    case Kind::closed:
      receiver_.flush();
      line_.flush();
      pending_.reset();
      plan_.clear();
      return;
    case Kind::wake:
    case Kind::edge: return;
  }
}

void Meter::begin_turn(const core::WireEvent& event, core::Sink& sink) {
  plan_.clear();
  const auto plan = [this](std::uint16_t id) {
    plan_.push_back({Function::read_data, id, {}, settings_.address, {}, settings_.type});
  };
  plan(0x901F);
  for (const std::uint16_t id : settings_.also) plan(id);
  if (!history_read_ || event.at.boot - *history_read_ >= settings_.history_every) {
    for (std::uint8_t month = 0; month < settings_.months; ++month)
      plan(static_cast<std::uint16_t>(kFirstMonth + month));
  }
  turn_began_ = event.at.boot;
  ask_next(sink);
}

void Meter::ask_next(core::Sink& sink) {
  if (plan_.empty()) return finish({}, sink);
  Request request = std::move(plan_.front());
  plan_.pop_front();
  // Once begun it counts, so that a meter without a history costs no time-out in each poll.
  if (request.id == kFirstMonth) history_read_ = turn_began_;
  ask(std::move(request), sink);
}

void Meter::ask(Request request, core::Sink& sink) {
  receiver_.flush();
  part_.clear();
  good_frame_ = refused_ = false;
  Frame frame{request.type, request.address, static_cast<std::uint8_t>(request.function), {}};
  append_data_id(frame.data, {request.id, order_});
  frame.data.push_back(++serial_);
  frame.data.insert(frame.data.end(), request.payload.begin(), request.payload.end());
  pending_ = std::move(request);
  core::Outgoing outgoing;
  outgoing.bytes = encode(frame, settings_.preamble);
  sink.send(std::move(outgoing));
}

void Meter::finish(core::Result<void> result, core::Sink& sink) {
  pending_.reset();
  plan_.clear();
  part_.clear();
  sink.done(std::move(result));
}

void Meter::timed_out(core::Sink& sink) {
  const core::Bytes rest = receiver_.flush();
  // Where nobody was asked, what a line at rest gives was taken for an answer by whoever passed it on.
  const bool told = !is_idle(rest) || (!pending_ && !refused_);
  if (!rest.empty() && told && !good_frame_) sink.reject(rest, "no complete frame");
  good_frame_ = refused_ = false;
  if (!pending_) return sink.done(Error(ErrorCode::retry, "no answer"));
  turn_order();
  std::string what = "no answer to " + std::string(name_of(pending_->function)) + " " + hex(pending_->id);
  finish(Error(ErrorCode::retry, std::move(what)), sink);
}

// As long as the meter has not shown which one it understands, the next request goes in the other byte order.
void Meter::turn_order() {
  if (!order_known_) order_ = order_ == DiOrder::high_first ? DiOrder::low_first : DiOrder::high_first;
}

void Meter::received(ByteView bytes, core::Sink& sink) {
  while (!bytes.empty()) {
    const ByteView slice = bytes.first(std::min(bytes.size(), kSlice));
    bytes = bytes.subspan(slice.size());
    receiver_.feed(slice);
    while (const auto found = receiver_.next()) {
      if (!found->frame) {
        sink.reject(found->raw, found->why);
        refused_ = true;
        continue;
      }
      good_frame_ = true;
      if (found->frame->is_reply() && from_our_meter(*found->frame)) accept(*found->frame, found->raw, sink);
    }
  }
}

// Whoever has the turn, our meter's own words are ours. On a line of one meter nobody else has one.
void Meter::overheard(ByteView bytes, core::Sink& sink) {
  while (!bytes.empty()) {
    const ByteView slice = bytes.first(std::min(bytes.size(), kSlice));
    bytes = bytes.subspan(slice.size());
    line_.feed(slice);
    while (const auto found = line_.next()) {
      if (!found->frame || !found->frame->is_reply() || found->frame->is_error() || settings_.any()) continue;
      const Frame& frame = *found->frame;
      if (matches(settings_.address, frame.address)) emit(read_answer(frame.type, frame.data, settings_.dialect), sink);
    }
  }
}

bool Meter::from_our_meter(const Frame& frame) const {
  if (matches(settings_.address, frame.address) || (pending_ && frame.address == kAnyAddress)) return true;
  if (!pending_) return false;
  return matches(pending_->address, frame.address) || (pending_->renamed && *pending_->renamed == frame.address);
}

bool Meter::answers(const Frame& frame) const {
  if (!pending_ || frame.function() != pending_->function) return false;
  if (frame.is_error()) return true;
  const auto id = data_id(frame.data);
  return !id || id->id == pending_->id;
}

void Meter::learn(const Frame& frame, core::Sink& sink) {
  const bool unknown = settings_.any() || (pending_ && pending_->function == Function::read_address);
  if (unknown && frame.address != kAnyAddress && last_heard_ != frame.address) {
    last_heard_ = frame.address;
    sink.heard(text_of(frame.address), kind_of(frame.type));
  }
  const auto id = data_id(frame.data);
  if (!settings_.di_order && id && !frame.is_error() && answers(frame)) {
    order_ = id->order;
    order_known_ = true;
  }
}

void Meter::accept(const Frame& frame, ByteView raw, core::Sink& sink) {
  learn(frame, sink);
  if (frame.is_error()) return refused(frame, sink);
  if (collect(frame, sink)) return;
  core::Bytes data = frame.data;
  if (!part_.empty() && data.size() >= kHead && answers(frame)) {
    part_.insert(part_.end(), data.begin() + kHead, data.end());
    data = std::exchange(part_, {});
  }
  const Answer answer = read_answer(frame.type, data, settings_.dialect);
  emit(answer, sink);
  if (!answer.trouble.empty()) sink.reject(raw, answer.trouble);
  answered(frame, answer, sink);
}

// The standard names no request for the rest. Reading the same data again with the next SER is a guess: no capture of
// such a meter was found. A vendor's active report carries the same bit, but all of a reading.
bool Meter::collect(const Frame& frame, core::Sink& sink) {
  if (!pending_ || !frame.more_follows() || is_whole_reading(frame.data) || !answers(frame) ||
      frame.data.size() < kHead)
    return false;
  const auto from = frame.data.begin() + static_cast<std::ptrdiff_t>(part_.empty() ? 0 : kHead);
  core::Bytes part = std::move(part_);
  part.insert(part.end(), from, frame.data.end());
  if (part.size() > kMostCollected) {
    finish(Error(ErrorCode::bad_input, "answer to " + hex(pending_->id) + " does not end"), sink);
    return true;
  }
  ask(*pending_, sink);
  part_ = std::move(part);
  return true;
}

void Meter::refused(const Frame& frame, core::Sink& sink) {
  const ByteView status = error_status(frame.data);
  Answer answer;
  read_status(status, settings_.dialect, answer);
  emit(answer, sink);
  if (!pending_ || !answers(frame)) return;
  turn_order();
  std::string what = std::string(name_of(frame.function())) + " " + hex(pending_->id) + " refused by meter " +
                     text_of(frame.address) + ": control " + hex(frame.control) + ", ";
  what += status.empty() ? "no status" : "status " + core::to_hex(status);
  finish(Error(ErrorCode::bad_input, std::move(what)), sink);
}

void Meter::answered(const Frame& frame, const Answer& answer, core::Sink& sink) {
  if (!answers(frame)) return;
  if (answer.items.empty() && !answer.trouble.empty()) return finish(Error(ErrorCode::bad_input, answer.trouble), sink);
  ask_next(sink);
}

void Meter::emit(const Answer& answer, core::Sink& sink) {
  for (const ReadItem& item : answer.items) {
    const core::ChannelSpec spec = channel_of(item.item, item.storage);
    sink.reading(core::DeviceRef{}, channel(spec, sink), item.value, {}, item.quality);
  }
}

core::Channel Meter::channel(const core::ChannelSpec& wanted, core::Sink& sink) {
  const auto fixed = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const core::ChannelSpec& known) { return known.name == wanted.name; });
  if (fixed != channels_.end()) return static_cast<core::Channel>(fixed - channels_.begin());
  const auto known = std::find(declared_.begin(), declared_.end(), wanted.name);
  if (known != declared_.end()) {
    return static_cast<core::Channel>(channels_.size() + static_cast<std::size_t>(known - declared_.begin()));
  }
  declared_.push_back(wanted.name);
  return sink.declare(core::DeviceRef{}, wanted);
}

core::Bytes Meter::save() const {
  if (settings_.di_order || !order_known_) return {};
  return {static_cast<std::uint8_t>(order_)};
}

core::Result<void> Meter::restore(ByteView saved) {
  if (saved.empty() || settings_.di_order) return {};
  if (saved.size() != 1 || saved[0] > 1) return Error(ErrorCode::bad_input, "saved byte order is not 0 or 1");
  order_ = static_cast<DiOrder>(saved[0]);
  order_known_ = true;
  return {};
}

}  // namespace afferent::drivers::cjt188
