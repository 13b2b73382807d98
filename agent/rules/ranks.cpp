#include "agent/rules/ranks.h"

#include <algorithm>

namespace afferent::rules {
namespace {

bool less(const Weighted& a, const Weighted& b) { return a.value < b.value; }

// The multiples of the golden ratio lie evenly in [0, 1), however many there are.
double turn(double& at) {
  at += 0.6180339887498949;
  if (at >= 1.0) at -= 1.0;
  return at;
}

}  // namespace

double weighted_rank(std::span<Weighted> all, double rank) {
  constexpr double kRounding = 1e-9;
  while (all.size() > 1) {
    const std::size_t middle = all.size() / 2;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(middle), all.end(), less);
    double below = 0.0;
    for (std::size_t i = 0; i < middle; ++i) below += all[i].weight;
    if (rank <= below + kRounding) {
      all = all.first(middle);
    } else {
      rank -= below;
      all = all.subspan(middle);
    }
  }
  return all.front().value;
}

void Ranks::add(double value, double weight) {
  if (kept_.size() == kMost) thin();
  kept_.push_back({value, weight});
  count_ += weight;
}

void Ranks::clear() {
  kept_.clear();
  count_ = 0.0;
}

void Ranks::thin() {
  std::sort(kept_.begin(), kept_.end(), less);
  const double most = count_ / kGroups;
  std::size_t groups = 0;
  for (std::size_t first = 0; first < kept_.size();) {
    std::size_t end = first + 1;
    double weight = kept_[first].weight;
    while (end < kept_.size() && weight + kept_[end].weight <= most) weight += kept_[end++].weight;
    double at = turn(in_group_) * weight;
    std::size_t chosen = first;
    while (chosen + 1 < end && at >= kept_[chosen].weight) at -= kept_[chosen++].weight;
    kept_[groups++] = {kept_[chosen].value, weight};
    first = end;
  }
  kept_.resize(groups);
}

std::vector<double> Ranks::spread(std::size_t most) {
  std::sort(kept_.begin(), kept_.end(), less);
  std::vector<double> values;
  if (count_ <= static_cast<double>(most)) {  // none has been thinned
    for (const Weighted& one : kept_) values.push_back(one.value);
    return values;
  }
  const double step = count_ / static_cast<double>(most);
  double next = turn(in_spread_) * step;
  double passed = 0.0;
  for (const Weighted& one : kept_) {
    passed += one.weight;
    for (; next < passed && values.size() < most; next += step) values.push_back(one.value);
  }
  return values;
}

}  // namespace afferent::rules
