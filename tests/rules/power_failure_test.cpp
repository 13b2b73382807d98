// What takes hours is not lost with the power: no run here ends in order.
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr double kHour = 3600;
using States = std::map<std::string, core::StateChange>;

// One run of the gateway, from one time to another on a clock that always goes right; what the store holds after it.
class Run {
 public:
  Run(const rules::RuleSetup& setup, const States& states, double from, std::uint64_t boot) : bench(setup) {
    const core::Nanos uptime = core::Seconds(5);
    const core::Nanos late = core::Nanos(static_cast<std::int64_t>(from * 1e9));
    bench.boot_at_zero = uptime - late;
    bench.utc_offset += std::chrono::duration_cast<core::Micros>(late - uptime);
    bench.out.states = states;
    REQUIRE(bench.restore(states, from, boot).ok());
    bench.tick(from);
  }
  // What has been told until then, while the device speaks every so often, first at `first`.
  std::size_t told(double until, double first = 1e12, double every = 1e12, double value = 1.0) {
    for (double t = first; t < until; t += every) {
      bench.run_until(t);
      bench.say(t, value);
    }
    bench.run_until(until);
    return bench.out.alerts.size();
  }
  Bench bench;
};

rules::RuleSetup silent(double hours) { return rule("silent", table({{"after", number(hours * kHour)}}), ""); }

}  // namespace

TEST_CASE("a rise over hours is seen over power failures") {
  const auto setup = rule("rate", table({{"rise", number(10)}, {"per", number(12 * kHour)}}));
  States states;
  std::uint64_t boot = 1;
  std::string story;
  for (double from = 0; from < 12 * kHour; from += 3 * kHour) {
    Run run(setup, states, from, ++boot);
    for (double t = from + 60; t < from + 2.9 * kHour; t += 300) {
      run.bench.run_until(t);
      run.bench.say(t, t / kHour);
    }
    story += run.bench.out.story();
    states = run.bench.out.states;
  }
  CHECK(story.starts_with("raised yellow"));
}

TEST_CASE("a short rate is saved at the end only, and believed once") {
  const auto setup = rule("rate", table({{"rise", number(10)}, {"per", number(1800)}}));
  Run run(setup, {}, 0, 2);
  run.told(3 * kHour, 60, 60);
  CHECK(run.bench.out.states.empty());
}

TEST_CASE("a silence of a day is told though the power fails every night") {
  const auto setup = silent(24);
  States states;
  std::uint64_t boot = 1;
  double told_at = 0;
  for (double night = 0; night < 4 && told_at == 0; ++night) {
    Run run(setup, states, night * 24 * kHour + 600, ++boot);
    // It falls silent at noon of the first day.
    if (night == 0) run.told(12 * kHour, 1200, 900);
    if (run.told((night + 1) * 24 * kHour) > 0) {
      told_at = static_cast<double>(run.bench.out.alerts[0].last.utc.count() - 1'790'000'000'000'000) / 1e6 / kHour;
    }
    states = run.bench.out.states;
  }
  CHECK(told_at >= 36.0);
  CHECK(told_at <= 38.0);
}

TEST_CASE("who speaks often enough is not said to be silent, whenever the power fails") {
  for (const double every : {900.0, 5 * kHour, 11.5 * kHour}) {
    CAPTURE(every);
    const auto setup = silent(24);
    States states;
    std::uint64_t boot = 1;
    double word = 100;
    for (double from = 0; from < 400 * kHour;) {
      const double until = from + 1800 + static_cast<double>(boot * 7 % 31) * kHour;
      Run run(setup, states, from, ++boot);
      CHECK(run.told(until, word, every) == 0);
      states = run.bench.out.states;
      from = until + 300;
      while (word < from) word += every;  // those in between are lost
    }
  }
}

TEST_CASE("what was saved of a silence is put right by the first word after it") {
  const auto setup = silent(25);
  Run first(setup, {}, 0, 2);
  CHECK(first.told(23.9 * kHour, 60, 1e12) == 0);
  CHECK_FALSE(first.bench.out.states.empty());
  CHECK(first.told(24.2 * kHour, 24 * kHour, 1e12) == 0);
  Run second(setup, first.bench.out.states, 24.3 * kHour, 3);
  CHECK(second.told(48.2 * kHour, 48 * kHour, 1e12) == 0);  // nothing was heard for 24 h
  // The alert too is over for good when it ends.
  CHECK(second.told(74 * kHour) == 1);
  CHECK(second.told(74.2 * kHour, 74.1 * kHour, 1e12) == 2);
  Run third(setup, second.bench.out.states, 74.3 * kHour, 4);
  CHECK(third.told(98 * kHour) == 0);
}

TEST_CASE("who speaks often costs no write, and who is heard seldom few") {
  Run often(silent(24), {}, 0, 2);
  often.told(10 * kHour, 60, 60);
  CHECK(often.bench.out.writes == 0);
  Run seldom(silent(24), {}, 0, 2);
  seldom.told(24 * 10 * kHour, 60, 6 * kHour);
  CHECK(seldom.bench.out.writes > 0);
  CHECK(seldom.bench.out.writes <= 24 * 10);
}
