// The drivers and rule kinds of this build, as the configuration wants them. Thread-safe.
#pragma once

#include "agent/config/load.h"
#include "agent/plugin/loader.h"

namespace afferent::cli {

config::Catalog catalog();
// ... and the drivers of a configuration's [node] plugins, loaded into `plugins`, which outlives what is read with it.
config::Catalog catalog(plugin::Loader& plugins);

// The files of --plugin; the message of an Error names the file.
core::Result<void> load_all(plugin::Loader& plugins, const std::vector<std::string>& files);

}  // namespace afferent::cli
