// Judging: four rules on each of 10,000 channels.
#include <benchmark/benchmark.h>

#include "tools/bench/street.h"

namespace afferent::bench {
namespace {

void four_rules_on_10000_channels(benchmark::State& state) {
  Street street({.devices = 2500, .channels = 4});
  std::vector<core::Envelope> envelopes;
  std::uint64_t readings = 0;
  for (auto _ : state) {
    street.poll_all(envelopes);
    readings += street.readings_a_round();
    envelopes.clear();
  }
  state.counters["readings/s"] = benchmark::Counter(static_cast<double>(readings), benchmark::Counter::kIsRate);
}
BENCHMARK(four_rules_on_10000_channels);

}  // namespace
}  // namespace afferent::bench
