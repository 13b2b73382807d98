#include "agent/core/value.h"

namespace afferent::core {

std::string_view name_of(Quality quality) {
  switch (quality) {
    case Quality::good: return "good";
    case Quality::bad: return "bad";
    case Quality::uncertain: return "uncertain";
  }
  return "bad";
}

}  // namespace afferent::core
