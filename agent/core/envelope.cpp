#include "agent/core/envelope.h"

#include <array>

namespace afferent::core {
namespace {

constexpr std::array<std::string_view, 11> kNames{"telemetry", "alert",  "event",  "custody", "gap",  "state",
                                                  "inventory", "ledger", "status", "command", "reply"};

}  // namespace

std::string_view name_of(Kind kind) { return kNames[static_cast<std::size_t>(kind)]; }

Priority priority_of(Kind kind) {
  switch (kind) {
    case Kind::alert:
    case Kind::event:
    case Kind::custody: return Priority::alert;
    case Kind::gap: return Priority::gap;
    default: return Priority::telemetry;
  }
}

}  // namespace afferent::core
