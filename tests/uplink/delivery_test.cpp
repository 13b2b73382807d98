// Commit before publish, order, window, priorities, acknowledgements.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "tests/uplink/fakes.h"

namespace afferent::test {
namespace {

using core::Kind;
using Texts = std::vector<std::string>;

TEST_CASE("what comes is committed and published in the same round, sealed with its place in the stream") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"));
  CHECK(bench.store.commits == 1);
  CHECK(bench.published() == Texts{"a|1<0", "b|2<1"});
  CHECK(bench.broker.sent[0].topic == "afferent/v1/water/telemetry/n1/31/07");
  CHECK_FALSE(bench.broker.sent[0].retained);
  CHECK(bench.store.offers.size() == 2);
}

TEST_CASE("nothing is published whose commit failed") {
  Bench bench;
  bench.connect();
  bench.store.failures.emplace_back(core::ErrorCode::retry, "I/O error");
  bench.round(telemetry("a"));
  CHECK(bench.published().empty());
  bench.later(core::Seconds{1});
  CHECK(bench.published() == Texts{"a|1<0"});
}

TEST_CASE("a full disk is tried again each second and loses nothing") {
  Bench bench;
  bench.connect();
  for (int i = 0; i < 3; ++i) bench.store.failures.emplace_back(core::ErrorCode::full, "disk full");
  bench.round(alert("x"));
  CHECK(bench.wait == core::Seconds{1});
  bench.round(alert("y"));
  CHECK(bench.store.commits == 1);  // not before the second is over
  bench.later(core::Seconds{1});
  bench.later(core::Seconds{1});
  CHECK(bench.store.commits == 3);
  bench.later(core::Seconds{1});
  CHECK(bench.published() == Texts{"x|1<0", "y|2<1"});
  CHECK_FALSE(bench.log.contains("disk full"));  // the store says it
  CHECK(bench.log.contains("commits succeed again"));
}

TEST_CASE("readings that the store dropped are reported as dropped, and not as committed") {
  Bench bench;
  bench.store.drops_telemetry = true;
  bench.round(telemetry("a"), telemetry("b"), alert("x"));
  bench.later(core::Seconds{1});
  CHECK(bench.reports.back().committed_readings == 10);
  CHECK(bench.reports.back().dropped_readings == 20);
}

TEST_CASE("while the store takes nothing, the queue keeps what exceeds a bound") {
  Bench bench;
  for (int i = 0; i < 100; ++i) bench.store.failures.emplace_back(core::ErrorCode::full, "disk full");
  bench.round(telemetry("a"));
  CHECK(bench.rounds().accepts_more());
  bench.round(telemetry(std::string(2u << 20, 'x')));
  CHECK_FALSE(bench.rounds().accepts_more());
  bench.store.failures.clear();
  bench.later(core::Seconds{1});
  CHECK(bench.rounds().accepts_more());
}

TEST_CASE("telemetry may wait for its commit, an alert takes it along at once") {
  Bench bench;
  bench.options.flush = core::Millis{500};
  bench.connect();
  bench.round(telemetry("a"));
  CHECK(bench.store.commits == 0);
  CHECK(bench.wait == core::Millis{500});
  SUBCASE("its time comes") {
    bench.later(core::Millis{500});
    CHECK(bench.published() == Texts{"a|1<0"});
  }
  SUBCASE("an alert comes") {
    bench.round(alert("x"));
    CHECK(bench.store.commits == 1);
    CHECK(bench.published() == Texts{"x|1<0", "a|1<0"});
  }
}

TEST_CASE("an acknowledgement causes no commit; it is flushed after 10 s or goes with the next round") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"));
  bench.broker.acks(bench.broker.sent[0].token);
  bench.round();
  CHECK(bench.store.acks.size() == 1);
  CHECK(bench.store.commits == 1);
  CHECK(bench.store.flushes == 0);
  SUBCASE("alone") {
    bench.later(core::Millis{9999});
    CHECK(bench.store.flushes == 0);
    bench.later(core::Millis{1});
    CHECK(bench.store.flushes == 1);
    bench.later(core::Seconds{60});
    CHECK(bench.store.flushes == 1);
  }
  SUBCASE("with the next round") {
    bench.round(telemetry("b"));
    bench.later(core::Seconds{20});
    CHECK(bench.store.flushes == 0);
  }
}

TEST_CASE("never more is in flight than the window, nor than the broker's receive maximum") {
  Bench bench;
  bench.options.window = 3;
  SUBCASE("window") { bench.connect(); }
  SUBCASE("receive maximum") {
    bench.options.window = 100;
    bench.connect(0, 3);
  }
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"), telemetry("d"), telemetry("e"));
  CHECK(bench.published().size() == 3);
  bench.broker.acks(bench.broker.sent[0].token);
  bench.round();
  CHECK(bench.published() == Texts{"a|1<0", "b|2<1", "c|3<2", "d|4<3"});
  bench.broker.acks(bench.broker.sent[0].token);  // the same answer twice frees nothing
  bench.round();
  CHECK(bench.published().size() == 4);
}

