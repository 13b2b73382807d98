// A table of configuration fields as JSON, with the keys of its tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/config_tree.h"
#include "agent/core/json.h"

namespace afferent::cli {

using TypeName = std::string (*)(const core::ConfigField& field);

// As the member `name` of the object that is being written.
void write_keys(core::JsonWriter& json, std::string_view name, std::span<const core::ConfigField> fields,
                TypeName type);

}  // namespace afferent::cli
