#include "drivers/llrp/driver.h"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/llrp/channels.h"

namespace afferent::drivers::llrp {
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kLostKeepalives = 3;
constexpr core::Millis kSoon{1};

}  // namespace

Reader::Reader(Settings settings) : settings_(std::move(settings)) {}

std::span<const core::ChannelSpec> Reader::channels(core::DeviceRef /*device*/) const { return all_channels(); }

void Reader::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  now_ = event.at.boot;
  utc_ = event.at.clock == core::ClockState::unsynced ? std::nullopt : std::optional(event.at.utc);
  if (passing_until_ && *passing_until_ <= now_) pass_over();
  switch (event.kind) {
    case Kind::opened: opened(); break;
    case Kind::closed: return closed();
    case Kind::turn: turn(); break;
    case Kind::received:
    case Kind::overheard: received(event.bytes, sink); break;
    case Kind::timed_out: timed_out(sink); break;
    case Kind::wake: woken(sink); break;
    case Kind::edge: return;
  }
  settle(sink);
}

void Reader::opened() {
  closed();
  phase_ = Phase::greeting;
  greeting_until_ = now_ + settings_.request_timeout;
  last_heard_ = now_;
  trouble_.clear();
  pass_over();
}

void Reader::closed() {
  phase_ = Phase::offline;
  receiver_.reset();
  outbox_.clear();
  in_turn_ = watched_ = paused_ = false;
  pending_.reset();
  greeting_until_.reset();
  rest_until_.reset();
  report_until_.reset();
  unplugged_.clear();
  version_ = kVersion1;
}

void Reader::turn() {
  in_turn_ = true;
  if (!settings_.poll || phase_ != Phase::running || pending_) return;
  ask(Type::get_report);
  report_until_ = now_ + settings_.request_timeout;
}

void Reader::woken(core::Sink& sink) {
  if (phase_ == Phase::offline || phase_ == Phase::lost) return;
  in_turn_ = true;  // a timer of ours is told in a turn
  const auto over = [this](const std::optional<core::Nanos>& time) { return time && *time <= now_; };
  if (over(greeting_until_)) return give_up("the reader does not greet: no connection event came", sink);
  if (pending_ && over(pending_->deadline)) {
    if (take_stray(sink)) return;
    return give_up("no reply to " + std::string(name_of(pending_->request)), sink);
  }
  if (watched_ && last_heard_ + kLostKeepalives * settings_.keepalive <= now_) {
    return give_up("the reader is silent: " + std::to_string(kLostKeepalives) + " keep-alives did not come", sink);
  }
  if (over(report_until_)) {
    report_until_.reset();
    pending_.reset();
    return end_turn(Error(ErrorCode::retry, "no report came when it was asked for"), sink);
  }
  if (over(rest_until_)) begin_setup();
}

void Reader::timed_out(core::Sink& sink) {
  if (phase_ != Phase::offline) {
    in_turn_ = true;
    if (!pending_ || !pending_->commanded || take_stray(sink)) return;
    const std::string what(name_of(std::exchange(pending_, std::nullopt)->request));
    return end_turn(Error(ErrorCode::retry, "no reply to " + what), sink);
  }
  if (receiver_.held().empty() || incomplete_told_) return;
  incomplete_told_ = true;  // the rest may still come
  std::string why = "incomplete message: " + std::to_string(receiver_.held().size());
  if (const std::size_t expected = receiver_.expected(); expected != 0) why += " of " + std::to_string(expected);
  sink.reject(receiver_.held(), why + " bytes");
}

// Ends each event: sends what is to be sent, frees the line, sets the timer.
void Reader::settle(core::Sink& sink) {
  if (phase_ == Phase::offline || phase_ == Phase::lost) {
    outbox_.clear();
    return end_turn(Error(ErrorCode::retry, "the connection is closed"), sink);
  }
  if (in_turn_) {
    for (core::Bytes& bytes : std::exchange(outbox_, {})) {
      core::Outgoing outgoing;
      outgoing.bytes = std::move(bytes);
      // Our own timer watches for replies; who has commanded waits for the line's.
      outgoing.expects_answer = pending_ && pending_->commanded;
      outgoing.reply_timeout = settings_.request_timeout;
      sink.send(std::move(outgoing));
    }
    if (!pending_ && !report_until_) end_turn(verdict(), sink);
  }
  if (!outbox_.empty()) return sink.wake_in(kSoon);  // which gives us a turn
  if (const auto time = deadline()) {
    sink.wake_in(std::max(kSoon, std::chrono::ceil<core::Millis>(*time - now_)));
  }
}

void Reader::end_turn(core::Result<void> result, core::Sink& sink) {
  if (std::exchange(in_turn_, false)) sink.done(std::move(result));
}

core::Result<void> Reader::verdict() const {
  if (!trouble_.empty()) return Error(ErrorCode::bad_input, trouble_);
  if (!passing_.empty()) return Error(ErrorCode::bad_input, passing_);
  if (unplugged_.empty()) return {};
  std::string which;
  for (const std::uint16_t antenna : unplugged_) which += (which.empty() ? "" : ", ") + std::to_string(antenna);
  return Error(ErrorCode::bad_input, "antenna disconnected: " + which);
}

void Reader::pass_over() {
  passing_.clear();
  passing_until_.reset();
}

std::optional<core::Nanos> Reader::deadline() const {
  std::optional<core::Nanos> first;
  const auto consider = [&first](const std::optional<core::Nanos>& time) {
    if (time && (!first || *time < *first)) first = time;
  };
  consider(greeting_until_);
  consider(rest_until_);
  consider(report_until_);
  consider(passing_until_);
  if (pending_) consider(pending_->deadline);
  if (watched_) consider(last_heard_ + kLostKeepalives * settings_.keepalive);
  return first;
}

void Reader::give_up(std::string why, core::Sink& sink) {
  const bool had_turn = in_turn_;
  closed();
  in_turn_ = had_turn;
  phase_ = Phase::lost;
  sink.reopen(why);
  end_turn(Error(ErrorCode::retry, std::move(why)), sink);
}

}  // namespace afferent::drivers::llrp
