// The golden frames of drivers/sl651/frames.txt, each as it is, in pieces, behind garbage and damaged.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/drivers/sl651/bench.h"
#include "tests/support/frame_table.h"

namespace afferent::test::sl651 {
namespace {

struct Golden {
  std::string name;
  std::string options;
  core::Bytes bytes;
  Expected expected;
};

std::vector<Golden> golden_frames() {
  std::vector<Golden> frames;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/sl651/frames.txt", 4)) {
    frames.push_back({columns[0], columns[1], bytes_of(columns[2]), expected_of(columns[3])});
  }
  REQUIRE(frames.size() > 50);
  return frames;
}

std::vector<std::string> trimmed(std::vector<std::string> texts) {
  for (std::string& text : texts) {
    while (text.ends_with(' ')) text.pop_back();
  }
  return texts;
}

void check(const Golden& golden, const Bench& bench) {
  CHECK(trimmed(bench.read()) == golden.expected.readings);
  check_rejects(golden.expected, bench.sink);
}

TEST_CASE("golden frames are read as the table says, whole and byte by byte") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Bench whole({golden.options});
    whole.receives(golden.bytes);
    whole.times_out();
    whole.times_out();
    check(golden, whole);
    Bench pieces({golden.options});
    for (const std::uint8_t& byte : golden.bytes) pieces.receives(core::ByteView(&byte, 1));
    pieces.times_out();
    pieces.times_out();
    check(golden, pieces);
  }
}

TEST_CASE("golden frames are found behind garbage and behind each other") {
  const core::Bytes garbage = bytes_of("0102030001FF7E7E7E0112FE7E7E0000000000123400320FFF02017E");
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    const std::string reject = golden.expected.rejects.empty() ? "" : golden.expected.rejects[0];
    if (reject == "no complete frame") continue;
    core::Bytes bytes = garbage;
    bytes.insert(bytes.end(), golden.bytes.begin(), golden.bytes.end());
    Bench bench({golden.options});
    bench.receives(bytes);
    bench.receives(golden.bytes);
    auto twice = golden.expected.readings;
    twice.insert(twice.end(), golden.expected.readings.begin(), golden.expected.readings.end());
    if (reject.find("CRC") == std::string::npos) CHECK(trimmed(bench.read()) == twice);
  }
}

TEST_CASE("a golden frame with one wrong bit is never read") {
  std::size_t refused = 0;
  for (const Golden& golden : golden_frames()) {
    if (!golden.expected.rejects.empty()) continue;
    CAPTURE(golden.name);
    for (std::size_t at = 0; at < golden.bytes.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        core::Bytes bytes = golden.bytes;
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
        Bench bench({golden.options});
        bench.receives(bytes);
        bench.times_out();
        CAPTURE(at);
        CAPTURE(bit);
        // Letters of the CRC of the ASCII form may be capital or small.
        const bool same_letter = bit == 5 && golden.bytes[0] == 1;
        if (!same_letter) CHECK(bench.read().empty());
        refused += bench.sink.rejects.size();
      }
    }
  }
  CHECK(refused > 10'000);
}

}  // namespace
}  // namespace afferent::test::sl651
