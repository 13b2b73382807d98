// Text as UTF-8: what is published has to be, or its readers refuse the whole message. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace afferent::core {

// As RFC 3629 has it: no surrogates, nothing longer than needed, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

// The beginning of a UTF-8 text, at most `most` bytes, no character cut in two.
std::string_view clipped_utf8(std::string_view text, std::size_t most);

// The same of a text from a wire or a stranger, which may be anything: a byte that is not UTF-8 becomes '?'.
std::string clean_utf8(std::string_view text, std::size_t most);

}  // namespace afferent::core
