// The reference of all configuration keys, made from the field tables. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "agent/config/load.h"

namespace afferent::config {

// The text of docs/configuration.md: sections, then what each driver, profile and rule kind adds.
std::string render_markdown(const Catalog& catalog);

// What the page calls a type: "list of texts".
std::string_view type_name(core::FieldType type);

}  // namespace afferent::config
