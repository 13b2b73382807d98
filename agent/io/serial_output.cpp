#include "agent/io/serial_output.h"

#include <algorithm>
#include <utility>

#include "agent/io/serial_line.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;
using core::Millis;
using core::Nanos;

constexpr std::size_t kMostSteps = 64;
constexpr Millis kLongestBreak{10'000};
constexpr Millis kMark{9};  // SDI-12 1.4, section 4.2.2 wants 8.33 ms, more than others who break
constexpr Nanos kLookAtLeast = std::chrono::milliseconds(1);
constexpr Nanos kLookAtMost = std::chrono::milliseconds(100);

}  // namespace

SerialOutput::SerialOutput(Loop& loop, Stream& stream, std::function<void(const Error&)> refused)
    : loop_(loop), stream_(stream), refused_(std::move(refused)) {}

SerialOutput::~SerialOutput() { closed(); }

void SerialOutput::opened(const core::LineSettings& line, bool pseudo) {
  closed();
  line_ = wanted_ = line;
  certain_ = true;
  pseudo_ = pseudo;
  busy_until_ = Nanos::zero();
}

void SerialOutput::closed() {
  loop_.cancel(std::exchange(timer_, 0));
  steps_.clear();
  held_ = 0;
  breaking_ = marking_ = false;
}

core::Result<void> SerialOutput::write(core::ByteView bytes) {
  if (idle()) return send(bytes);
  if (!stream_.is_open()) return Error(ErrorCode::retry, "not open");
  if (bytes.size() > Stream::kQueueLimit - std::min(Stream::kQueueLimit, stream_.waiting() + held_)) {
    return Error(ErrorCode::full, "the line does not take what is sent: " + std::to_string(stream_.waiting() + held_) +
                                      " of " + std::to_string(Stream::kQueueLimit) + " bytes wait");
  }
  return hold(core::Bytes(bytes.begin(), bytes.end()));
}

core::Result<void> SerialOutput::configure(const core::LineSettings& line) {
  if (certain_ && line == wanted_) return {};
  if (auto checked = check_line(line); !checked) return checked;
  if (idle() && until_sent() <= Nanos::zero()) return apply(line);
  return hold(line);
}

core::Result<void> SerialOutput::send_break(Millis length) {
  if (length <= Millis::zero() || length > kLongestBreak) {
    return Error(ErrorCode::bad_config, "a break of " + std::to_string(length.count()) + " ms: allowed are 1 to 10000");
  }
  if (!stream_.is_open()) return Error(ErrorCode::retry, "not open");
  return hold(length);
}

core::Result<void> SerialOutput::hold(Step step) {
  if (steps_.size() >= kMostSteps) return Error(ErrorCode::full, "too much waits for the line");
  if (const auto* bytes = std::get_if<core::Bytes>(&step)) held_ += bytes->size();
  if (const auto* line = std::get_if<core::LineSettings>(&step)) wanted_ = *line;
  steps_.push_back(std::move(step));
  if (timer_ == 0) advance();
  return {};
}

void SerialOutput::advance() {
  while (!steps_.empty() && !breaking_ && stream_.is_open()) {
    if (!take(steps_.front())) return;
    steps_.pop_front();
  }
}

bool SerialOutput::take(Step& step) {
  if (const auto* bytes = std::get_if<core::Bytes>(&step)) {
    held_ -= bytes->size();
    // What fails here closes the stream, whose owner is told.
    [[maybe_unused]] const auto sent = send(*bytes);
    return true;
  }
  if (const Nanos left = until_sent(); left > Nanos::zero()) {
    wait(std::clamp(left, kLookAtLeast, kLookAtMost));
    return false;
  }
  if (const auto* line = std::get_if<core::LineSettings>(&step)) {
    if (auto applied = apply(*line); !applied) refused_(applied.error());
  } else {
    begin_break(std::get<Millis>(step));
  }
  return true;
}

core::Result<void> SerialOutput::send(core::ByteView bytes) {
  auto written = stream_.write(bytes);
  if (written && !pseudo_) {
    busy_until_ = std::max(busy_until_, loop_.clock().now().boot) + wire_time(line_, bytes.size());
  }
  return written;
}

core::Result<void> SerialOutput::apply(const core::LineSettings& line) {
  auto set = set_line(stream_.fd(), line, pseudo_);
  certain_ = set.ok();
  if (set) line_ = line;
  if (steps_.size() <= 1) wanted_ = line_;  // nothing waits but, perhaps, this very step
  return set;
}

void SerialOutput::begin_break(Millis length) {
  breaking_ = true;
  set_break(stream_.fd(), true);
  wait(length);
}

Nanos SerialOutput::until_sent() const {
  const std::size_t waiting = stream_.waiting() + unsent_bytes(stream_.fd());
  if (waiting > 0) return wire_time(line_, waiting);
  return busy_until_ - loop_.clock().now().boot;
}

void SerialOutput::wait(Nanos time) {
  timer_ = loop_.at(loop_.clock().now().boot + time, [this] {
    timer_ = 0;
    if (breaking_ && !marking_) {
      set_break(stream_.fd(), false);
      marking_ = true;
      return wait(kMark);
    }
    breaking_ = marking_ = false;
    advance();
  });
}

}  // namespace afferent::io
