// The reference of all configuration keys, made from the field tables. Pure function.
#pragma once

#include <string>

#include "agent/config/load.h"

namespace afferent::config {

// The text of docs/configuration.md: sections, then what each driver, profile and rule kind adds.
std::string render_markdown(const Catalog& catalog);

}  // namespace afferent::config
