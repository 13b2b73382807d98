// What the reader says, and what follows from it.
#include <algorithm>
#include <array>
#include <utility>

#include "drivers/llrp/channels.h"
#include "drivers/llrp/describe.h"
#include "drivers/llrp/driver.h"
#include "drivers/llrp/requests.h"
#include "drivers/llrp/writer.h"

namespace afferent::drivers::llrp {
namespace {

constexpr std::uint8_t kEnded = 1;      // of a ROSpec event
constexpr std::uint8_t kPreempted = 2;  // likewise
constexpr std::size_t kMostUnplugged = 64;
constexpr std::size_t kShownBytes = 64;
constexpr std::size_t kMostAnswers = 256;  // that wait to be sent; a reader that wants more at once is not well
constexpr core::Nanos kShortRest = std::chrono::seconds(1);
// A reader this far off has no clock: after a power cut it begins at 1970, and all its tags would seem old for years.
// What it has kept while nobody was connected may well be that old.
constexpr core::Micros kNoClock = std::chrono::hours(24);
constexpr core::Micros kFirstTime = std::chrono::hours(24 * 365 * 50);  // 2019: no reader keeps reports from before
constexpr core::Nanos kLongestException = std::chrono::minutes(5);      // for a reader that sees no tag in this time

}  // namespace

void Reader::received(core::ByteView bytes, core::Sink& sink) {
  if (phase_ == Phase::lost) return;
  // Frames from anywhere: one that was cut short may be followed by another that is whole.
  if (std::exchange(incomplete_told_, false) && is_whole(bytes)) receiver_.reset();
  receiver_.feed(bytes);
  while (const auto message = receiver_.next()) {
    last_heard_ = now_;
    if (phase_ != Phase::offline) version_ = message->version;
    handle(*message, sink);
    if (phase_ == Phase::lost) return;
  }
  if (receiver_.trouble().empty()) return;
  const std::string why(receiver_.trouble());
  sink.reject(receiver_.held().first(std::min(receiver_.held().size(), kShownBytes)), why);
  receiver_.reset();
  if (phase_ != Phase::offline) {
    give_up(why, sink);
  } else {
    sink.reopen(why);
  }
}

void Reader::handle(const Message& message, core::Sink& sink) {
  switch (message.type) {
    case Type::ro_access_report: return report(message, sink);
    case Type::reader_event_notification: return notified(message, sink);
    case Type::keepalive:
      if (outbox_.size() < kMostAnswers) {
        outbox_.push_back(Writer(Type::keepalive_ack, message.id, message.version).finish());
      }
      return tell(describe(message), sink);
    default: break;
  }
  if (name_of(message.type).empty()) {
    return sink.reject(message.bytes, "message of unknown type " + std::to_string(static_cast<unsigned>(message.type)));
  }
  if (carries_status(message.type)) replied(message, sink);
  tell(describe(message), sink);
}

void Reader::report(const Message& message, core::Sink& sink) {
  if (const auto trouble = read_report(message.body, tags_); !trouble.empty()) {
    sink.reject(message.bytes, trouble);
  } else {
    pass_over();
    for (const TagReport& tag : tags_) emit(tag, sink);
    if (tags_.empty()) tell(describe(message) + ": no tags", sink);
  }
  if (report_until_) {
    report_until_.reset();
    pending_.reset();
  }
}

void Reader::emit(const TagReport& tag, core::Sink& sink) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (tag.epc.empty()) return;
  hex_.resize(tag.epc.size() * 2);
  char* digit = hex_.data();
  for (const std::uint8_t byte : tag.epc) {
    *digit++ = kDigits[byte >> 4];
    *digit++ = kDigits[byte & 0xF];
  }
  hex_.resize((std::size_t{tag.bits} + 3) / 4);
  if (!wanted(hex_)) return;
  const auto measured = time_of(tag);
  const auto read = [&](core::Channel channel, core::Value value) {
    sink.reading(core::DeviceRef{}, channel, value, measured);
  };
  read(kTag, core::Value::text(hex_));
  if (tag.antenna) read(kAntenna, core::Value::number(*tag.antenna));
  if (tag.rssi) read(kRssi, core::Value::number(*tag.rssi));
  if (tag.count) read(kCount, core::Value::number(*tag.count));
}

