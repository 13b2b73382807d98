#include "agent/config/alternatives.h"

#include <algorithm>
#include <array>

namespace afferent::config {
namespace {

struct Alternative {
  std::string_view kind;
  std::string_view key;
  std::array<std::string_view, 4> replaces;  // the empty ones are none
};

// A key goes with what has no meaning beside the other one: a severity beside steps, a hysteresis beside equals.
constexpr std::array kAlternatives{
    Alternative{"threshold", "above", {"steps", "equals"}},
    Alternative{"threshold", "below", {"steps", "equals"}},
    Alternative{"threshold", "equals", {"steps", "above", "below", "hysteresis"}},
    Alternative{"threshold", "steps", {"above", "below", "equals", "severity"}},
    Alternative{"forecast", "above", {"below"}},
    Alternative{"forecast", "below", {"above"}},
    Alternative{"window", "above", {"at_least"}},
    Alternative{"window", "at_least", {"above"}},
    Alternative{"window", "over", {"hours"}},
    Alternative{"window", "hours", {"over"}},
};

}  // namespace

std::span<const std::string_view> replaced_by(std::string_view kind, std::string_view key) {
  const auto* found = std::find_if(kAlternatives.begin(), kAlternatives.end(),
                                   [&](const Alternative& one) { return one.kind == kind && one.key == key; });
  if (found == kAlternatives.end()) return {};
  const auto used = std::count_if(found->replaces.begin(), found->replaces.end(),
                                  [](std::string_view other) { return !other.empty(); });
  return std::span(found->replaces).first(static_cast<std::size_t>(used));
}

}  // namespace afferent::config
