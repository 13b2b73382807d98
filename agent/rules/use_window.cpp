#include "agent/rules/use_window.h"

#include <cmath>

namespace afferent::rules {

using core::Nanos;

void UseWindow::add(Nanos at, double use) {
  if (!marks_.empty() && at < last_) return;
  sum_ += use;
  last_ = at;
  if (marks_.empty() || at - marks_.back().at >= length_ / static_cast<Nanos::rep>(kMost - 2)) {
    if (marks_.size() == kMost) marks_.erase(marks_.begin());
    marks_.push_back({at, sum_});
  }
  while (marks_.size() > 1 && marks_[1].at <= at - length_) marks_.erase(marks_.begin());
}

void UseWindow::clear() {
  marks_.clear();
  sum_ = 0.0;
}

std::optional<double> UseWindow::most() const {
  if (marks_.empty() || marks_.front().at > last_ - length_) return std::nullopt;
  return sum_ - marks_.front().sum;
}

void UseWindow::save(Nanos now, Packer& to) const {
  to.put(static_cast<std::int64_t>((now - last_).count()));
  to.put(sum_);
  to.put(static_cast<std::uint8_t>(marks_.size()));
  for (const Mark& mark : marks_) {
    to.put(static_cast<std::int64_t>((now - mark.at).count()));
    to.put(mark.sum);
  }
}

bool UseWindow::restore(Unpacker& from, const Elapsed& elapsed) {
  bool known = true;
  const auto time = [&] {
    const auto at = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    known = known && at.has_value();
    return at.value_or(elapsed.now);
  };
  last_ = time();
  sum_ = from.get<double>();
  const auto count = from.get<std::uint8_t>();
  bool sound = std::isfinite(sum_) && count <= kMost;
  for (std::size_t i = 0; i < count && from.ok() && sound; ++i) {
    const Nanos at = time();
    const double sum = from.get<double>();
    sound = std::isfinite(sum);
    marks_.push_back({at, sum});
  }
  if (!from.ok() || !sound || !known) clear();
  return from.ok() && sound;
}

}  // namespace afferent::rules
