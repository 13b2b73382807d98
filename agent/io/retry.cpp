#include "agent/io/retry.h"

#include <algorithm>

namespace afferent::io {

core::Nanos Backoff::next() {
  const core::Nanos pause = next_;
  next_ = std::min(next_ * 2, most_);
  if (jitter_ == nullptr) return pause;
  const core::Nanos half = pause / 2;
  return half + core::Nanos(static_cast<std::int64_t>(jitter_->next() % static_cast<std::uint64_t>(half.count() + 1)));
}

void Reporter::failed(std::string_view why) {
  if (why == trouble_) return;
  trouble_ = why;
  log_.warning(part_, trouble_);
}

void Reporter::good(std::string_view what) {
  trouble_.clear();
  log_.info(part_, what);
}

}  // namespace afferent::io
