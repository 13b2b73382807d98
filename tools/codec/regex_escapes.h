// Escapes with digits in regular expressions, of which old scripts have more than the engine knows. Pure functions.
// Source: ECMA-262, annex B.1.2.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace afferent::codec_host {

std::size_t groups_in(std::string_view regex);  // that a number can refer to

struct OldEscape {
  std::size_t length = 0;  // 0: there is none
  std::string text;        // which the engine knows
};

// At the start of `rest`: \101 is a character, and so is \8 where there are not as many groups.
OldEscape old_escape(std::string_view rest, bool in_class, std::size_t groups);

}  // namespace afferent::codec_host
