// Whatever comes from a wire: nothing crashes, nothing is invented, nothing is kept for ever.
#include <random>

#include "drivers/modbus/simulated.h"
#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using Kind = core::WireEvent::Kind;

namespace {

// Bytes that look like Modbus more often than chance would have it.
core::Bytes noise(std::mt19937& random) {
  static constexpr std::array<std::uint8_t, 12> kLikely{1, 3, 4, 2, 0, 0x83, 16, 0xFF, 5, 6, 0x10, 0x84};
  core::Bytes bytes(random() % 40);
  for (std::uint8_t& byte : bytes) {
    const auto pick = random();
    byte = pick % 3 == 0 ? static_cast<std::uint8_t>(pick >> 8) : kLikely[(pick >> 8) % kLikely.size()];
  }
  return bytes;
}

}  // namespace

TEST_CASE("random bytes give no reading over RTU, in whatever state they come") {
  std::mt19937 random(188);
  for (const char* profile : {"tuf_2000m", "qdy30a", "vegapuls_c21"}) {
    test::Bench bench("unit = 1", profile);
    for (int i = 0; i < 4000; ++i) {
      if (i % 50 == 0) bench.turn();
      if (i % 50 == 49) bench.event(Kind::timed_out);
      bench.event(i % 3 == 0 ? Kind::overheard : Kind::received, noise(random));
    }
    CHECK(bench.sink.readings.empty());
    bench.sink.clear();
    bench.event(Kind::timed_out);
    bench.turn();
    CHECK(bench.sink.sent.size() == 1);
  }
}

TEST_CASE("random bytes do not disturb what follows over TCP") {
  std::mt19937 random(502);
  test::Bench bench("unit = 1\nframing = \"tcp\"", "ceyeko_ludp");
  for (int i = 1; i < 2000; ++i) {
    bench.sink.clear();
    bench.turn();
    bench.event(Kind::received, noise(random));
    bench.event(Kind::overheard, noise(random));
    if (bench.sink.done_count != 0) continue;  // noise with the right transaction, length and unit is an answer
    core::Bytes reply(bench.sink.sent.back().bytes.begin(), bench.sink.sent.back().bytes.begin() + 4);
    for (const int byte : {0, 5, 1, 3, 2, 0, 16}) reply.push_back(static_cast<std::uint8_t>(byte));
    bench.event(Kind::received, reply);
    CHECK(bench.said() == "distance=0.16 m");
  }
}

TEST_CASE("random requests do not disturb a simulated device") {
  std::mt19937 random(5084);
  auto device = drivers::modbus::simulate(test::device_of("unit = 1", "tuf_2000m"));
  REQUIRE(device.ok());
  drivers::Truth served;
  for (int i = 0; i < 4000; ++i) {
    core::Bytes request = noise(random);
    if (i % 2 == 0 && request.size() > 1) request = test::with_crc(std::move(request));
    (*device)->answer(request, {}, served);
  }
  CHECK((*device)->answer(test::with_crc({1, 3, 0, 0, 0, 2}), {}, served).size() == 9);
}