std::optional<core::Micros> Reader::time_of(const TagReport& tag) const {
  const auto seen = tag.last_seen ? tag.last_seen : tag.first_seen;
  if (!seen || !utc_ || phase_ == Phase::offline) return seen;
  const core::Micros earliest = settings_.hold ? kFirstTime : *utc_ - kNoClock;
  const bool possible = *seen >= earliest && *seen <= *utc_ + kNoClock;
  return possible ? seen : std::nullopt;
}

bool Reader::wanted(std::string_view epc) const {
  const auto& prefixes = settings_.prefixes;
  return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(),
                                         [epc](const std::string& prefix) { return epc.starts_with(prefix); });
}

void Reader::notified(const Message& message, core::Sink& sink) {
  Notification said;
  if (const auto trouble = read_notification(message.body, said); !trouble.empty()) {
    return sink.reject(message.bytes, trouble);
  }
  tell(describe(message), sink);
  if (said.buffer_overflow) sink.reject({}, said.sentence());
  if (phase_ == Phase::offline) return;
  if (said.connection_close) return give_up(said.sentence(), sink);
  // Later attempts are those of other clients.
  if (said.connection_attempt && phase_ == Phase::greeting) return greeted(*said.connection_attempt, sink);
  if (said.exception) {
    passing_ = said.sentence();
    passing_until_ = now_ + kLongestException;
  }
  if (said.antenna && said.antenna->connected) unplugged_.erase(said.antenna->number);
  if (said.antenna && !said.antenna->connected && unplugged_.size() < kMostUnplugged) {
    unplugged_.insert(said.antenna->number);
  }
  const bool over =
      said.rospec && said.rospec->id == kRoSpecId && (said.rospec->what == kEnded || said.rospec->what == kPreempted);
  if (over && settings_.continuous() && phase_ == Phase::running && !paused_ && !pending_) {
    rest("the reader has ended the inventory", kShortRest);
  }
}

void Reader::greeted(std::uint16_t attempt, core::Sink& sink) {
  greeting_until_.reset();
  if (attempt != 0) {
    return give_up("the reader refuses the connection: " + std::string(meaning_of_attempt(attempt)) + " (" +
                       std::to_string(attempt) + ")",
                   sink);
  }
  begin_setup();
}

void Reader::replied(const Message& message, core::Sink& sink) {
  const auto status = read_status(message.body);
  const bool fits = pending_ && (message.type == reply_to(pending_->request) || message.type == Type::error_message);
  if (fits && ids_kept_ && pending_->id != message.id) pending_->stray = status;
  if (!fits || (ids_kept_ && pending_->id != message.id)) {
    if (message.type == Type::error_message && phase_ != Phase::offline) sink.reject(message.bytes, describe(message));
    return;
  }
  if (!status) {
    sink.reject(message.bytes, "reply without a status that can be read");
    return give_up(std::string(name_of(message.type)) + " without a status", sink);
  }
  take_status(*status, sink);
}

void Reader::take_status(const Status& status, core::Sink& sink) {
  if (pending_->commanded) return command_done(status, sink);
  step_done(status);
}

// Nothing with the right id came in time: some simple readers count their replies instead of repeating the id.
bool Reader::take_stray(core::Sink& sink) {
  if (!pending_->stray) return false;
  ids_kept_ = false;
  sink.reject({}, "the reader does not repeat the ids of requests; its replies are taken by their type from now on");
  take_status(Status(*pending_->stray), sink);
  return true;
}

// For `afferent decode`; in the agent nobody would read it.
void Reader::tell(std::string_view what, core::Sink& sink) const {
  if (phase_ == Phase::offline) sink.heard(settings_.id, what);
}

}  // namespace afferent::drivers::llrp
