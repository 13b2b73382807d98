// Calls of a codec through the helper process, pipelined as the agent does it. To hold: 20,000 a second on one core.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "agent/io/clock.h"
#include "agent/io/codec_process.h"

namespace {

using namespace afferent;

constexpr std::string_view kScript = R"(
function decodeUplink(input) {
  const bytes = input.bytes;
  const decoded = {};
  for (let i = 0; i < bytes.length;) {
    const channel = bytes[i++];
    const type = bytes[i++];
    if (channel === 0x01 && type === 0x75) { decoded.battery = bytes[i]; i += 1; }
    else if (channel === 0x03 && type === 0x67) { decoded.temperature = ((bytes[i + 1] << 8) | bytes[i]) / 10; i += 2; }
    else if (channel === 0x03 && type === 0x77) { decoded.depth = (bytes[i + 1] << 8) | bytes[i]; i += 2; }
    else break;
  }
  return { data: decoded };
}
)";

class NoLog final : public core::Log {
 public:
  void write(core::LogLevel /*level*/, std::string_view /*part*/, std::string_view /*message*/) override {}
};

void codec_calls_pipelined(benchmark::State& state) {
  const std::string path = "codec_bench.tmp.js";
  std::ofstream(path) << kScript;
  const io::RealClock clock;
  auto loop = io::Loop::create(clock);
  NoLog log;
  io::CodecProcess codecs(**loop, log);
  core::CodecCall call;
  call.fport = 85;
  call.script = path;
  call.payload = *core::from_hex("01756403670A0003770200");
  std::size_t failed = 0;
  constexpr std::size_t kBatch = 1000;
  for (auto step : state) {
    std::size_t answers = 0;
    for (std::size_t i = 0; i < kBatch; ++i) {
      codecs.call(call, [&](const core::CodecAnswer& answer) {
        ++answers;
        if (answer.outcome != core::CodecAnswer::Outcome::ok) ++failed;
      });
    }
    while (answers < kBatch) (*loop)->run_once(core::Millis{100});
  }
  std::remove(path.c_str());
  if (failed > 0) state.SkipWithError("a call failed");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(codec_calls_pipelined)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
