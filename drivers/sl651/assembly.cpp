#include "drivers/sl651/assembly.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr std::uint8_t kPicture = 0x36;
constexpr unsigned kTimesAgain = 2;  // each packet

}  // namespace

void Assembly::forget() {
  packets_.clear();
  bytes_ = 0;
  total_ = 0;
  asked_again_ = 0;
}

bool Assembly::continues(const Frame& frame, core::Nanos now) const {
  return total_ == frame.total && function_ == frame.function && now - last_ <= kPatience;
}

Assembly::Step Assembly::add(const Frame& frame, core::Nanos now) {
  if (!continues(frame, now)) forget();
  last_ = now;
  function_ = frame.function;
  total_ = frame.total;
  if (frame.number == 0 || frame.number > frame.total) return {};
  const bool kept = frame.number == 1 || frame.function != kPicture;
  core::Bytes& packet = packets_[frame.number];
  bytes_ -= packet.size();
  packet = kept ? frame.body : core::Bytes();
  bytes_ += packet.size();
  if (bytes_ > kMost) {
    forget();
    return {State::too_long, 0, {}};
  }
  if (packets_.size() == total_) {
    Frame whole = frame;
    whole.body.clear();
    for (const auto& [number, body] : packets_) whole.body.insert(whole.body.end(), body.begin(), body.end());
    forget();
    return {State::whole, 0, std::move(whole)};
  }
  if (frame.end != kEtx || ++asked_again_ > kTimesAgain * total_) return {};
  std::uint16_t missing = 1;
  while (packets_.contains(missing)) ++missing;
  return {State::missing, missing, {}};
}

}  // namespace afferent::drivers::sl651
