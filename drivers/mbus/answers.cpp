// What the master hears: acknowledgements, answers, and what others say.
#include <algorithm>
#include <utility>

#include "drivers/common/mbus_status.h"
#include "drivers/mbus/driver.h"

namespace afferent::drivers::mbus {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kSlice = 512;  // keeps the receiver small whatever the size of a burst

// Calls `use` for all that `receiver` finds in `bytes`.
template <class Use>
void feed(Receiver& receiver, core::ByteView bytes, const Use& use) {
  while (!bytes.empty()) {
    const core::ByteView slice = bytes.first(std::min(bytes.size(), kSlice));
    bytes = bytes.subspan(slice.size());
    receiver.feed(slice);
    while (const auto found = receiver.next()) use(*found);
  }
}

std::string text_of_refusal(std::uint8_t code) {
  return "application error " + std::to_string(code) + ": " + std::string(application_error_text(code));
}

}  // namespace

void Meter::received(const core::WireEvent& event, core::Sink& sink) {
  bytes_came_ = bytes_came_ || !event.bytes.empty();
  feed(receiver_, event.bytes, [&](const Receiver::Found& found) {
    if (search_) return search_received(found, sink);
    if (!found.frame) return sink.reject(found.raw, found.why);
    good_frame_ = true;
    if (found.frame->kind == Frame::Kind::acknowledge) return acknowledged(found.clean, sink);
    if (found.frame->is_response() && ours(*found.frame)) accept(*found.frame, found.raw, sink);
  });
}

// Whoever has the turn, our meter's own words are ours. On a line of one meter nobody else has one.
void Meter::overheard(core::ByteView bytes, core::Sink& sink) {
  feed(line_, bytes, [&](const Receiver::Found& found) {
    if (!found.frame || !found.frame->is_response() || settings_.anyone() || !ours(*found.frame)) return;
    const Telegram telegram = read_telegram(found.frame->data, records_);
    const bool certain = !settings_.secondary || telegram.identity;
    if (certain && ours(telegram) && telegram.kind != Telegram::Kind::refusal) emit(telegram, true, sink);
  });
}

void Meter::acknowledged(bool clean, core::Sink& sink) {
  if (!pending_) return;
  switch (pending_->kind) {
    case Step::Kind::deselect: return;  // the next request waits for its time
    case Step::Kind::reset:
    case Step::Kind::select:
      frame_count_ = true;
      needs_reset_ = false;
      return next(sink);
    case Step::Kind::write: frame_count_ = !frame_count_; return next(sink);
    case Step::Kind::data:
      // In noise an E5 means nothing: the answer may still follow.
      if (clean) finish(Error(ErrorCode::retry, "no data: E5 to " + name_of(*pending_)), sink);
      return;
    case Step::Kind::alarm:  // has nothing of class 1
      if (!clean) return;
      book_.flag("flag_alarm", false, sink);
      return finish({}, sink);
  }
}

bool Meter::ours(const Frame& frame) const {
  if (settings_.anyone()) return true;
  if (settings_.secondary) return frame.address <= kLastPrimary || frame.address == kSelected;
  return frame.address == settings_.address;
}

bool Meter::ours(const Telegram& telegram) const {
  if (!settings_.secondary || !telegram.identity) return true;
  Pattern wanted = *settings_.secondary;
  if (telegram.kind == Telegram::Kind::fixed) {
    wanted.identity.maker = 0xFFFF;  // this structure has neither
    wanted.identity.version = 0xFF;
  }
  return wanted.matches(*telegram.identity);
}

void Meter::accept(const Frame& frame, core::ByteView raw, core::Sink& sink) {
  const bool asked = pending_ && (pending_->kind == Step::Kind::data || pending_->kind == Step::Kind::alarm);
  if (pending_ && !asked) return;  // late, to what was asked before
  const Telegram telegram = read_telegram(frame.data, records_);
  if (!ours(telegram)) {
    const std::string why = "answer of " + id_text(telegram.identity->id) + " (" + description(*telegram.identity) +
                            ") to " + name_of(Step{});
    sink.reject(raw, why);
    if (pending_) finish(Error(ErrorCode::bad_input, why), sink);
    return;
  }
  if (telegram.kind == Telegram::Kind::unreadable) {
    sink.reject(raw, telegram.trouble);
  } else {
    hear(frame, telegram, sink);
    emit(telegram, telegrams_ == 0, sink);
  }
  const bool more = telegram.kind == Telegram::Kind::records && records_.more_follows;
  telegrams_ = more || pending_ ? telegrams_ + 1 : 0;
  if (pending_) answered(telegram, sink);
}

void Meter::answered(const Telegram& telegram, core::Sink& sink) {
  frame_count_ = !frame_count_;
  switch (telegram.kind) {
    case Telegram::Kind::unreadable: return finish(Error(ErrorCode::bad_input, telegram.trouble), sink);
    case Telegram::Kind::refusal: {
      const auto code = telegram.code == kApplicationBusy ? ErrorCode::retry : ErrorCode::bad_input;
      return finish(Error(code, text_of_refusal(telegram.code)), sink);
    }
    case Telegram::Kind::fixed:
    case Telegram::Kind::alarm: return finish({}, sink);
    case Telegram::Kind::records: break;
  }
  // The next reading has to begin with the first telegram again.
  if (telegrams_ > 1 || records_.more_follows) needs_reset_ = settings_.reset;
  if (!records_.more_follows) return finish({}, sink);
  if (telegrams_ >= settings_.telegrams) {
    return finish(Error(ErrorCode::full, "answer has more than " + std::to_string(settings_.telegrams) +
                                             " telegrams (option `telegrams`)"),
                  sink);
  }
  steps_.push_back({Step::Kind::data});
  next(sink);
}

// `first`: of the telegrams of an answer; the flags of the others say the same again.
void Meter::emit(const Telegram& telegram, bool first, core::Sink& sink) {
  switch (telegram.kind) {
    case Telegram::Kind::records: book_.records(records_, sink); break;
    case Telegram::Kind::fixed:
      for (const auto& counter : telegram.fixed.counters) {
        if (counter) book_.reading(counter->channel, core::Value::number(counter->value), sink);
      }
      break;
    case Telegram::Kind::refusal:
      book_.flag("flag_application_error", true, sink);
      book_.flag("flag_busy", telegram.code == kApplicationBusy, sink);
      return;
    case Telegram::Kind::alarm: return book_.flag("flag_alarm", telegram.code != 0, sink);
    case Telegram::Kind::unreadable: return;
  }
  if (first && telegram.status) book_.status(*telegram.status, sink);
}

// On a line of one meter, or with wildcards, we do not know who it is until it speaks.
void Meter::hear(const Frame& frame, const Telegram& telegram, core::Sink& sink) {
  if (!settings_.anyone() && !(settings_.secondary && settings_.secondary->leaves_digits_open())) return;
  const Speaker speaker{telegram.identity, frame.address};
  if (last_heard_ == speaker) return;
  last_heard_ = speaker;
  const std::string place = "address " + std::to_string(frame.address);
  if (!telegram.identity) return sink.heard(place, "M-Bus meter");
  sink.heard(id_text(telegram.identity->id), description(*telegram.identity) + ", " + place);
}

}  // namespace afferent::drivers::mbus
