// CSV (RFC 4180) with a header line: fields in quotes, CRLF, columns in any order. Value types; bounded by the text
// itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace afferent::cli {

// One line after the other; what a field is in quotes for is taken off.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  // The fields of the next line that is not blank; false at the end. Short and long lines are given as they are.
  bool next(std::vector<std::string>& fields);

 private:
  std::string take_field(bool& last);
  std::string_view rest_;
};

std::string csv_field(std::string_view text);  // in quotes where it has to be

// Seconds since 1970-01-01T00:00:00Z of "2026-07-01 14:30:00", with 'T', fractions, 'Z' or an offset such as +08:00 or
// -0330. Without an offset it is taken as UTC. Nothing for anything else, and for years before
// 1900, which stand for no time.
std::optional<double> time_of(std::string_view text);

// A finite number; nothing for anything else.
std::optional<double> number_of(std::string_view text);

// A cell for people: in quotes, not long, and nothing in it that a terminal would obey.
std::string shown(std::string_view cell);

struct Sample {
  std::string timestamp;  // as it stands in the file
  std::string value;
  std::optional<double> at;      // s since 1970-01-01
  std::optional<double> number;  // finite
};

// The rows of a file with the columns `timestamp` and `value`. Error{bad_input} names the columns that there are.
core::Result<std::vector<Sample>> samples_of(std::string_view text, std::string_view file);

}  // namespace afferent::cli
