// Connection, refusals, slots, reports.
#include <doctest/doctest.h>

#include "tests/uplink/fakes.h"

namespace afferent::test {
namespace {

using core::Kind;
using Texts = std::vector<std::string>;

TEST_CASE("attempts come at growing intervals up to the maximum, each with a session of its own in the will") {
  Bench bench;
  bench.options.backoff_max = core::Seconds{8};
  bench.round();
  CHECK(bench.broker.attempts == 1);
  CHECK(bench.broker.will_topic == "afferent/v1/node/status/n1/31/07");
  const std::string first_will = bench.broker.will_payload;
  std::vector<core::Nanos> pauses;
  for (int i = 0; i < 12; ++i) {
    const int before = bench.broker.attempts;
    bench.broker.fails("cannot reach broker");
    const core::Nanos start = bench.clock.stamp.boot;
    bench.round();
    CHECK(bench.wait > core::Nanos::zero());
    while (bench.broker.attempts == before) bench.later(bench.wait);
    pauses.push_back(bench.clock.stamp.boot - start);
  }
  CHECK(pauses.front() >= core::Millis{500});
  CHECK(pauses.front() <= core::Seconds{1});
  CHECK(pauses.back() >= core::Seconds{4});
  CHECK(*std::max_element(pauses.begin(), pauses.end()) <= core::Seconds{8});
  CHECK(bench.broker.will_payload != first_will);
  CHECK(bench.reports.back().trouble == "cannot reach broker");
}

TEST_CASE("a broker that lets us in and throws us out at once is not hammered") {
  Bench bench;
  bench.options.backoff_max = core::Seconds{60};
  bench.connect();
  core::Nanos pause{};
  for (int i = 0; i < 8; ++i) {
    bench.broker.breaks();
    const int before = bench.broker.attempts;
    const core::Nanos start = bench.clock.stamp.boot;
    bench.round();
    while (bench.broker.attempts == before) bench.later(bench.wait);
    pause = bench.clock.stamp.boot - start;
    bench.broker.opens();
    bench.round();
  }
  CHECK(pause > core::Seconds{10});
}

TEST_CASE("after a reconnect everything unacknowledged is offered again, from the oldest on, in order") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"), telemetry("d"));
  bench.broker.acks(bench.broker.sent[0].token);
  bench.broker.acks(bench.broker.sent[2].token);
  bench.round();
  bench.broker.breaks();
  bench.round(telemetry("e"));
  CHECK(bench.published().empty());
  while (bench.broker.attempts == 1) bench.later(bench.wait);
  bench.broker.opens();
  bench.round();
  CHECK(bench.published() == Texts{"b|2<1"});
  bench.broker.acks(bench.broker.taken()[0].token);
  bench.round();
  CHECK(bench.published() == Texts{"d|4<3", "e|5<4"});
  for (const FakeUplink::Sent& sent : bench.broker.taken()) bench.broker.acks(sent.token);
  bench.round(telemetry("f"));
  CHECK(bench.published() == Texts{"f|6<5"});
}

TEST_CASE("a refused stream stops and is retried from the refused message, one at a time; others go on") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"), alert("x"));
  for (const FakeUplink::Sent& sent : bench.broker.taken()) {
    if (sent.payload == "x|1<0") {
      bench.broker.acks(sent.token);
    } else {
      bench.broker.refuses(sent.token, 135);
    }
  }
  bench.round(alert("y"), telemetry("d"));
  CHECK(bench.published() == Texts{"y|2<1"});
  CHECK(bench.reports.back().trouble == "stream water/telemetry is refused: not authorized (135)");
  CHECK(bench.log.contains("not authorized (135)"));
  bench.broker.taken();
  bench.later(core::Millis{999});
  CHECK(bench.published().empty());
  bench.later(core::Millis{1});
  CHECK(bench.published() == Texts{"a|1<0"});

