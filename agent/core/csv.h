// Lines of a table as a spreadsheet writes them (RFC 4180, without line breaks in a cell): cells between commas, or
// between ';' or tabs where the header has no comma. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace afferent::core {

// The cells of one line, without blanks around them and without the quotes in which a cell may stand; "" is a quote
// there.
std::vector<std::string> csv_cells(std::string_view line, char separator = ',');

// What separates the cells of a table with this header.
char csv_separator(std::string_view header);

// Takes the next line off `rest`, without its end; a byte order mark before the first one is for the caller to remove.
std::string_view take_line(std::string_view& rest);

// `text` without the byte order mark that some programs begin a file with.
std::string_view without_mark(std::string_view text);

}  // namespace afferent::core
