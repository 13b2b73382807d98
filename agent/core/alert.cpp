#include "agent/core/alert.h"

namespace afferent::core {
namespace {

constexpr std::array<std::string_view, 4> kSeverities{"blue", "yellow", "orange", "red"};
constexpr std::array<std::string_view, 6> kStates{"raised",       "updated", "escalated",
                                                  "acknowledged", "shelved", "cleared"};

}  // namespace

std::string_view name_of(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }

std::string_view name_of(AlertState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<Severity> severity_named(std::string_view name) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == name) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

}  // namespace afferent::core
