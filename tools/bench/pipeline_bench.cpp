// The main road: readings through rules and codec, into committed rows, and what they weigh.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "agent/codec/seal.h"
#include "agent/core/log.h"
#include "agent/io/clock.h"
#include "agent/outbox/store.h"
#include "tools/bench/street.h"

namespace afferent::bench {
namespace {

class NoLog final : public core::Log {
 public:
  void write(core::LogLevel, std::string_view, std::string_view) override {}
};

void count_readings(benchmark::State& state, std::uint64_t readings) {
  state.SetItemsProcessed(static_cast<std::int64_t>(readings));
  state.counters["readings/s"] = benchmark::Counter(static_cast<double>(readings), benchmark::Counter::kIsRate);
}

// 50 devices with 4 channels, each read once a second, four threshold rules on each channel, batches of 5 s.
void readings_to_messages(benchmark::State& state) {
  Street street({});
  std::vector<core::Envelope> envelopes;
  std::uint64_t readings = 0;
  for (auto _ : state) {
    street.poll_all(envelopes);
    readings += street.readings_a_round();
    benchmark::DoNotOptimize(envelopes.data());
    envelopes.clear();
  }
  count_readings(state, readings);
}
BENCHMARK(readings_to_messages);

// A folder beside the program's working directory: the figure is that of its file system.
class Folder {
 public:
  Folder() : path_(std::filesystem::current_path() / "afferent-bench-store") {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ / "store.db"; }

 private:
  const std::filesystem::path path_;
};

// The same with a commit (WAL, synchronous=FULL) for every `rounds` polls of all devices; what is committed counts as
// delivered two commits later, so that rows are deleted too. Elapsed time, the disk's included.
void readings_to_committed_rows(benchmark::State& state) {
  const Folder folder;
  NoLog log;
  io::RandomDevice random;
  const codec::GapWriter gaps;
  auto clock = io::make_clock("");
  outbox::StoreOptions options;
  options.path = folder.file();
  auto store = outbox::Store::open(options, {**clock, random, gaps, log});
  if (!store) return state.SkipWithError(store.error().message().c_str());
  Street street({});
  std::uint64_t readings = 0;
  std::uint64_t delivered = 0;
  std::vector<core::Parcel> parcels;
  for (auto _ : state) {
    core::Parcel& parcel = parcels.emplace_back();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      street.poll_all(parcel.envelopes);
      readings += street.readings_a_round();
    }
    if (auto committed = (*store)->commit(parcels); !committed) {
      return state.SkipWithError(committed.error().message().c_str());
    }
    const std::uint64_t next = (*store)->streams()[0].next_sequence;
    for (; delivered + 64 < next; ++delivered) (*store)->acknowledged(0, delivered + 1);
    (*store)->tidy();
  }
  count_readings(state, readings);
}
BENCHMARK(readings_to_committed_rows)->Arg(50)->Arg(250)->UseRealTime();

// Bytes of a reading on the wire as MQTT payload, the seal included.
void payload(benchmark::State& state, const StreetPlan& plan) {
  Street street(plan);
  const codec::Sealer sealer("tianlin-07");
  std::uint64_t readings = 0, bytes = 0, sequence = 100'000;
  std::vector<core::Envelope> envelopes;
  street.poll_all(envelopes);
  street.close(envelopes);
  envelopes.clear();  // the first poll of each device goes out alone
  for (auto _ : state) {
    for (int i = 0; i < 100; ++i) street.poll_all(envelopes);
    for (core::Envelope& envelope : envelopes) {
      core::SealFacts facts;
      facts.epoch = 0x9E3779B97F4A7C15u;
      facts.previous = sequence;
      facts.sequence = ++sequence;
      facts.boot = 0xD1B54A32D192ED03u;
      facts.utc_at_boot = core::Micros{1'790'000'000'000'000};
      facts.clock = core::ClockState::synced;
      sealer.seal(facts, envelope.payload);
      readings += envelope.readings;
      bytes += envelope.payload.size();
    }
    envelopes.clear();
  }
  state.counters["bytes/reading"] = static_cast<double>(bytes) / static_cast<double>(readings);
}
BENCHMARK_CAPTURE(payload, 50_devices_4_channels_1s_batch_5s, StreetPlan{})->Iterations(10);
BENCHMARK_CAPTURE(payload, 50_meters_1_channel_1s_batch_5s, StreetPlan{.channels = 1})->Iterations(10);
BENCHMARK_CAPTURE(payload, one_reading_a_series_50_devices_4_channels,
                  StreetPlan{.poll = core::Millis{5000}, .batch = core::Millis{5000}})
    ->Iterations(10);
BENCHMARK_CAPTURE(payload, 50_meters_1_channel_15min_batch_5s,
                  StreetPlan{.channels = 1, .poll = core::Millis{900'000}, .rules = false})
    ->Iterations(10);
BENCHMARK_CAPTURE(payload, 50_meters_1_channel_15min_batch_1h,
                  StreetPlan{
                      .channels = 1, .poll = core::Millis{900'000}, .batch = core::Millis{3'600'000}, .rules = false})
    ->Iterations(10);

}  // namespace
}  // namespace afferent::bench
