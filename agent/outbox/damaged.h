// Sets the files of a damaged database aside. Belongs to the deliver thread.
#pragma once

#include <string>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace afferent::outbox {

// Renames the database, its WAL and its index to `<path>.damaged-<UTC>`; returns that name. A note beside them makes
// sure that a power cut in between cannot leave a WAL of the old database beside a new one. Error{full} or
// Error{retry}.
// Of earlier ones only the newest two stay: a card that keeps failing must not fill itself with them.
core::Result<std::string> set_aside_files(const std::string& path, core::Micros utc);

// Ends what a power cut interrupted. To be called before the database is opened.
core::Result<void> finish_setting_aside(const std::string& path);

}  // namespace afferent::outbox
