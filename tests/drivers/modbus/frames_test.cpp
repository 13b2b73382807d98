// Golden frames: drivers/modbus/frames.txt, each in every form in which a line delivers it.
#include <sstream>
#include <vector>

#include "tests/drivers/modbus/harness.h"
#include "tests/support/frame_table.h"

using namespace afferent;
using core::Bytes;
using Kind = core::WireEvent::Kind;

namespace {

struct Golden {
  std::string name;
  std::string options;
  std::string profile;
  Bytes request;  // empty: none
  Bytes reply;
  std::string expected;

  bool refused() const { return expected.starts_with("reject:"); }
  std::string readings() const { return refused() || expected == "none" ? "" : expected; }
  bool tcp() const { return options.find("tcp") != options.npos; }
};

// "profile key=value key=value" to its parts; a value that is no number is quoted.
void read_device(const std::string& column, Golden& golden) {
  std::istringstream words(column);
  words >> golden.profile;
  for (std::string word; words >> word;) {
    const auto at = word.find('=') + 1;
    const bool number = word.find_first_not_of("0123456789.-", at) == word.npos;
    golden.options += word.substr(0, at) + (number ? word.substr(at) : "\"" + word.substr(at) + "\"") + "\n";
  }
  if (golden.options.find("unit=") != golden.options.npos) return;
  golden.options += "unit=" + std::to_string(golden.reply[golden.tcp() ? 6 : 0]) + "\n";
}

std::vector<Golden> goldens() {
  std::vector<Golden> all;
  for (const auto& columns : test::rows_of(AFFERENT_SOURCE "/drivers/modbus/frames.txt", 5)) {
    Golden golden;
    golden.name = columns[0];
    if (columns[2] != "-") golden.request = test::hex(columns[2]);
    golden.reply = test::hex(columns[3]);
    golden.expected = columns[4];
    read_device(columns[1], golden);
    all.push_back(std::move(golden));
  }
  return all;
}

struct Probe : test::Bench {
  explicit Probe(const Golden& golden) : Bench(golden.options, golden.profile) {
    if (!golden.request.empty()) event(Kind::overheard, golden.request);
  }
};

void judge(const Golden& golden, const test::Bench& bench) {
  CHECK(bench.said() == golden.readings());
  if (!golden.refused()) {
    CHECK(bench.sink.rejects.empty());
    return;
  }
  REQUIRE_FALSE(bench.sink.rejects.empty());
  const std::string why = test::trimmed(golden.expected.substr(7));
  CHECK_MESSAGE(bench.sink.rejects.front().why.find(why) != std::string::npos, bench.sink.rejects.front().why);
}

template <class Check>
void for_each_golden(Check check) {
  const std::vector<Golden> all = goldens();
  REQUIRE(all.size() >= 40);
  for (const Golden& golden : all) {
    CAPTURE(golden.name);
    check(golden);
  }
}

// Polls until the driver asks what the golden frame answers; other questions are answered with "illegal address".
bool poll_to_request(const Golden& golden, test::Bench& bench) {
  bench.turn();
  while (bench.sink.done_count == 0) {
    const Bytes sent = bench.sink.sent.back().bytes;
    if (sent == golden.request) return true;
    bench.event(Kind::received, test::with_crc({sent[0], static_cast<std::uint8_t>(sent[1] | 0x80), 2}));
    if (bench.sink.sent.back().bytes == sent) return false;
  }
  return false;
}

}  // namespace

TEST_CASE("golden frames say what they say") {
  for_each_golden([](const Golden& golden) {
    Probe probe(golden);
    probe.event(Kind::received, golden.reply);
    probe.event(Kind::timed_out);
    judge(golden, probe);
  });
}

TEST_CASE("golden frames may come in two bursts") {
  for_each_golden([](const Golden& golden) {
    for (std::size_t at = 1; at < golden.reply.size(); ++at) {
      CAPTURE(at);
      if (golden.refused() || golden.name.starts_with("report server")) return;
      Probe probe(golden);
      probe.event(Kind::received, core::ByteView(golden.reply).first(at));
      probe.event(Kind::received, core::ByteView(golden.reply).subspan(at));
      probe.event(Kind::timed_out);
      judge(golden, probe);
    }
  });
}

TEST_CASE("golden frames with garbage in front lose nothing") {
  for_each_golden([](const Golden& golden) {
    if (golden.refused() || golden.name.starts_with("report server"))
      return;  // its length is known only without garbage
    Probe probe(golden);
    Bytes noisy = test::hex("FF00037F01");
    noisy.insert(noisy.end(), golden.reply.begin(), golden.reply.end());
    probe.event(Kind::received, noisy);
    judge(golden, probe);
  });
}

TEST_CASE("golden frames overheard byte by byte are understood") {
  for_each_golden([](const Golden& golden) {
    if (golden.request.empty()) return;
    test::Bench bench(golden.options, golden.profile);
    bench.bytewise(Kind::overheard, golden.request);
    bench.bytewise(Kind::overheard, golden.reply);
    CHECK(bench.said() == golden.readings());
  });
}

TEST_CASE("golden replies to our own question are understood byte by byte") {
  int polled = 0;
  for_each_golden([&polled](const Golden& golden) {
    if (golden.request.empty() || golden.tcp()) return;
    test::Bench bench(golden.options, golden.profile);
    if (!poll_to_request(golden, bench)) return;
    ++polled;
    bench.bytewise(Kind::received, golden.reply);
    CHECK(bench.said() == golden.readings());
  });
  CHECK(polled >= 25);
}

TEST_CASE("a damaged golden frame gives no reading") {
  for_each_golden([](const Golden& golden) {
    if (golden.refused()) return;
    for (std::size_t byte = golden.tcp() ? 2 : 0; byte < golden.reply.size(); ++byte) {
      if (golden.tcp() && byte > 6) break;  // TCP itself guards the PDU
      CAPTURE(byte);
      Probe probe(golden);
      Bytes damaged = golden.reply;
      damaged[byte] ^= 0x41;
      probe.event(Kind::received, damaged);
      probe.event(Kind::timed_out);
      CHECK(probe.said().empty());
      const bool seen = !probe.sink.rejects.empty() || (golden.tcp() && !probe.sink.heard_of.empty());
      CHECK(seen);
    }
  });
}
