#include "agent/core/time.h"

namespace afferent::core {

std::string_view name_of(ClockState state) {
  switch (state) {
    case ClockState::unsynced: return "unsynced";
    case ClockState::holdover: return "holdover";
    case ClockState::synced: return "synced";
  }
  return "unsynced";
}

}  // namespace afferent::core
