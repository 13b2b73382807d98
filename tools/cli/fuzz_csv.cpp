// Anything as recorded data and as labels of them: read, written and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tools/cli/backtest_truth.h"
#include "tools/cli/csv_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace afferent::cli;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)truth_of(text, "labels.json");
  const auto samples = samples_of(text, "data.csv");
  if (!samples) return 0;
  std::string written = "timestamp,value\n";
  for (const Sample& sample : *samples) written += csv_field(sample.timestamp) + "," + csv_field(sample.value) + "\n";
  const auto again = samples_of(written, "data.csv");
  if (!again || again->size() > samples->size()) std::abort();
  return 0;
}
