// What is to be said of recorded rows that could not be judged. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/cli/backtest_run.h"
#include "tools/cli/csv_table.h"

namespace afferent::cli {

// "gauge.csv:17: 'noon' is not a time such as ..." for the first rows that were passed over, then how many there are.
// Empty when all were judged in the order in which they stand.
std::vector<std::string> row_notes(std::string_view file, const std::vector<Sample>& samples,
                                   const StreamResult& result);

}  // namespace afferent::cli
