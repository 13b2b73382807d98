// One recorded stream through the same rule engine as in the agent, on virtual time. Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/config/rules_only.h"
#include "agent/core/alert.h"
#include "agent/core/result.h"
#include "agent/core/zone.h"
#include "tools/cli/backtest_unit.h"
#include "tools/cli/csv_table.h"

namespace afferent::cli {

struct Backtest {
  config::LoadedRules loaded;
  std::string channel;  // what the streams are
  DataUnit unit = {};
  core::Zone zone = {};
};

enum class RowUse : std::uint8_t { judged, no_time, no_number, repeated, too_far };

struct StreamResult {
  std::vector<double> scores;  // 0 to 1, one a row
  std::vector<RowUse> uses;    // one a row
  std::vector<core::Alert> alerts;
  std::size_t judged = 0;  // rows that had a time of their own and a number
  bool in_order = true;    // the rows stand in order of time
  double from = 0.0;       // s since 1970-01-01, first and last row judged
  double to = 0.0;
};

// The channel that the streams are: `asked`, else the one that the rules agree on. Error{bad_config} when they do not.
core::Result<std::string> channel_of(const config::LoadedRules& loaded, const std::string& asked);

// `name` stands for the stream in sentences. Rows are judged in order of time, wherever they stand. One without a time
// or a number is passed over and one of the same time as another before it is told to the rules as late; both have the
// score 0. The score of a row is the highest of the rules'; a rule that has none counts with the severity of its alert:
// blue 0.25, yellow 0.5, orange 0.75, red 1.
core::Result<StreamResult> run_stream(const Backtest& backtest, const std::string& name,
                                      const std::vector<Sample>& samples);

}  // namespace afferent::cli
