// The golden exchanges of drivers/sdi12/frames.txt, each as it is, in pieces, behind others and damaged.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/drivers/sdi12/bench.h"
#include "tests/support/frame_table.h"

namespace afferent::test::sdi12 {
namespace {

struct Golden {
  std::string name;
  std::string options;
  std::string heard;
  Expected expected;
};

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char kind = text[++i];
    if (kind == 'r') out += '\r';
    if (kind == 'n') out += '\n';
    if (kind != 'x') continue;
    out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
    i += 2;
  }
  return out;
}

std::vector<Golden> golden() {
  std::vector<Golden> all;
  for (const auto& columns : rows_of(AFFERENT_SOURCE "/drivers/sdi12/frames.txt", 4)) {
    Golden one{columns[0], columns[1], unescaped(columns[2]), expected_of(columns[3])};
    for (std::string& reading : one.expected.readings) {
      if (reading.ends_with("-0.000001")) reading = reading.substr(0, reading.size() - 9) + "-1e-06";
    }
    all.push_back(std::move(one));
  }
  REQUIRE(all.size() > 25);
  return all;
}

void check(const Golden& one, const Bench& bench) {
  CHECK(bench.read() == one.expected.readings);
  check_rejects(one.expected, bench.sink);
}

TEST_CASE("golden exchanges are read as the table says, whole and byte by byte, received and overheard") {
  for (const Golden& one : golden()) {
    CAPTURE(one.name);
    Bench whole(one.options);
    whole.receives(one.heard);
    whole.times_out();
    check(one, whole);
    Bench pieces(one.options);
    for (const char& c : one.heard) pieces.overhears({&c, 1});
    pieces.times_out();
    check(one, pieces);
  }
}

TEST_CASE("golden exchanges are read behind noise that ended, and behind each other") {
  for (const Golden& one : golden()) {
    CAPTURE(one.name);
    Bench bench(one.options);
    bench.receives("+\x7F!?\r\n");
    bench.receives(one.heard);
    bench.times_out();
    bench.sink.readings.clear();
    bench.sink.heard_of.clear();
    bench.receives("0!0\r\n");  // what was said before means nothing any more
    bench.happens(core::WireEvent::Kind::opened);
    bench.receives(one.heard);
    bench.times_out();
    CHECK(bench.read() == one.expected.readings);
  }
}

TEST_CASE("an answer with a CRC and one wrong bit is refused") {
  const std::string right = "0+0.04+10+14.8+0.0+0+0.0INy\r\n";
  for (std::size_t at = 0; at + 2 < right.size(); ++at) {
    for (int bit = 0; bit < 7; ++bit) {
      std::string wrong = right;
      wrong[at] = static_cast<char>(wrong[at] ^ (1 << bit));
      CAPTURE(wrong);
      Bench bench("measurements = [\"MC\"]");
      bench.overhears("0MC!00006\r\n0D0!");
      bench.overhears(wrong);
      bench.times_out();
      CHECK(bench.read().empty());
    }
  }
}

TEST_CASE("noise is neither a command nor an answer") {
  for (const char* noise :
       {"\xA5", "~~", "\xAA\xAA\xAA", " \x82<", "!+1\r\n", "\r\n", "!", "?\x01!", "zq~{!", "+\r\n"}) {
    CAPTURE(noise);
    Bench bench;
    bench.receives(noise);
    bench.times_out();
    REQUIRE(bench.sink.rejects.size() == 1);
    CHECK(core::as_text(bench.sink.rejects[0].bytes) == noise);
    bench.receives("0+1\r\n");
    bench.times_out();
    CHECK(bench.read() == std::vector<std::string>{"value1=1"});
    CHECK(bench.sink.rejects.size() == 1);
  }
}

TEST_CASE("an answer in two pieces is whole") {
  Bench bench;
  bench.receives("0+3.1");
  bench.receives("4OqZ\r\n");
  bench.times_out();
  CHECK(bench.read() == std::vector<std::string>{"value1=3.14"});
  CHECK(bench.sink.rejects.empty());
}

}  // namespace
}  // namespace afferent::test::sdi12
