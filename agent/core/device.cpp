#include "agent/core/device.h"

namespace afferent::core {

std::string_view name_of(Health health) {
  switch (health) {
    case Health::unknown: return "unknown";
    case Health::good: return "good";
    case Health::degraded: return "degraded";
    case Health::silent: return "silent";
  }
  return "unknown";
}

}  // namespace afferent::core
