// The drivers and rule kinds of this build, as the configuration wants them. Thread-safe.
#pragma once

#include "agent/config/load.h"

namespace afferent::cli {

config::Catalog catalog();

}  // namespace afferent::cli
