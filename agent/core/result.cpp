#include "agent/core/result.h"

namespace afferent::core {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::retry: return "retry";
    case ErrorCode::bad_input: return "bad_input";
    case ErrorCode::bad_config: return "bad_config";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::full: return "full";
    case ErrorCode::bug: return "bug";
  }
  return "bug";
}

}  // namespace afferent::core
