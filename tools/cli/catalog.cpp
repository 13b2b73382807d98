#include "tools/cli/catalog.h"

#include "agent/config/data_dir.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"

namespace afferent::cli {

config::Catalog catalog() { return {drivers::built_in(), rules::kinds(), config::data_dir()}; }

}  // namespace afferent::cli
