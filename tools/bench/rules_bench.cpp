// Judging: four rules on each of 10,000 channels, and what a reading costs the detectors.
#include <benchmark/benchmark.h>

#include <cmath>

#include "agent/rules/detector_anomaly.h"
#include "agent/rules/detector_leak.h"
#include "agent/rules/detector_onset.h"
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

// A day's rhythm read every five minutes, so that a detector has learned after some thousand rounds.
template <class Detector>
void readings_of(benchmark::State& state, Detector detector) {
  rules::Moment at;
  for (auto _ : state) {
    at.boot += 300.0;
    at.calendar = at.boot;
    benchmark::DoNotOptimize(detector.step(at, 50.0 + 30.0 * std::sin(at.boot / 13'751.0) + std::fmod(at.boot, 7.0)));
  }
}
void anomaly_detector_reading(benchmark::State& state) { readings_of(state, rules::AnomalyDetector()); }
void leak_detector_reading(benchmark::State& state) { readings_of(state, rules::LeakDetector(0.0)); }
void onset_detector_reading(benchmark::State& state) { readings_of(state, rules::OnsetDetector()); }
BENCHMARK(anomaly_detector_reading);
BENCHMARK(leak_detector_reading);
BENCHMARK(onset_detector_reading);

}  // namespace
}  // namespace afferent::bench
