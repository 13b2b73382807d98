// How options name what lies outside a rule's own channel: "channel" of the own device or "device/channel". Functions
// of values.
#pragma once

#include <string>
#include <string_view>

#include "agent/rules/kind.h"

namespace afferent::rules {

// What does not exist is refused by the engine, with `key`, which must be static.
inline Input channel_input(std::string_view text, std::string_view key) {
  Input input;
  const std::size_t slash = text.rfind('/');
  if (slash != std::string_view::npos && slash != 0) {
    input.device = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  }
  input.channel = text;
  input.key = key;
  return input;
}

}  // namespace afferent::rules
