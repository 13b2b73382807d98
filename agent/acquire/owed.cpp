#include "agent/acquire/owed.h"

#include <algorithm>

namespace afferent::acquire {
namespace {

constexpr core::Nanos kGrace = std::chrono::milliseconds(50);  // converters deliver in chunks

}  // namespace

void OwedAnswers::sent(core::Nanos at, core::Nanos timeout, bool repeat) {
  if (!repeat) {
    forget();
    first_ = at;
  }
  ++sendings_;
  last_ = at;
  timeout_ = timeout;
  size_ = 0;
}

void OwedAnswers::answer(core::ByteView bytes) {
  for (std::size_t i = 0; i < bytes.size() && size_ + i < head_.size(); ++i) head_[size_ + i] = bytes[i];
  size_ += bytes.size();
}

void OwedAnswers::spoilt() {
  if (sendings_ > 0) --sendings_;
}

void OwedAnswers::answered(core::Nanos now) {
  if (sendings_ == 0) return;  // it came in two parts
  missing_ = sendings_ - 1;
  sendings_ = 0;
  if (missing_ == 0) return;
  until_ = std::min(now + (now - first_), last_ + 2 * timeout_) + kGrace;
  overheard_ = 0;
  others_ = size_ == 0;
}

core::Nanos OwedAnswers::given_up() {
  const core::Nanos until = sendings_ > 0 ? last_ + 2 * timeout_ : core::Nanos::zero();
  forget();
  return until;
}

void OwedAnswers::overheard(core::ByteView bytes, core::Nanos now) {
  if (missing_ == 0 || others_) return;
  for (const std::uint8_t byte : bytes) {
    const std::size_t place = overheard_++ % size_;
    others_ = others_ || (place < head_.size() && byte != head_[place]);
  }
  if (others_ || overheard_ < missing_ * size_) return;
  missing_ = 0;
  until_ = std::min(until_, now);
}

}  // namespace afferent::acquire
