// The kinds `anomaly`, `onset` and `leak`: alerts, what does not raise, and what they keep over a restart.
#include <cmath>
#include <limits>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using test::Bench;
using test::number;
using test::rule;

namespace {

constexpr double kHour = 3600.0;
constexpr double kDay = 24 * kHour;

rules::RuleSetup onset(double rise) { return rule("onset", test::table({{"rise", number(rise)}})); }
rules::RuleSetup leak() { return rule("leak", test::table({}), "level"); }
rules::RuleSetup anomaly() { return rule("anomaly", test::table({})); }

// A household in litres an hour: nothing at night, meals and showers by day, and now and then washing.
double household(int hour) {
  const int of_day = hour % 24;
  if (of_day < 6 || of_day == 23) return 0.0;
  return (hour * 7919 + hour / 24 * 104729) % 5 == 0 ? 0.0 : 5.0 + (hour * 31) % 60;
}

void live(Bench& bench, int from, int to, double leaking = 0.0) {
  for (int hour = from; hour < to; ++hour) bench.say(hour * kHour, household(hour) + leaking);
}

double wave(int step) { return 50.0 + 30.0 * std::sin(2 * 3.14159265 * step / 288.0) + (step * 7919 % 101) / 50.0; }

}  // namespace

TEST_CASE("onset: water that rises and stays up is told within hours, and when it is over") {
  Bench bench(onset(0.2));
  int step = 0;
  for (; step < 48 * 4; ++step) bench.say(step * 1800.0, 0.5 + 0.02 * (step % 3));
  CHECK(bench.out.alerts.empty());
  const int begin = step;
  for (; step < begin + 16; ++step) bench.say(step * 1800.0, 1.0);
  CHECK(bench.out.story() == "raised yellow");
  const core::Alert& alert = bench.out.alerts.front();
  CHECK(core::Nanos(alert.first.boot - bench.at(begin * 1800.0).boot) <= std::chrono::hours(8));
  CHECK(alert.sentence.find("has risen by") != std::string::npos);
  for (; step < begin + 48 * 4; ++step) bench.say(step * 1800.0, 0.5);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("onset: spikes and an afternoon in the sun do not raise") {
  Bench bench(onset(0.2));
  for (int step = 0; step < 48 * 30; ++step) {
    const int of_day = step % 48;
    const double sun = of_day >= 26 && of_day < 36 ? 0.5 : 0.0;
    const double spike = step % 97 == 0 ? 3.0 : 0.0;
    bench.say(step * 1800.0, 0.3 + sun + spike);
  }
  CHECK(bench.out.story().empty());
}

TEST_CASE("onset: a rise that came while the gauge was silent is not taken for one that was seen") {
  Bench bench(onset(0.2));
  for (int step = 0; step < 48 * 4; ++step) bench.say(step * 1800.0, 0.5);
  for (int step = 0; step < 20; ++step) bench.say(10 * kDay + step * 1800.0, 1.5);
  CHECK(bench.out.story().empty());
}

TEST_CASE(
    "leak: a small flow that never rests is told within a day, of a meter known for short within two, and its end") {
  for (const auto& [known, within] : {std::pair{90, 25}, std::pair{60, 49}}) {
    CAPTURE(known);
    Bench bench(leak());
    live(bench, 0, 24 * known);
    CHECK(bench.out.story().empty());
    live(bench, 24 * known, 24 * (known + 3), 5.0);
    REQUIRE(bench.out.story().find("raised yellow") == 0);
    CHECK(core::Nanos(bench.out.alerts.front().first.boot - bench.at(known * kDay).boot) <= std::chrono::hours(within));
    live(bench, 24 * (known + 3), 24 * (known + 5));
    CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
  }
}

TEST_CASE("leak: a day without rest, as there were some before, is not told, two days are") {
  Bench bench(leak());
  constexpr int kOften = 30;  // days between such days
  for (int day = 0; day < 150; ++day) {
    for (int hour = day * 24; hour < day * 24 + 24; ++hour) {
      bench.say(hour * kHour, household(hour) + (day % kOften == kOften - 1 ? 5.0 : 0.0));
    }
    if (day == kOften - 1) bench.out.alerts.clear();
  }
  CHECK(bench.out.story().empty());
  live(bench, 24 * 150, 24 * 153, 5.0);
  CHECK(bench.out.story().find("raised yellow") == 0);
}

TEST_CASE("leak: it is told with what runs all the time, and a constant one does not get worse") {
  constexpr double kLeak = 6.0;
  Bench bench(leak());
  live(bench, 0, 24 * 90);
  for (int hour = 24 * 90; hour < 24 * 100; ++hour) {
    bench.say(hour * kHour, household(hour) + kLeak + 0.5 * (hour * 7919 % 11) / 10.0);  // it sways a little
  }
  CHECK(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts.front().value == doctest::Approx(kLeak).epsilon(0.08));
  live(bench, 24 * 100, 24 * 104, 2 * kLeak);  // when 48 hours have this much, it has grown
  REQUIRE(bench.out.story() == "raised yellow, updated yellow");
  CHECK(bench.out.alerts.back().value == doctest::Approx(2 * kLeak));
}

TEST_CASE("leak: a burst is told within hours") {
  Bench bench(leak());
  live(bench, 0, 24 * 60);
  live(bench, 24 * 60, 24 * 60 + 5, 900.0);
  CHECK(bench.out.story().find("raised yellow") == 0);
}

TEST_CASE("leak: the first use of an empty dwelling that does not rest is told within a day, however even it is") {
  for (const double flow : {500.0, 20.0, 5.0, 20.3}) {
    CAPTURE(flow);
    Bench bench(leak());
    int hour = 0;
    for (; hour < 24 * 25; ++hour) bench.say(hour * kHour, 0.0);
    for (; hour < 24 * 26; ++hour) bench.say(hour * kHour, flow);
    CHECK(bench.out.story().find("raised yellow") == 0);
  }
}

TEST_CASE("leak: coming home to an empty dwelling is not told") {
  Bench bench(leak());
  for (int hour = 0; hour < 24 * 25; ++hour) bench.say(hour * kHour, 0.0);
  live(bench, 24 * 25, 24 * 50);
  CHECK(bench.out.story().empty());
}

TEST_CASE("leak: one wild value hides no later leak") {
  for (const int wild : {0, 10, 300}) {  // which hour
    CAPTURE(wild);
    Bench bench(leak());
    live(bench, 0, wild);
    bench.say(wild * kHour, 99'999'999.0);
    live(bench, wild + 1, 24 * 60);
    CHECK(bench.out.story().empty());
    live(bench, 24 * 60, 24 * 62 + 1, 5.0);
    CHECK(bench.out.story().find("raised yellow") == 0);
  }
}

TEST_CASE("leak: it may come with finer steps than the use before it") {
  Bench bench(leak());
  live(bench, 0, 24 * 60);
  for (int hour = 24 * 60; hour < 24 * 62 + 1; ++hour) {
    bench.say(hour * kHour, household(hour) + 10.0 + 0.1 * ((hour * 7) % 10));
  }
  CHECK(bench.out.story().find("raised yellow") == 0);
}

TEST_CASE("leak: averages filled into a gap are not use") {
  Bench bench(leak());
  live(bench, 0, 24 * 60);
  for (int hour = 24 * 60; hour < 24 * 62; ++hour) bench.say(hour * kHour, 7.96);
  live(bench, 24 * 62, 24 * 70);
  CHECK(bench.out.story().empty());
}

TEST_CASE("leak: missing data is not use") {
  Bench bench(leak());
  live(bench, 0, 24 * 60);
  // Only hours in which somebody draws water arrive.
  for (int hour = 24 * 60; hour < 24 * 80; hour += 24) {
    for (int noon = 11; noon < 14; ++noon) bench.say((hour + noon) * kHour, 20.0);
  }
  CHECK(bench.out.story().empty());
}

TEST_CASE("anomaly: a spike that was never there before is told, the daily course is not") {
  Bench bench(anomaly());
  for (int step = 0; step < 288 * 14; ++step) bench.say(step * 300.0, wave(step));
  CHECK(bench.out.alerts.size() <= 2);
  const std::size_t before = bench.out.alerts.size();
  for (int step = 288 * 14; step < 288 * 14 + 20; ++step) bench.say(step * 300.0, 400.0);
  REQUIRE(bench.out.alerts.size() > before);
  CHECK(bench.out.alerts[before].state == core::AlertState::raised);
  for (int step = 288 * 14 + 20; step < 288 * 16; ++step) bench.say(step * 300.0, wave(step));
  CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
}

TEST_CASE("anomaly: nothing is told while it only learns") {
  Bench bench(anomaly());
  for (int step = 0; step < 280; ++step) bench.say(step * 300.0, step % 50 == 49 ? 1e6 : 10.0 + step % 3);
  CHECK(bench.out.story().empty());
}

TEST_CASE("detectors bear NaN, infinity, bad, late and repeated readings and clock steps") {
  for (const char* kind : {"anomaly", "onset", "leak"}) {
    CAPTURE(kind);
    Bench clean(kind == std::string("onset") ? onset(0.2) : rule(kind, test::table({})));
    Bench bench(kind == std::string("onset") ? onset(0.2) : rule(kind, test::table({})));
    for (int step = 0; step < 2000; ++step) {
      clean.say(step * 1800.0, 1.0 + step % 4);
      bench.say(step * 1800.0, 1.0 + step % 4);
      bench.say(step * 1800.0 + 1, std::numeric_limits<double>::quiet_NaN());
      bench.say(step * 1800.0 + 2, std::numeric_limits<double>::infinity());
      bench.say(step * 1800.0 + 3, core::Value::number(1e9), core::Quality::bad);
      bench.say(step * 1800.0 + 4, core::Value::number(1e9), core::Quality::good, true);
      bench.say(step * 1800.0 + 5, core::Value::text("high"));
    }
    CHECK(bench.out.story() == clean.out.story());
  }
}

TEST_CASE("anomaly: without a right clock the course of the day is not learned, and nothing is told of it") {
  Bench bench(anomaly());
  bench.clock = core::ClockState::unsynced;
  for (int step = 0; step < 288 * 10; ++step) bench.say(step * 300.0, wave(step));
  CHECK(bench.out.story().empty());
}

TEST_CASE("what was learned is kept over a restart: the same is judged the same") {
  for (const char* kind : {"anomaly", "onset", "leak"}) {
    CAPTURE(kind);
    const auto setup = kind == std::string("onset") ? onset(0.2) : rule(kind, test::table({}));
    const auto value = [&](int step) {
      const bool odd = step >= 48 * 40;
      return kind == std::string("leak") ? household(step / 2) + (odd ? 900.0 : 0.0) : 1.0 + step % 4 + (odd ? 20 : 0);
    };
    Bench whole(setup);
    Bench first(setup);
    for (int step = 0; step < 48 * 39; ++step) {
      whole.say(step * 1800.0, value(step));
      first.say(step * 1800.0, value(step));
    }
    const double end = (48 * 39 - 1) * 1800.0;
    first.engine->close(first.at(end), first.out);
    REQUIRE(first.out.states.size() == 1);
    CHECK(first.out.states.begin()->second.bytes.size() <= 16 * 1024);

    Bench second(setup);
    REQUIRE(second.restore(first.out.states, end).ok());
    for (int step = 48 * 39; step < 48 * 41; ++step) {
      whole.say(step * 1800.0, value(step));
      second.say(step * 1800.0, value(step));
    }
    CHECK_FALSE(whole.out.alerts.empty());
    CHECK(second.out.story() == whole.out.story());
    CHECK(second.out.alerts.front().first.boot == whole.out.alerts.front().first.boot);
  }
}

TEST_CASE("damaged memory is refused and learning begins anew") {
  for (const char* kind : {"anomaly", "onset", "leak"}) {
    CAPTURE(kind);
    const auto setup = kind == std::string("onset") ? onset(0.2) : rule(kind, test::table({}));
    Bench first(setup);
    for (int step = 0; step < 500; ++step) first.say(step * 1800.0, 1.0 + step % 4);
    first.engine->close(first.at(500 * 1800.0), first.out);
    REQUIRE(first.out.states.size() == 1);
    for (const std::size_t keep : {std::size_t{0}, std::size_t{40}, std::size_t{300}}) {
      auto states = first.out.states;
      core::Bytes& bytes = states.begin()->second.bytes;
      bytes.resize(std::min(bytes.size() - 1, keep + 30));
      Bench second(setup);
      CHECK_FALSE(second.restore(states, 0).ok());
      for (int step = 0; step < 100; ++step) second.say(step * 1800.0, 1.0);
      CHECK(second.out.story().empty());
    }
  }
}

TEST_CASE("options of detectors are checked") {
  CHECK(test::refusal(rule("onset", test::table({}))).find("rise") != std::string::npos);
  CHECK(test::refusal(rule("anomaly", test::table({{"false_alarms", number(0)}}))).find("false_alarms") !=
        std::string::npos);
  CHECK(test::refusal(rule("leak", test::table({{"least", number(-1)}}))).find("least") != std::string::npos);
  CHECK(test::refusal(onset(0.2)) == "accepted");
}
