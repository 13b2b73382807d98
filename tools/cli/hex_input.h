// Bytes as people paste them: hexadecimal digits with blanks, colons, dashes or commas between bytes, 0x in front of
// them, line ends of any kind, and comments from # to the end of a line. Pure functions, but for_each_line().
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"

namespace afferent::cli {

// Nothing where something stands in `text` that is no hexadecimal byte. Only comments and separators: no bytes.
std::optional<core::Bytes> read_hex(std::string_view text);

// Without comments and blanks around it.
std::string_view without_comment(std::string_view text);

// Calls for each argument, and in the place of "-" for each line of standard input that is not empty or a comment.
// Tells on stderr, in the name of `command`, where standard input had none.
void for_each_line(const std::vector<std::string>& arguments, std::string_view command,
                   const std::function<void(const std::string&)>& call);

}  // namespace afferent::cli
