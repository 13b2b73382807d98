// Maintenance windows and holidays are entered, ended and listed alike. Single-threaded.
#pragma once

#include <memory>
#include <string>

#include "tools/cli/ask.h"

namespace afferent::cli {

struct WindowWords {
  const char* verb;   // "maintenance": its verbs at the agent are maintenance-<begin>, ...
  const char* begin;  // "start"
  const char* end;    // "stop"
  const char* begin_help;
  const char* end_help;
  const char* list_help;
  const char* nothing;  // what `list` says when there is none
  bool device_needed;   // else none means all devices
};

// Adds begin, end and list below `app`; the returned call runs the one that was given.
std::function<int()> add_windows(CLI::App& app, const WindowWords& words, const Common& common);

}  // namespace afferent::cli
