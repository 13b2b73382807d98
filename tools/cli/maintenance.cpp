// `afferent maintenance start|stop|list`: somebody works at a device, so its alerts are held back.
#include "tools/cli/windows.h"

namespace afferent::cli {

Command add_maintenance(CLI::App& parent, const Common& common) {
  CLI::App* app =
      parent.add_subcommand("maintenance", "Hold back the alerts of a device, or of all, while people work there");
  const WindowWords words{"maintenance",    "start",
                          "stop",           "Hold back new alerts until a time; what is still wrong then is raised",
                          "End it now",     "The windows that are open or planned",
                          "no maintenance", false};
  return {app, add_windows(*app, words, common)};
}

}  // namespace afferent::cli
