#include "agent/acquire/quarantine.h"

#include <algorithm>

namespace afferent::acquire {
namespace {

constexpr core::Nanos kShortest = std::chrono::seconds(1);
constexpr core::Nanos kLongest = std::chrono::minutes(5);

}  // namespace

void Quarantine::extend(core::Nanos now, core::Nanos poll) {
  wait_ = active() ? std::min(2 * wait_, std::max(kLongest, poll)) : std::max(kShortest, poll);
  until_ = now + wait_;
}

}  // namespace afferent::acquire
