// Which failures to make or open something at a configured path a person has to correct. Pure function.
#pragma once

#include <cerrno>

#include "agent/core/result.h"

namespace afferent::core {

// `code` is an errno. Error code bad_config where the same path fails tomorrow as well; else retry: another attempt may
// succeed without anybody's help.
constexpr ErrorCode path_error(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EACCES:
    case EPERM: return ErrorCode::bad_config;
    default: return ErrorCode::retry;
  }
}

}  // namespace afferent::core
