#include "tools/cli/terminal.h"

#include "agent/core/utf8.h"

namespace afferent::cli {

std::string for_terminal(std::string_view text) {
  std::string clean = core::clean_utf8(text, text.size());
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto c = static_cast<unsigned char>(clean[i]);
    if (c < 0x20 || c == 0x7F) clean[i] = ' ';
    // U+0080 to U+009F are C2 80 to C2 9F.
    const bool two = c == 0xC2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0;
    if (two) clean.replace(i, 2, "  ");
  }
  return clean;
}

}  // namespace afferent::cli
