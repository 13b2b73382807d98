#include "agent/io/errno_text.h"

#include <system_error>

namespace afferent::io {

std::string errno_text(int code) {
  std::string text = std::generic_category().message(code);
  // In the middle of a sentence; "I/O error" and the like keep their capitals.
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

core::Error system_error(core::ErrorCode kind, std::string_view what, int code) {
  return core::Error(kind, std::string(what) + ": " + errno_text(code));
}

}  // namespace afferent::io