  SUBCASE("refused again: the pause doubles") {
    bench.broker.refuses(bench.broker.taken()[0].token, 151);
    bench.round();
    CHECK(bench.reports.back().trouble == "stream water/telemetry is refused: quota exceeded (151)");
    bench.later(core::Millis{1999});
    CHECK(bench.published().empty());
    bench.later(core::Millis{1});
    CHECK(bench.published() == Texts{"a|1<0"});
  }
  SUBCASE("accepted: the window opens again and the trouble is over") {
    bench.broker.acks(bench.broker.taken()[0].token);
    bench.round();
    CHECK(bench.published() == Texts{"b|2<1", "c|3<2", "d|4<3"});
    bench.later(core::Seconds{1});
    CHECK(bench.reports.back().trouble.empty());
  }
  SUBCASE("a reconnect in between loses nothing, and a probe that went with the connection counts as refused") {
    bench.broker.breaks();
    bench.round();
    while (bench.broker.attempts == 1) bench.later(bench.wait);
    bench.broker.opens();
    bench.round();
    CHECK(bench.published() == Texts{"y|2<1"});
    bench.broker.acks(bench.broker.taken()[0].token);
    bench.later(core::Millis{1999});
    CHECK(bench.published().empty());
    bench.later(core::Millis{1});
    CHECK(bench.published() == Texts{"a|1<0"});
  }
}

TEST_CASE("a refused stream waits for what is still in flight, and what was taken meanwhile is not sent twice") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"));
  const auto sent = bench.broker.taken();
  bench.broker.refuses(sent[0].token, 131);
  bench.later(core::Seconds{5});
  bench.later(core::Seconds{5});
  CHECK(bench.published().empty());
  bench.broker.acks(sent[1].token);
  bench.broker.refuses(sent[2].token, 131);
  bench.round();
  bench.later(core::Seconds{1});
  CHECK(bench.published() == Texts{"c|3<2"});
  bench.broker.acks(bench.broker.taken()[0].token);
  bench.round();
  CHECK(bench.published() == Texts{"a|4<3"});
}

TEST_CASE("a message that the broker finds too large or malformed is set aside and the stream goes on") {
  Bench bench;
  bench.options.window = 1;
  bench.connect();
  bench.round(telemetry("a"), telemetry("b"), telemetry("c"));
  bench.broker.refuses(bench.broker.sent[0].token, 149);
  bench.round();
  bench.broker.refuses(bench.broker.sent[1].token, 153);
  bench.round();
  CHECK(bench.store.aside == Texts{"water/1 too large", "water/2 payload format invalid (153)"});
  CHECK(bench.published() == Texts{"a|1<0", "b|2<1", "c|3<2"});
  CHECK_FALSE(bench.log.contains("too large"));  // the store says it
}

TEST_CASE("the last of each retained topic is published, again on every connection, outside the window") {
  Bench bench;
  bench.options.window = 1;
  bench.round(slot("s", "1"), slot("t", "1"), slot("s", "2"), telemetry("a"), telemetry("b"));
  bench.connect();
  REQUIRE(bench.broker.sent.size() == 3);
  CHECK(bench.broker.sent[0].topic == "s");
  CHECK(bench.broker.sent[0].payload == "2");
  CHECK(bench.broker.sent[0].retained);
  CHECK(bench.broker.sent[1].topic == "t");
  CHECK(bench.broker.sent[2].payload == "a|1<0");
  const auto earlier = bench.broker.taken();
  bench.round();
  CHECK(bench.broker.sent.empty());
  bench.round(slot("s", "3"));
  REQUIRE(bench.broker.sent.size() == 1);
  for (const FakeUplink::Sent& sent : earlier) bench.broker.acks(sent.token);
  bench.broker.acks(bench.broker.taken()[0].token);
  bench.round();
  bench.broker.taken();
  bench.broker.breaks();
  bench.round();
  while (bench.broker.attempts == 1) bench.later(bench.wait);
  bench.broker.opens();
  bench.round();
  REQUIRE(bench.broker.sent.size() == 3);
  CHECK(bench.broker.sent[0].payload == "3");
}

