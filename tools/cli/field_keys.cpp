#include "tools/cli/field_keys.h"

#include "agent/config/check.h"

namespace afferent::cli {

void write_keys(core::JsonWriter& json, std::string_view name, std::span<const core::ConfigField> fields,
                TypeName type) {
  json.key(name).begin_array();
  for (const core::ConfigField& field : fields) {
    json.begin_object().field("key", field.key).field("type", type(field));
    json.field("required", field.required).field("default", field.standard);
    json.field("allowed", config::allowed_values(field)).field("help", field.help);
    if (!field.items.empty()) write_keys(json, "keys", field.items, type);
    json.end_object();
  }
  json.end_array();
}

}  // namespace afferent::cli
