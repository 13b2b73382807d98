// The golden frames of drivers/wmbus/frames.txt, each as it is, in pieces, behind garbage and damaged.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/drivers/wmbus/rig.h"
#include "tests/support/frame_table.h"

namespace afferent::test::wmbus {
namespace {

struct Golden {
  std::string name;
  std::string options;
  std::vector<core::Bytes> bursts;
  std::vector<std::string> readings;
  std::vector<std::string> flags;
  std::string reject;  // empty: the frame is right
  bool rejected = false;

  // One burst of a binary stream in which a checksum stands over each frame.
  bool checked() const {
    for (const char* part : {"format A", "format B", "IM871A", "command mode", "3-out-of-6"}) {
      if (name.find(part) == name.npos) continue;
      return !rejected && bursts.size() == 1 && name.find("nothing behind") == name.npos &&
             name.find("CUL") == name.npos && name.find("rtl_wmbus") == name.npos;
    }
    return false;
  }
};

void read_expected(const std::string& text, Golden& golden) {
  for (const std::string& part : split(text, ';')) {
    if (part.starts_with("reject:")) {
      golden.reject = trimmed(part.substr(7));
      golden.rejected = true;
    } else if (part.starts_with("flag_")) {
      golden.flags.push_back(part);
    } else if (part != "none") {
      golden.readings.push_back(part);
    }
  }
}

std::vector<Golden> golden_frames() {
  std::vector<Golden> frames;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/wmbus/frames.txt", 3)) {
    Golden golden;
    golden.name = columns[0];
    if (const auto open = golden.name.find('['); open != std::string::npos) {
      golden.options = golden.name.substr(open + 1, golden.name.rfind(']') - open - 1);
    }
    for (auto at = golden.options.find("\\n"); at != std::string::npos; at = golden.options.find("\\n")) {
      golden.options.replace(at, 2, "\n");
    }
    for (const std::string& burst : split(columns[1], ',')) golden.bursts.push_back(bytes_of(burst));
    read_expected(columns[2], golden);
    frames.push_back(std::move(golden));
  }
  REQUIRE(frames.size() > 80);
  return frames;
}

std::vector<std::string> without_flags(std::vector<std::string> readings) {
  std::erase_if(readings, [](const std::string& reading) { return reading.starts_with("flag_"); });
  return readings;
}

void check(const Golden& golden, const Rig& rig) {
  const auto all = rig.read();
  CHECK(without_flags(all) == golden.readings);
  for (const std::string& flag : golden.flags)
    CHECK_MESSAGE(std::find(all.begin(), all.end(), flag) != all.end(), flag);
  CHECK_MESSAGE(rig.sink.rejects.empty() != golden.rejected, rig.why());
  const bool named = std::any_of(rig.sink.rejects.begin(), rig.sink.rejects.end(), [&](const auto& reject) {
    return reject.why.find(golden.reject) != std::string::npos;
  });
  if (golden.rejected) CHECK_MESSAGE(named, rig.why());
  if (golden.rejected && golden.readings.empty()) CHECK(all.empty());
}

TEST_CASE("golden frames are read as the table says") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Rig rig(golden.options);
    for (const core::Bytes& burst : golden.bursts) rig.receives(core::ByteView(burst));
    rig.pauses();
    check(golden, rig);
  }
}

TEST_CASE("golden frames may come byte by byte") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Rig rig(golden.options);
    for (const core::Bytes& burst : golden.bursts) {
      for (const std::uint8_t byte : burst) rig.receives(core::ByteView(&byte, 1));
    }
    rig.pauses();
    if (golden.rejected) {
      CHECK(without_flags(rig.read()) == golden.readings);
      CHECK_FALSE(rig.sink.rejects.empty());
    } else {
      check(golden, rig);
    }
  }
}

TEST_CASE("golden frames are found behind garbage") {
  const core::Bytes garbage = bytes_of("00FFA5820D0A1E44AE0062FF03050102030A");
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Rig rig(golden.options);
    rig.receives(core::ByteView(garbage));
    rig.pauses();
    for (const core::Bytes& burst : golden.bursts) rig.receives(core::ByteView(burst));
    rig.pauses();
    CHECK(without_flags(rig.read()) == golden.readings);
    rig.receives(core::ByteView(garbage));
  }
}

TEST_CASE("a frame that is cut short does not hide the one behind it") {
  for (const Golden& golden : golden_frames()) {
    if (!golden.checked()) continue;
    CAPTURE(golden.name);
    Rig rig(golden.options + (golden.options.empty() ? "" : ",") + std::string("repeated_within=0"));
    const core::ByteView whole = golden.bursts.front();
    rig.receives(whole.first(whole.size() / 3));
    rig.receives(whole);
    rig.pauses();
    CHECK(without_flags(rig.read()) == golden.readings);
  }
}

TEST_CASE("a frame with checksums and one wrong bit is never read as something else") {
  std::size_t refused = 0;
  for (const Golden& golden : golden_frames()) {
    if (!golden.checked()) continue;
    CAPTURE(golden.name);
    for (std::size_t bit = 0; bit < 8 * golden.bursts.front().size(); ++bit) {
      CAPTURE(bit);
      core::Bytes bytes = golden.bursts.front();
      bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << bit % 8));
      Rig rig(golden.options);
      rig.receives(core::ByteView(bytes));
      rig.pauses();
      const auto read = without_flags(rig.read());
      CHECK((read.empty() || read.front() == golden.readings.front()));
      refused += rig.sink.rejects.size();
    }
  }
  CHECK(refused > 2000);
}

}  // namespace
}  // namespace afferent::test::wmbus