TEST_CASE("a refused retained topic is told and does not hold up the rest") {
  Bench bench;
  bench.round(slot("s", "1"));
  bench.connect();
  bench.broker.refuses(bench.broker.taken()[0].token, 135);
  bench.round(telemetry("a"));
  CHECK(bench.published() == Texts{"a|1<0"});
  CHECK(bench.reports.back().trouble == "topic s is refused: not authorized (135)");
  bench.broker.taken();
  bench.round(slot("s", "2"));
  CHECK(bench.broker.sent.empty());

  bench.later(core::Seconds{1});
  REQUIRE_FALSE(bench.broker.sent.empty());
  CHECK(bench.broker.sent.back().payload == "2");
  bench.broker.acks(bench.broker.sent.back().token);
  bench.round();
  bench.later(core::Seconds{1});
  CHECK(bench.reports.back().trouble.empty());
}

// As Mosquitto 2.0.11 does it when more was under way: the refusal goes down with the connection.
TEST_CASE("a broker that closes the connection instead of refusing gets all but what it does not want") {
  Bench bench;
  bench.options.backoff_max = core::Seconds{1};
  bench.round(slot("unwanted", "1"), slot("wanted", "1"), alert("unwanted"), telemetry("t1"), telemetry("t2"));
  int given = 2;
  int connections = 0;
  std::vector<std::string> arrived;
  std::uint64_t wanted_slots = 0;
  for (int second = 0; second < 300; ++second) {
    bench.round(telemetry("t" + std::to_string(++given)));
    if (bench.broker.attempts > connections) {
      connections = bench.broker.attempts;
      bench.broker.opens();
      bench.round();
    }
    for (bool served = true; served && bench.broker.up;) {
      const auto sent = bench.broker.taken();
      served = !sent.empty();
      for (const FakeUplink::Sent& one : sent) {
        if (one.payload.starts_with("unwanted") || one.topic == "unwanted") {
          bench.broker.events.clear();  // its answers to what came before are lost as well
          bench.broker.breaks();
          break;
        }
        if (one.retained) {
          ++wanted_slots;
        } else if (arrived.empty() || std::stoi(one.payload.substr(1)) > std::stoi(arrived.back().substr(1))) {
          arrived.push_back(one.payload);
        }
        bench.broker.acks(one.token);
      }
      bench.round();
    }
    bench.later(core::Seconds{1});
  }
  CHECK(wanted_slots > 0);
  CHECK(arrived.size() > 250);
  for (std::size_t index = 0; index < arrived.size(); ++index) {
    CHECK(arrived[index] ==
          "t" + std::to_string(index + 1) + "|" + std::to_string(index + 1) + "<" + std::to_string(index));
  }
  CHECK(connections < 40);
}

TEST_CASE("a new connection is reported at once and once, counters at most once a second") {
  Bench bench;
  bench.connect();
  const auto announced = [&] {
    return std::count_if(bench.reports.begin(), bench.reports.end(),
                         [](const core::DeliveryReport& report) { return report.connected_now; });
  };
  CHECK(announced() == 1);
  CHECK(bench.reports.back().connected);
  CHECK(bench.reports.back().mqtt5);
  CHECK(bench.reports.back().session != 0);
  CHECK(bench.broker.will_payload == "gone " + std::to_string(bench.reports.back().session));
  const std::size_t before = bench.reports.size();
  for (int i = 0; i < 5; ++i) bench.round(telemetry("a"));
  CHECK(bench.reports.size() == before);
  CHECK(bench.wait <= core::Seconds{1});
  bench.broker.acks(bench.broker.sent[0].token);
  bench.later(core::Seconds{1});
  REQUIRE(bench.reports.size() == before + 1);
  const core::DeliveryReport& report = bench.reports.back();
  CHECK(report.committed_readings == 50);
  CHECK(report.delivered_readings == 10);
  CHECK(report.delivered_messages == 1);
  CHECK(report.backlog_messages == 4);
  CHECK(report.next_sequence.at("water/telemetry") == 6);
  CHECK(report.epoch == 77);
  bench.later(core::Seconds{5});
  CHECK(bench.reports.size() == before + 1);
  CHECK(announced() == 1);
}

}  // namespace
}  // namespace afferent::test
