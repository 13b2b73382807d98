// Cuts a script into tokens: strings, templates, regular expressions and comments are told apart from operators. Throws
// Trouble.
#pragma once

#include <string_view>
#include <vector>

#include "tools/codec/syntax.h"

namespace afferent::codec_host {

// The last token is of kind `end`.
std::vector<Token> tokens_of(std::string_view source);

bool is_name_character(char c);

}  // namespace afferent::codec_host
