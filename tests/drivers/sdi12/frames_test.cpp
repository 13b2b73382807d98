// The golden exchanges of drivers/sdi12/frames.txt, each as it is, in pieces, behind others and damaged.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/drivers/sdi12/bench.h"

namespace afferent::test::sdi12 {
namespace {

struct Golden {
  std::string name;
  std::string options;
  std::string heard;
  std::vector<std::string> read;
  std::string reject;  // empty: all is right
};

std::vector<std::string> split(const std::string& text, const std::string& mark) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t at = std::min(text.find(mark, from), text.size());
    const auto first = text.find_first_not_of(' ', from);
    const auto last = text.find_last_not_of(' ', at == 0 ? 0 : at - 1);
    parts.push_back(first >= at || last < first ? std::string() : text.substr(first, last - first + 1));
    from = at + mark.size();
  }
  return parts;
}

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
  std::ifstream file(AFFERENT_SOURCE "/drivers/sdi12/frames.txt");
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto columns = split(line, "|");
    REQUIRE_MESSAGE(columns.size() == 4, line);
    Golden one{columns[0], columns[1], unescaped(columns[2]), {}, {}};
    for (const std::string& part : split(columns[3], ";")) {
      if (part.starts_with("reject: "))
        one.reject = part.substr(8);
      else if (part != "none")
        one.read.push_back(part);
    }
    for (std::string& reading : one.read) {
      if (reading.ends_with("-0.000001")) reading = reading.substr(0, reading.size() - 9) + "-1e-06";
    }
    all.push_back(std::move(one));
  }
  REQUIRE(all.size() > 25);
  return all;
}

void check(const Golden& one, const Bench& bench) {
  CHECK(bench.read() == one.read);
  REQUIRE(bench.sink.rejects.size() == (one.reject.empty() ? 0 : 1));
  if (one.reject.empty()) return;
  const std::string& why = bench.sink.rejects[0].why;
  CHECK_MESSAGE(why.find(one.reject) != std::string::npos, why);
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
    CHECK(bench.read() == one.read);
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

}  // namespace
}  // namespace afferent::test::sdi12
