#include "drivers/mbus/driver.h"

#include <utility>

namespace afferent::drivers::mbus {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::uint8_t kApplicationReset = 0x50;
// An E5 that nobody waits for has to be over before the next request: 330 bit times at 2400 baud and 50 ms, and some.
constexpr core::Millis kSettle{300};

}  // namespace

Meter::Meter(const Settings& settings)
    : settings_(settings), book_(core::DeviceRef{}, settings_.utc_offset), needs_reset_(settings_.reset) {}

std::span<const core::ChannelSpec> Meter::channels(core::DeviceRef /*device*/) const { return {}; }

void Meter::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  now_ = event.at.boot;
  switch (event.kind) {
    case Kind::turn: return begin_turn(sink);
    case Kind::received: return received(event, sink);
    case Kind::overheard: return overheard(event.bytes, sink);
    case Kind::timed_out: return search_ ? search_timed_out(sink) : timed_out(sink);
    case Kind::wake:
      if (pending_ && pending_->kind == Step::Kind::deselect) next(sink);
      return;
    case Kind::opened:
    case Kind::closed:
      receiver_.flush();
      line_.flush();
      pending_.reset();
      steps_.clear();
      search_.reset();
      needs_reset_ = settings_.reset;
      return;
    case Kind::edge: return;
  }
}

void Meter::begin_turn(core::Sink& sink) {
  search_.reset();
  telegrams_ = 0;
  plan_link(needs_reset_);
  if (settings_.readout) steps_.push_back({Step::Kind::write, {kApplicationReset, *settings_.readout}});
  steps_.push_back({Step::Kind::data});
  next(sink);
}

// Somebody else may have been selected since: a secondary address is selected anew each time, which resets its FCB.
void Meter::plan_link(bool reset) {
  steps_.clear();
  if (settings_.secondary) {
    if (reset) steps_.push_back({Step::Kind::deselect});
    steps_.push_back({Step::Kind::select, select_request(*settings_.secondary)});
  } else if (reset) {
    steps_.push_back({Step::Kind::reset});
  }
}

void Meter::next(core::Sink& sink) {
  if (steps_.empty()) return finish({}, sink);
  pending_ = std::move(steps_.front());
  steps_.pop_front();
  receiver_.flush();
  good_frame_ = bytes_came_ = false;
  sink.send(request_of(*pending_));
  if (pending_->kind == Step::Kind::deselect) sink.wake_in(kSettle);
}

core::Outgoing Meter::request_of(const Step& step) const {
  const auto counted = [this](std::uint8_t control) {
    return static_cast<std::uint8_t>(control | (frame_count_ ? kFrameCount : 0U));
  };
  core::Outgoing outgoing;
  switch (step.kind) {
    case Step::Kind::deselect:
      outgoing.bytes = encode_fixed(kResetLink, kSelected);
      outgoing.expects_answer = false;
      break;
    case Step::Kind::reset: outgoing.bytes = encode_fixed(kResetLink, settings_.address); break;
    case Step::Kind::select: outgoing.bytes = encode_variable(kSendData, kSelected, step.payload); break;
    case Step::Kind::write:
      outgoing.bytes = encode_variable(counted(kSendData), settings_.address, step.payload);
      break;
    case Step::Kind::data: outgoing.bytes = encode_fixed(counted(kRequestData), settings_.address); break;
    case Step::Kind::alarm: outgoing.bytes = encode_fixed(counted(kRequestAlarm), settings_.address); break;
  }
  return outgoing;
}

std::string Meter::name_of(const Step& step) const {
  std::string whom = "address " + std::to_string(settings_.address);
  if (settings_.secondary) whom = settings_.secondary->text();
  switch (step.kind) {
    case Step::Kind::deselect:
    case Step::Kind::reset: return "SND_NKE to " + whom;
    case Step::Kind::select: return "selection of " + whom;
    case Step::Kind::write: return "SND_UD to " + whom;
    case Step::Kind::data: return "REQ_UD2 to " + whom;
    case Step::Kind::alarm: return "REQ_UD1 to " + whom;
  }
  return whom;
}

void Meter::timed_out(core::Sink& sink) {
  const core::Bytes rest = receiver_.flush();
  const bool heard_enough = pending_ && good_frame_;
  if (!rest.empty() && !heard_enough) sink.reject(rest, "no complete frame");
  needs_reset_ = settings_.reset;
  if (!pending_) return sink.done(Error(ErrorCode::retry, "no answer"));
  finish(Error(ErrorCode::retry, "no answer to " + name_of(*pending_)), sink);
}

void Meter::finish(core::Result<void> result, core::Sink& sink) {
  // Both classes of data share the bit that tells a repetition, and not all slaves keep them apart.
  if (pending_ && pending_->kind == Step::Kind::alarm) needs_reset_ = settings_.reset;
  pending_.reset();
  steps_.clear();
  telegrams_ = 0;
  sink.done(std::move(result));
}

}  // namespace afferent::drivers::mbus
