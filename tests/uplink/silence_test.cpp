// A broker that takes and acknowledges nothing more.
#include <doctest/doctest.h>

#include "tests/uplink/fakes.h"

namespace afferent::test {
namespace {

TEST_CASE("a broker that stops to acknowledge is told, and the connection made anew each minute until it answers") {
  Bench bench;
  bench.connect();
  bench.round(telemetry("a"), slot("state", "s"));
  for (const FakeUplink::Sent& sent : bench.broker.taken()) bench.broker.acks(sent.token);
  bench.round(telemetry("b"));
  bench.later(core::Seconds{30});
  bench.round(telemetry("c"));
  bench.later(core::Millis{29'999});
  CHECK(bench.broker.disconnects == 0);
  CHECK(bench.wait <= core::Millis{1});
  bench.later(core::Millis{1});
  REQUIRE(bench.broker.disconnects == 1);
  const std::string trouble = "broker b:1883 does not acknowledge what it is sent";
  CHECK(bench.reports.back().trouble == trouble + "; connected anew");
  CHECK_FALSE(bench.reports.back().connected);
  bench.broker.sent.clear();
  while (bench.broker.attempts == 1) bench.later(bench.wait);
  bench.broker.opens();
  bench.round();
  CHECK(bench.reports.back().connected);
  CHECK(bench.reports.back().trouble == trouble);
  for (const FakeUplink::Sent& sent : bench.broker.taken()) bench.broker.acks(sent.token);
  bench.round();
  CHECK(bench.reports.back().trouble.empty());
  bench.later(core::Seconds{59});
  CHECK(bench.broker.disconnects == 1);
}

TEST_CASE("a retained topic that is never acknowledged counts as well; silence with nothing to answer does not") {
  Bench bench;
  bench.connect();
  bench.later(core::Seconds{300});
  bench.round(slot("state", "1"));
  bench.later(core::Seconds{50});
  bench.round(slot("state", "2"));
  CHECK(bench.broker.disconnects == 0);
  bench.later(core::Seconds{10});
  CHECK(bench.broker.disconnects == 1);
}

}  // namespace
}  // namespace afferent::test
