#include "tools/cli/decode_feed.h"

#include <fmt/core.h>

#include <algorithm>

namespace afferent::cli {
namespace {

using Kind = core::WireEvent::Kind;

constexpr std::size_t kPast = 8;           // bursts that the second driver hears again
constexpr std::size_t kMostWaiting = 512;  // bytes that are shown

class Counter final : public core::Sink {  // of what a driver says
 public:
  void reading(core::DeviceRef, core::Channel, core::Value, std::optional<core::Micros>, core::Quality) override {
    ++said;
  }
  core::Channel declare(core::DeviceRef, const core::ChannelSpec&) override { return core::Channel{0}; }
  void reject(core::ByteView, std::string_view) override { ++rejects; }
  void heard(std::string_view, std::string_view) override { ++said; }
  void send(core::Outgoing) override { ++sent; }
  void wake_in(core::Millis) override {}
  void done(core::Result<void>) override {}
  void reopen(std::string_view) override {}

  std::size_t said = 0;
  std::size_t rejects = 0;
  std::size_t sent = 0;
};

// What a released or idle line gives, and blank lines of text, are a frame of no protocol.
bool is_at_rest(core::ByteView bytes) {
  constexpr std::string_view kRest("\x00\xFE\xFF\r\n\t ", 7);
  return core::as_text(bytes).find_first_not_of(kRest) == std::string_view::npos;
}

void tell(core::Driver& driver, core::Sink& sink, Kind kind, core::ByteView bytes = {}) {
  core::WireEvent event;
  event.kind = kind;
  event.bytes = bytes;
  driver.on(event, sink);
}

void tell_valid(core::ByteView bytes) { fmt::print(stderr, "valid, without readings: {}\n", core::to_hex(bytes)); }

}  // namespace

void Feed::burst(core::ByteView bytes) {
  if (whole_ && !continues(bytes)) end();
  whole_ = false;
  past_.emplace_back(bytes.begin(), bytes.end());
  if (past_.size() > kPast) past_.pop_front();
  core::Bytes all = waiting_;
  all.insert(all.end(), bytes.begin(), bytes.end());
  sink_.next_frame();
  tell(driver_, sink_, Kind::received, bytes);
  sink_.mute_done(true);
  if (!sink_.take_sent().empty()) tell(driver_, sink_, Kind::timed_out);  // nobody answers
  if (!judge()) {
    silent(bytes);
  } else if (sink_.readings() == 0 && sink_.rejects() == 0) {
    tell_valid(all);
  } else if (sink_.readings() == 0) {
    behind_rejects(all);
  }
  sink_.mute_done(false);
}

// What was refused of a burst stood in front; the rest is valid where a driver that hears only that refuses nothing.
void Feed::behind_rejects(core::ByteView all) {
  const core::ByteView told = sink_.rejected();
  if (told.size() >= all.size() || !std::equal(told.begin(), told.end(), all.begin())) return;
  const core::ByteView rest = all.subspan(told.size());
  const std::unique_ptr<core::Driver> driver = make_();
  if (!driver || is_at_rest(rest)) return;
  Counter alone;
  tell(*driver, alone, Kind::received, rest);
  tell(*driver, alone, Kind::timed_out);
  if (alone.rejects > 0) return;
  tell_valid(rest);
  valid_ = true;
}

void Feed::silent(core::ByteView bytes) {
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  const Meaning found = meaning();
  whole_ = found == Meaning::whole;
  if (found == Meaning::understood) {
    tell_valid(waiting_);
    valid_ = true;
    waiting_.clear();
  }
  if (waiting_.size() > kMostWaiting) waiting_.erase(waiting_.begin(), waiting_.end() - kMostWaiting);
}

Feed::Meaning Feed::meaning() const {
  const std::unique_ptr<core::Driver> driver = make_();
  if (!driver) return Meaning::waits;
  replay(*driver);
  Counter late;
  tell(*driver, late, Kind::timed_out);
  if (late.rejects > 0 || is_at_rest(waiting_)) return Meaning::waits;
  return late.said > 0 ? Meaning::whole : Meaning::understood;
}

bool Feed::continues(core::ByteView bytes) const {
  const std::unique_ptr<core::Driver> driver = make_();
  if (!driver) return false;
  replay(*driver);
  Counter joined;
  tell(*driver, joined, Kind::received, bytes);
  return joined.said > 0 && joined.rejects == 0;
}

void Feed::replay(core::Driver& driver) const {
  for (const core::Bytes& bytes : past_) {
    Counter heard;
    tell(driver, heard, Kind::received, bytes);
    if (heard.sent > 0) tell(driver, heard, Kind::timed_out);
  }
}

// Nothing more of the last burst comes. True where the driver said something to it.
bool Feed::end() {
  sink_.next_frame();
  sink_.mute_done(true);
  tell(driver_, sink_, Kind::timed_out);
  sink_.mute_done(false);
  return judge();
}

bool Feed::judge() {
  if (sink_.silent()) return false;
  valid_ = valid_ || sink_.readings() > 0 || sink_.rejects() == 0;
  waiting_.clear();
  past_.clear();
  return true;
}

bool Feed::finish() {
  if (!end() && !waiting_.empty()) {
    fmt::print(stderr, "rejected {}: no frame found in these bytes\n", core::to_hex(waiting_));
  }
  return valid_;
}

}  // namespace afferent::cli
