#include "drivers/gpio/pulse_counter.h"

#include <algorithm>

namespace afferent::drivers::gpio {
namespace {

constexpr std::uint32_t kBackwards = 0x8000'0000;  // a difference beyond is a number that went back

double seconds(core::Nanos time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void PulseCounter::line_closed() {
  last_number_.reset();
  anew_ = false;
}

void PulseCounter::line_opened() {
  last_number_.reset();
  anew_ = true;
}

void PulseCounter::edge(bool rising, std::uint64_t number, core::Nanos at) {
  const auto own = static_cast<std::uint32_t>(number);
  std::uint32_t missed = 0;
  if (anew_) {
    missed = own > 0 ? own - 1 : 0;
  } else if (last_number_) {
    const std::uint32_t step = own - *last_number_;
    if (step == 0) return;  // told twice
    missed = step < kBackwards ? step - 1 : 0;
  }
  last_number_ = own;
  anew_ = false;
  // Going back from this edge they alternate, beginning with the other kind.
  std::uint64_t pulses = missed;
  if (counted_ != Counted::both) pulses = counts(rising) ? missed / 2 : (std::uint64_t{missed} + 1) / 2;
  lost_ += pulses;
  pulses += counts(rising) ? 1 : 0;
  if (pulses == 0) return;
  total_ += pulses;
  if (began_ && at - *last_pulse_ < zero_after_) {
    since_ += pulses;
  } else {  // a long pause says nothing of what begins now
    began_ = at;
    since_ = 0;
  }
  last_pulse_ = at;
}

void PulseCounter::set(std::uint64_t total, std::uint64_t lost) {
  total_ = total;
  lost_ = lost;
}

std::optional<double> PulseCounter::rate(core::Nanos now) {
  if (!asked_first_) asked_first_ = now;
  const core::Nanos quiet = now - last_pulse_.value_or(*asked_first_);
  if (since_ > 0 && *last_pulse_ > *began_) {
    rate_ = static_cast<double>(since_) / seconds(*last_pulse_ - *began_);
    began_ = last_pulse_;
    since_ = 0;
  }
  if (quiet >= zero_after_) {
    rate_ = 0.0;
  } else if (rate_ && quiet > core::Nanos::zero()) {
    rate_ = std::min(*rate_, 1.0 / seconds(quiet));
  }
  return rate_;
}

}  // namespace afferent::drivers::gpio
