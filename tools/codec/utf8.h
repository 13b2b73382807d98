// Text as Duktape keeps it (CESU-8: characters above U+FFFF as two surrogates) made plain UTF-8. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace afferent::codec_host {

// What is no UTF-8 in it is taken for Latin-1, as old editors write it.
std::string from_latin(std::string_view text);

std::string to_utf8(std::string_view text);  // what is no character becomes U+FFFD

}  // namespace afferent::codec_host
