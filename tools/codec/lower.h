// Makes ES5 of the later syntax that codecs use: let and const, arrow functions, template strings, destructuring, default
// and rest parameters, spread, for-of, optional chaining, classes. What is ES5 already comes back as it is, lines keep
// their numbers. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace afferent::codec_host {

// Error{bad_input} "line N: ... not supported" for what cannot be lowered.
core::Result<std::string> lower(std::string_view source);

}  // namespace afferent::codec_host
