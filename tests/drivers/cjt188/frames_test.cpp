// The golden frames of drivers/cjt188/frames.txt, each as it is, in pieces, behind garbage and damaged.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "drivers/cjt188/cjt188.h"
#include "tests/drivers/cjt188/meter.h"
#include "tests/support/frame_table.h"

namespace afferent::test::cjt188 {
namespace {

struct Golden {
  std::string name;
  std::string options;
  core::Bytes bytes;
  Expected expected;
};

// "556677.00 m3" as the tests write numbers.
std::string normal(const std::string& reading) {
  const auto equals = reading.find('=');
  const char* const start = reading.c_str() + equals + 1;
  char* end = nullptr;
  const double number = std::strtod(start, &end);
  return end == start ? reading : reading.substr(0, equals + 1) + text_of(number) + end;
}

std::vector<Golden> golden_frames() {
  std::vector<Golden> frames;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/cjt188/frames.txt", 3)) {
    Golden golden{columns[0], {}, bytes_of(columns[1]), expected_of(columns[2])};
    if (const auto open = golden.name.find('['); open != std::string::npos) {
      golden.options = golden.name.substr(open + 1, golden.name.find(']') - open - 1);
    }
    for (std::string& reading : golden.expected.readings) reading = normal(reading);
    frames.push_back(std::move(golden));
  }
  REQUIRE(frames.size() > 50);
  return frames;
}

void check(const Golden& golden, const Meter& meter) {
  CHECK(meter.read() == golden.expected.readings);
  check_rejects(golden.expected, meter.sink);
}

TEST_CASE("golden frames are read as the table says") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Meter meter(golden.options);
    meter.receives(core::ByteView(golden.bytes));
    meter.times_out();
    check(golden, meter);
  }
}

TEST_CASE("golden frames may come byte by byte") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Meter meter(golden.options);
    for (const std::uint8_t byte : golden.bytes) meter.receives(core::ByteView(&byte, 1));
    meter.times_out();
    check(golden, meter);
  }
}

TEST_CASE("golden frames are found behind garbage and behind each other") {
  const core::Bytes garbage = bytes_of("00FFFE0D0A4FE568681000016810FEFE");
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    core::Bytes bytes = garbage;
    bytes.insert(bytes.end(), golden.bytes.begin(), golden.bytes.end());
    Meter meter(golden.options);
    meter.receives(core::ByteView(bytes));
    CHECK(meter.read() == golden.expected.readings);
    meter.sink.readings.clear();
    meter.times_out();
    meter.receives(core::ByteView(golden.bytes));
    CHECK(meter.read() == golden.expected.readings);
  }
}

TEST_CASE("a golden frame with one wrong bit is never read as something else") {
  std::size_t refused = 0;
  for (const Golden& golden : golden_frames()) {
    if (!golden.expected.rejects.empty()) continue;
    CAPTURE(golden.name);
    for (std::size_t at = 0; at < golden.bytes.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        CAPTURE(at);
        core::Bytes bytes = golden.bytes;
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
        Meter meter(golden.options);
        meter.receives(core::ByteView(bytes));
        meter.times_out();
        const auto read = meter.read();
        CHECK((read.empty() || read == golden.expected.readings));  // noise around the frame may be damaged
        refused += meter.sink.rejects.size();
      }
    }
  }
  CHECK(refused > 10'000);
}

TEST_CASE("a golden frame that is cut short is not read, and the next one is") {
  for (const Golden& golden : golden_frames()) {
    if (golden.expected.readings.empty() || !golden.expected.rejects.empty()) continue;
    CAPTURE(golden.name);
    Meter meter(golden.options);
    meter.receives(core::ByteView(golden.bytes).first(golden.bytes.size() - 3));
    CHECK(meter.read().empty());
    meter.receives(core::ByteView(golden.bytes));
    CHECK(meter.read() == golden.expected.readings);
  }
}

TEST_CASE("bytes of which nothing becomes a frame are refused, whatever came before, those of a line at rest too") {
  const std::string good = "68104433221100337881161F9000007766552C007766552C3101221105152021841316";
  for (const char* noise : {"00", "FF", "FE", "FEFEFE", "0000000000", "68", "1616", "E5", "0D0A"}) {
    CAPTURE(noise);
    Meter meter;
    meter.receives(noise);
    meter.times_out();
    REQUIRE(meter.sink.rejects.size() == 1);
    CHECK(core::to_hex(meter.sink.rejects[0].bytes) == noise);
    meter.receives(good);
    meter.times_out();
    CHECK(meter.sink.rejects.size() == 1);
    meter.receives(noise);
    meter.times_out();
    CHECK(meter.sink.rejects.size() == 2);
  }
}

TEST_CASE("what a line at rest gives is no error of a meter that was asked") {
  Meter meter("address=78330011223344");
  meter.turn();
  meter.receives("FEFEFE00FF");
  meter.times_out();
  CHECK(meter.sink.rejects.empty());
}

TEST_CASE("a meter may come to have channels that its type does not tell") {
  CHECK(drivers::cjt188::spec().declares);
  Meter meter("type=40");
  meter.receives(
      framed("6840443322110033788116901F000045230105004523010531012211051520"
             "0000"));
  REQUIRE_FALSE(meter.sink.declared.empty());
  CHECK(meter.sink.declared[0].name == "energy");
  CHECK(meter.sink.declared[0].quantity == core::Quantity::energy);
}

}  // namespace
}  // namespace afferent::test::cjt188
