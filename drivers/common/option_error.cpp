#include "drivers/common/option_error.h"

#include <string>
#include <utility>

namespace afferent::drivers {

core::Error config_error(const core::ConfigNode& where, std::string_view message) {
  std::string text = where.source().text();
  if (!text.empty()) text += ": ";
  text += message;
  return {core::ErrorCode::bad_config, std::move(text)};
}

core::Error option_error(const core::ConfigNode& where, std::string_view key, std::string_view why) {
  return config_error(where, std::string(key) + ": " + std::string(why));
}

core::Error value_error(const core::ConfigNode& where, std::string_view key, std::string_view value,
                        std::string_view right) {
  return option_error(where, std::string(key) + " = \"" + std::string(value) + "\"", right);
}

}  // namespace afferent::drivers
