// Text of devices, scripts and servers for the eyes of people. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace afferent::cli {

// With a blank for each control character, and '?' for a byte that is not UTF-8: a terminal would obey the first.
std::string for_terminal(std::string_view text);

}  // namespace afferent::cli
