#include "agent/io/retry.h"

#include <doctest/doctest.h>

#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;

TEST_CASE("pauses double up to the longest, and only a success that lasted begins anew") {
  io::Backoff backoff(100ms, 5s);
  for (const auto expected : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms})
    CHECK(backoff.next() == expected);
  backoff.opened(10s);
  backoff.closed(11s);
  CHECK(backoff.next() == 5s);
  backoff.opened(20s);
  backoff.closed(26s);
  CHECK(backoff.next() == 100ms);
}

TEST_CASE("with jitter a pause is between half and all of it, and pauses differ") {
  test::CountingRandom random;
  io::Backoff backoff(30s, 30s, &random);
  core::Nanos least = 60s;
  core::Nanos most{};
  for (int i = 0; i < 100; ++i) {
    const core::Nanos pause = backoff.next();
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  CHECK(least >= 15s);
  CHECK(most <= 30s);
  CHECK(most - least > 10s);
}

TEST_CASE("a trouble is said once until it changes or is over") {
  test::RecordingLog log;
  io::Reporter reporter(log, "port a");
  reporter.failed("refused");
  reporter.failed("refused");
  reporter.failed("unreachable");
  reporter.good("open");
  CHECK(reporter.trouble().empty());
  reporter.failed("unreachable");
  CHECK(log.lines == std::vector<std::string>{"warning port a: refused", "warning port a: unreachable",
                                              "info port a: open", "warning port a: unreachable"});
}
