#include "agent/acquire/health.h"

#include <algorithm>
#include <bit>

#include "agent/core/utf8.h"

namespace afferent::acquire {
namespace {

constexpr std::uint32_t kWindow = 64;         // attempts
constexpr std::uint32_t kEnoughAttempts = 8;  // before the rate says anything
constexpr double kDegradedRate = 0.1;
constexpr double kSmoothing = 0.125;  // as TCP smooths its round trips
constexpr std::size_t kLongestError = 200;

}  // namespace

void HealthRecord::turn_ended(const core::Result<void>& result, bool unanswered) {
  last_failed_ = !result;
  last_unanswered_ = unanswered;
  if (result) {
    ++facts_.good;
    return;
  }
  if (!unanswered) ++facts_.errors;
  note(result.error().message());
}

void HealthRecord::attempt(bool good) {
  failures_ = failures_ << 1 | (good ? 0u : 1u);
  attempts_ = std::min(attempts_ + 1, kWindow);
}

void HealthRecord::frame_read() {
  attempt(true);
  last_failed_ = false;
}

void HealthRecord::frame_failed(std::string_view why) {
  attempt(false);
  ++facts_.rejects;
  last_failed_ = true;
  last_unanswered_ = false;
  note(why);
}

void HealthRecord::round_trip(core::Nanos time) {
  const double ms = static_cast<double>(time.count()) / 1e6;
  facts_.round_trip_ms =
      facts_.round_trip_ms == 0.0 ? ms : facts_.round_trip_ms + kSmoothing * (ms - facts_.round_trip_ms);
  facts_.round_trip_max_ms = std::max(facts_.round_trip_max_ms, ms);
}

void HealthRecord::spoke(const core::Stamp& at) { facts_.last_good = at; }

void HealthRecord::note(std::string_view error) { facts_.last_error = core::clean_utf8(error, kLongestError); }

DeviceHealth HealthRecord::facts() const {
  DeviceHealth facts = facts_;
  if (attempts_ > 0) facts.frame_error_rate = static_cast<double>(std::popcount(failures_)) / attempts_;
  const bool unreliable = attempts_ >= kEnoughAttempts && facts.frame_error_rate > kDegradedRate;
  if (last_failed_ && last_unanswered_) {
    facts.state = core::Health::silent;
  } else if (last_failed_ || (unreliable && facts.last_good)) {
    facts.state = core::Health::degraded;
  } else if (facts.last_good) {
    facts.state = core::Health::good;
  }
  return facts;
}

}  // namespace afferent::acquire
