#include "tools/cli/backtest_rows.h"

#include <fmt/format.h>

#include <array>

namespace afferent::cli {
namespace {

constexpr std::size_t kMostNotes = 5;

std::string no_time(const Sample& sample) {
  return shown(sample.timestamp) +
         " is not a time such as 2026-07-01 14:30:00, 2026-07-01T14:30:00+08:00 or 1782916200 (s or ms since 1970)";
}
std::string no_number(const Sample& sample) { return shown(sample.value) + " is not a finite number such as 12.5"; }
std::string repeated(const Sample& sample) {
  return shown(sample.timestamp) + " is there already; the first row of a time counts";
}
std::string too_far(const Sample& sample) {
  return shown(sample.timestamp) + " lies more than 200 years after the first row, or after the year 9999";
}

struct Reason {
  RowUse use;
  std::string (*says)(const Sample&);
};
constexpr std::array kReasons{Reason{RowUse::no_time, no_time}, Reason{RowUse::no_number, no_number},
                              Reason{RowUse::repeated, repeated}, Reason{RowUse::too_far, too_far}};

// Times without offset in a night in which the clocks are set.
void note_clocks(std::string_view file, const std::vector<Sample>& samples, std::vector<std::string>& notes) {
  std::size_t twice = 0;
  std::size_t never = 0;
  const Sample* first = nullptr;
  for (const Sample& sample : samples) {
    if (sample.clocks == Clocks::twice) ++twice;
    if (sample.clocks != Clocks::never) continue;
    if (never++ == 0) first = &sample;
  }
  if (twice > 0) {
    notes.push_back(fmt::format(
        "{}: times that come twice as the clocks are set back are taken in the order of the rows (rows: {})", file,
        twice));
  }
  if (never == 0) return;
  notes.push_back(fmt::format(
      "{}:{}: {} does not exist as the clocks are set forward: taken as if they were not (rows like this: {}); "
      "--timezone names another zone",
      file, first->line, shown(first->timestamp), never));
}

}  // namespace

std::vector<std::string> row_notes(std::string_view file, const std::vector<Sample>& samples,
                                   const StreamResult& result) {
  if (samples.empty()) return {fmt::format("{}: has no rows", file)};
  std::vector<std::string> notes;
  if (!result.in_order) notes.push_back(fmt::format("{}: rows are not in order of time: they were sorted", file));
  note_clocks(file, samples, notes);
  const std::size_t passed_over = samples.size() - result.judged;
  std::size_t told = 0;
  for (std::size_t i = 0; i < samples.size() && told < kMostNotes; ++i) {
    for (const Reason& reason : kReasons) {
      if (reason.use != result.uses[i]) continue;
      notes.push_back(fmt::format("{}:{}: {}", file, samples[i].line, reason.says(samples[i])));
      ++told;
    }
  }
  if (passed_over > 0) notes.push_back(fmt::format("{}: {} of {} rows passed over", file, passed_over, samples.size()));
  return notes;
}

}  // namespace afferent::cli
