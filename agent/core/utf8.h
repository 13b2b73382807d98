// Whether a text is UTF-8: what is published has to be, or its readers refuse the whole message. Pure function.
#pragma once

#include <string_view>

namespace afferent::core {

// As RFC 3629 has it: no surrogates, nothing longer than needed, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace afferent::core