TEST_CASE("alerts go before gaps, gaps before telemetry; streams of a priority take turns") {
  Bench bench;
  bench.options.window = 7;
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"), message("heat", Kind::telemetry, "h"),
              message("node", Kind::gap, "g"), alert("x"), message("flood", Kind::event, "e"));
  bench.connect();
  const Texts sent = bench.published();
  REQUIRE(sent.size() == 7);
  CHECK(std::set<std::string>(sent.begin(), sent.begin() + 2) == std::set<std::string>{"x|1<0", "e|1<0"});
  CHECK(sent[2] == "g|1<0");
  const auto heat = std::find(sent.begin(), sent.end(), "h|1<0") - sent.begin();
  CHECK(heat <= 4);  // not after all of water
  CHECK(sent.back() == "c|3<2");
}

TEST_CASE("a Gap goes at once, those after it together 10 s later, so that the store can make one of them") {
  Bench bench;
  const auto gap = [](const std::string& text) { return message("water", Kind::gap, text); };
  SUBCASE("one after the other") {
    bench.connect();
    bench.round(gap("g"));
    CHECK(bench.published() == Texts{"g|1<0"});
    bench.round(gap("h"), telemetry("t"));
    bench.later(core::Millis{9'999});
    CHECK(bench.published() == Texts{"g|1<0", "t|1<0"});
    bench.round(gap("i"));
    bench.later(core::Millis{1});
    CHECK(bench.published() == Texts{"g|1<0", "t|1<0", "h|2<1", "i|3<2"});
  }
  SUBCASE("the end of the agent waits for nothing") {
    bench.connect();
    bench.round(gap("g"));
    bench.round(gap("h"));
    CHECK(bench.published() == Texts{"g|1<0"});
    bench.rounds().begin_stop();
    bench.round(gap("i"));
    CHECK(bench.published() == Texts{"g|1<0", "h|2<1", "i|3<2"});
  }
  SUBCASE("a backlog of them waits for nothing, nor do those that a connection took with it") {
    bench.broker.accepts = true;
    bench.round(gap(std::string(30'000, 'a')), gap(std::string(30'000, 'b')), gap(std::string(30'000, 'c')));
    bench.connect();
    for (int round = 0; round < 5; ++round) bench.round();
    CHECK(bench.published().size() == 3);
    bench.broker.accepts = false;
    bench.later(core::Seconds{10});
    bench.round(gap("d"));
    CHECK(bench.published().size() == 4);
    bench.broker.breaks();
    bench.round();
    while (bench.broker.attempts == 1) bench.later(core::Millis{500});
    bench.broker.opens();
    bench.round();
    CHECK(bench.published() == Texts{"d|4<3"});
  }
}

TEST_CASE("a seal says what UTC its boot began at, as soon as that is known") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"));
  bench.round(core::BootFact{5, core::Micros{123}, core::ClockState::synced}, telemetry("b"));
  CHECK(bench.published() == Texts{"a|1<0", "b|2<1@123"});
}

TEST_CASE("what is larger than allowed is set aside before it is sent, and the rest goes on") {
  Bench bench;
  std::uint64_t broker_maximum = 0;
  SUBCASE("by our maximum") { bench.options.max_message = 20; }
  SUBCASE("by the broker's, which counts the whole packet") { broker_maximum = 70; }
  bench.connect(broker_maximum);
  bench.round(telemetry("a"), telemetry(std::string(40, 'x')), telemetry("c"));
  CHECK(bench.published() == Texts{"a|1<0", "c|3<2"});
  CHECK(bench.store.aside == Texts{"water/2 too large"});
}

TEST_CASE("what is in flight fits into the socket's buffer, whatever the window; a larger message goes alone") {
  Bench bench;
  bench.connect();
  const auto ack_all = [&bench] {
    for (const FakeUplink::Sent& sent : bench.broker.taken()) bench.broker.acks(sent.token);
    bench.round();
  };
  SUBCASE("telemetry") {
    for (int i = 0; i < 10; ++i) bench.round(telemetry(std::string(12'000, 'x')));
    CHECK(bench.published().size() == 2);
    CHECK(bench.wait > core::Nanos::zero());
    ack_all();
    CHECK(bench.published().size() == 2);
  }
  SUBCASE("larger than all") {
    for (int i = 0; i < 3; ++i) bench.round(telemetry(std::string(50'000, 'x')));
    CHECK(bench.published().size() == 1);
    ack_all();
    CHECK(bench.published().size() == 1);
  }
  SUBCASE("retained ones count as well, and hold up nothing for good") {
    bench.round(slot("s", std::string(20'000, 's')), slot("t", std::string(20'000, 't')), alert("x"));
    CHECK(bench.broker.sent.size() == 1);
    ack_all();
    REQUIRE(bench.broker.sent.size() == 2);
    CHECK((bench.broker.sent[0].topic == "t" || bench.broker.sent[1].topic == "t"));
    CHECK(bench.published() == Texts{"x|1<0"});
  }
  SUBCASE("a large alert is not overtaken by small telemetry for good") {
    bench.round(telemetry(std::string(25'000, 'x')));
    bench.round(alert(std::string(30'000, 'a')));
    CHECK(bench.published().size() == 1);
    for (int i = 0; i < 3; ++i) bench.round(telemetry("t"));
    CHECK(bench.published().size() == 1);
    ack_all();
    REQUIRE_FALSE(bench.published().empty());
    CHECK(bench.published()[0].starts_with("aaa"));
  }
  SUBCASE("one that was set aside takes no room, nor what was in flight on an earlier connection") {
    bench.round(telemetry(std::string(30'000, 'x')));
    bench.broker.refuses(bench.broker.taken()[0].token, 149);
    bench.round(telemetry(std::string(30'000, 'y')));
    CHECK(bench.published().size() == 1);
    bench.broker.breaks();
    bench.round();
    while (bench.broker.attempts == 1) bench.later(bench.wait);
    bench.broker.opens();
    bench.round(alert(std::string(20'000, 'a')));
    CHECK(bench.published().size() == 1);
  }
}

TEST_CASE("streams that share the room have equal parts of it, however large their messages are") {
  Bench bench;
  bench.connect();
  for (int i = 0; i < 60; ++i) {
    bench.round(message("water", core::Kind::telemetry, "w" + std::string(30'000, 'x')),
                message("heat", core::Kind::telemetry, "h" + std::string(3'000, 'x')),
                message("gas", core::Kind::telemetry, "g" + std::string(11'000, 'x')));
  }
  std::map<char, int> counts;
  std::size_t answered = 0;
  // One answer a round, as a broker gives them.
  for (int i = 0; i < 90; ++i) {
    REQUIRE(answered < bench.broker.sent.size());
    ++counts[bench.broker.sent[answered].payload[0]];
    bench.broker.acks(bench.broker.sent[answered++].token);
    bench.round();
  }
  for (const char stream : {'w', 'h', 'g'}) {
    CAPTURE(stream);
    CHECK(counts[stream] >= 25);
  }
}

TEST_CASE("states that change all the time do not keep an alert back") {
  Bench bench;
  bench.connect();
  const std::string large(15'000, 's');
  bench.round(slot("s", large), slot("t", large), slot("u", large));
  bench.round(alert("x"));
  std::size_t answered = 0;
  for (int i = 0; i < 6 && bench.published().empty(); ++i) {
    REQUIRE(answered < bench.broker.sent.size());
    bench.broker.acks(bench.broker.sent[answered++].token);
    bench.round(slot("s", large), slot("t", large), slot("u", large));
  }
  CHECK(bench.published() == Texts{"x|1<0"});
}

TEST_CASE("delivery is behind while the broker takes less than is stored, not while there is none") {
  Bench bench;
  bench.options.window = 2;
  bench.connect();
  bench.round(telemetry("a"));
  CHECK_FALSE(bench.rounds().behind());
  for (int i = 0; i < 12; ++i) bench.round(telemetry("b"));
  CHECK(bench.rounds().behind());
  bench.broker.breaks();
  bench.round();
  CHECK_FALSE(bench.rounds().behind());
}

TEST_CASE("a refused stream does not count as delivery that is behind") {
  Bench bench;
  bench.options.window = 2;
  bench.connect();
  bench.round(telemetry("a"));
  bench.broker.refuses(bench.broker.sent.back().token, 135);
  for (int i = 0; i < 12; ++i) bench.round(telemetry("b"));
  CHECK_FALSE(bench.rounds().behind());
}

TEST_CASE("a store that cannot be read is tried again") {
  Bench bench;
  bench.connect();
  bench.store.read_error = core::Error{core::ErrorCode::retry, "I/O error"};
  bench.round(telemetry("a"));
  bench.later(core::Seconds{1});
  CHECK(bench.store.reads == 2);
  bench.store.read_error.reset();
  bench.later(core::Seconds{1});
  CHECK(bench.published() == Texts{"a|1<0"});
}

TEST_CASE("a new epoch starts all streams anew, and answers to the old one count for nothing") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"));
  const std::uint64_t old = bench.broker.sent[0].token;
  bench.store.begin_epoch(78);
  bench.round(telemetry("c"));
  CHECK(bench.published() == Texts{"a|1<0", "b|2<1", "c|1<0"});
  bench.broker.acks(old);
  bench.round();
  CHECK(bench.store.acks.empty());
  bench.broker.acks(bench.broker.sent[2].token);
  bench.round();
  CHECK(bench.store.acks.size() == 1);
}

TEST_CASE("what the quota dropped after it was read ahead is not published") {
  Bench bench;
  bench.options.window = 1;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"));
  std::erase_if(bench.store.rows, [](const outbox::Row& row) { return row.sequence == 2; });
  bench.store.dropped = 10;
  bench.round(telemetry("d"));
  bench.broker.acks(bench.broker.sent[0].token);
  bench.round();
  CHECK(bench.published() == Texts{"a|1<0", "c|3<2"});
}

}  // namespace
}  // namespace afferent::test
