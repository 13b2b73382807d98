// CSV (RFC 4180) with a header line: fields in quotes, CRLF, columns in any order, ';' or tab between them where the
// header has no comma. Value types; bounded by the text itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/zone.h"
#include "tools/cli/csv_time.h"

namespace afferent::cli {

// One line after the other; what a field is in quotes for is taken off.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  // The fields of the next line that is not blank; false at the end. Short and long lines are given as they are.
  bool next(std::vector<std::string>& fields);
  std::size_t line() const { return line_; }  // where the last one begins; the first is 1

 private:
  std::string take_field(bool& last);
  bool is_closed();
  void count_line(char c);
  std::string_view rest_;
  std::size_t line_ = 0;
  std::size_t ahead_ = 1;  // line of the front of `rest_`
  char separator_ = ',';
  bool quotes_ = true;
};

std::string csv_field(std::string_view text);  // in quotes where it has to be

// A finite number; nothing for anything else.
std::optional<double> number_of(std::string_view text);

// "true" or "false", in small or capital letters; nothing for anything else.
std::optional<bool> truth_value_of(std::string_view text);

// A cell for people: in quotes, not long, and nothing in it that a terminal would obey.
std::string shown(std::string_view cell);

std::string_view trimmed(std::string_view text);

struct Sample {
  std::size_t line = 0;   // of the file
  std::string timestamp;  // as it stands in the file
  std::string value;
  std::optional<double> at;      // s since 1970-01-01
  std::optional<double> number;  // finite; 1 and 0 for a truth value
  bool is_truth = false;         // it stands there as a truth value
  Clocks clocks = Clocks::once;
};

// The rows of a file with the columns `timestamp` (or `time`, `datetime`, `date`, `ts`) and `value`; of two columns the
// other one is the value, whatever its name. Times without offset are of `zone`. Error{bad_input} names the columns
// that there are.
core::Result<std::vector<Sample>> samples_of(std::string_view text, std::string_view file, const core::Zone& zone = {});

}  // namespace afferent::cli
