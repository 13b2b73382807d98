// `afferent holiday add|remove|list`: nobody is at home, so rules that watch over people rest.
#include "tools/cli/windows.h"

namespace afferent::cli {

Command add_holiday(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("holiday", "Tell that nobody is at home where a meter is");
  const WindowWords words{"holiday",
                          "add",
                          "remove",
                          "From when until when nobody is there",
                          "They are back, or do not go",
                          "The holidays that are entered",
                          "no holidays",
                          true};
  return {app, add_windows(*app, words, common)};
}

}  // namespace afferent::cli
