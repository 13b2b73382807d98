// The golden frames of drivers/mbus/frames.txt, each as it is, in pieces, behind garbage and damaged.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/drivers/mbus/meter.h"
#include "tests/support/frame_table.h"

namespace afferent::test::mbus {
namespace {

struct Golden {
  std::string name;
  std::string options;
  std::vector<core::Bytes> frames;  // of one meter, one after the other
  std::vector<std::string> readings;
  std::string reject;  // empty: the frames are right
};

// "556677.00 m3" as the tests write numbers; texts stand in quotes.
std::string normal(const std::string& reading) {
  const auto equals = reading.find('=');
  const std::string value = reading.substr(equals + 1);
  if (value.starts_with("'")) return reading.substr(0, equals + 1) + value.substr(1, value.size() - 2);
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  return end == value.c_str() ? reading : reading.substr(0, equals + 1) + text_of(number) + end;
}

std::vector<Golden> golden_frames() {
  std::vector<Golden> frames;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/mbus/frames.txt", 3)) {
    Golden golden{columns[0], {}, {}, {}, {}};
    for (const std::string& frame : split(columns[1], ',')) golden.frames.push_back(bytes_of(frame));
    if (const auto open = golden.name.find('['); open != std::string::npos) {
      golden.options = golden.name.substr(open + 1, golden.name.find(']') - open - 1);
    }
    for (const std::string& part : split(columns[2], ';')) {
      if (part.starts_with("reject: "))
        golden.reject = part.substr(8);
      else if (part != "none")
        golden.readings.push_back(normal(part));
    }
    frames.push_back(std::move(golden));
  }
  REQUIRE(frames.size() > 50);
  return frames;
}

// Flags that are not set stand in no line of the table, but for where it names them.
std::vector<std::string> told(const Meter& meter) {
  std::vector<std::string> told;
  for (const std::string& reading : meter.read()) {
    if (!reading.starts_with("flag_") || reading.ends_with("=true")) told.push_back(reading);
  }
  return told;
}

void check(const Golden& golden, const Meter& meter) {
  CHECK(told(meter) == golden.readings);
  if (golden.reject.empty()) {
    CHECK(meter.sink.rejects.empty());
  } else {
    REQUIRE(meter.sink.rejects.size() == 1);
    CHECK_MESSAGE(meter.sink.rejects[0].why.find(golden.reject) != std::string::npos, meter.sink.rejects[0].why);
  }
}

TEST_CASE("golden frames are read as the table says") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Meter meter(golden.options);
    for (const core::Bytes& frame : golden.frames) meter.receives(core::ByteView(frame));
    meter.times_out();
    check(golden, meter);
  }
}

TEST_CASE("golden frames may come byte by byte") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Meter meter(golden.options);
    for (const core::Bytes& frame : golden.frames) {
      for (const std::uint8_t byte : frame) meter.receives(core::ByteView(&byte, 1));
    }
    meter.times_out();
    check(golden, meter);
  }
}

TEST_CASE("golden frames are found behind garbage and behind each other") {
  const core::Bytes garbage = bytes_of("00FFFE0D0A4FE568681000016810FEFE");
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Meter meter(golden.options);
    meter.receives(core::ByteView(garbage));
    for (const core::Bytes& frame : golden.frames) meter.receives(core::ByteView(frame));
    CHECK(told(meter) == golden.readings);
    meter.sink.readings.clear();
    meter.times_out();
    for (const core::Bytes& frame : golden.frames) meter.receives(core::ByteView(frame));
    CHECK(told(meter) == golden.readings);
  }
}

TEST_CASE("a golden frame with one wrong bit is never read") {
  std::size_t refused = 0;
  for (const Golden& golden : golden_frames()) {
    if (!golden.reject.empty() || golden.frames.size() > 1 || golden.readings.empty()) continue;
    CAPTURE(golden.name);
    for (std::size_t at = 0; at < golden.frames[0].size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        core::Bytes bytes = golden.frames[0];
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
        Meter meter(golden.options);
        meter.receives(core::ByteView(bytes));
        meter.times_out();
        CHECK(meter.read().empty());
        refused += meter.sink.rejects.size();
      }
    }
  }
  CHECK(refused > 10'000);
}

TEST_CASE("a golden frame that is cut short is not read, and the next one is") {
  for (const Golden& golden : golden_frames()) {
    if (golden.readings.empty() || !golden.reject.empty() || golden.frames.size() > 1) continue;
    CAPTURE(golden.name);
    const core::ByteView frame(golden.frames[0]);
    Meter meter(golden.options);
    meter.receives(frame.first(frame.size() - 3));
    CHECK(meter.read().empty());
    meter.receives(frame);
    CHECK(told(meter) == golden.readings);
  }
}

}  // namespace
}  // namespace afferent::test::mbus
