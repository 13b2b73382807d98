#include <cmath>

#include "tests/rules/window_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("hours of the day are judged when they are over, in the node's time zone") {
  Bench bench = night(daily("rise", "above", 0.05, "02:00-04:00"));
  const double start = midnight(bench);
  double total = 10;
  double raised_at = 0;
  for (double t = start - 3600; t <= start + 86'400 * 2; t += 900) {
    const double hour = std::fmod(t - start + 86'400, 86'400) / 3600;
    const bool second_day = t > start + 43'200;
    total += hour >= 2 && hour < 4 && second_day ? 0.02 : hour >= 6 ? 0.1 : 0.0;
    bench.run_until(t);
    bench.say(t, total);
    if (raised_at == 0 && !bench.out.alerts.empty()) raised_at = t - start;
  }
  REQUIRE(bench.out.alerts.size() >= 1);
  CHECK(raised_at >= 86'400 + 2 * 3600);  // a rise that is too great is told within the hours already
  CHECK(raised_at <= 86'400 + 4 * 3600);
}

TEST_CASE("a small use of the night is told at its end even if no reading follows") {
  Bench bench = night(daily("rise", "below", 0.01, "22:00-06:00"));
  const double start = midnight(bench);
  for (double t = start - 3 * 3600; t <= start + 6 * 3600 - 60; t += 900) {
    bench.run_until(t);
    bench.say(t, 7.0);
  }
  CHECK(bench.out.alerts.empty());
  bench.run_until(start + 6 * 3600 + 3599);
  CHECK(bench.out.alerts.empty());
  bench.run_until(start + 7 * 3600 + 1);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("hours of the day rest while the clock is not right") {
  Bench bench = night(daily("rise", "below", 0.01, "00:00-24:00"));
  bench.clock = core::ClockState::unsynced;
  for (double t = 0; t <= 86'400 * 4; t += 900) {
    bench.run_until(t);
    bench.say(t, 7.0);
  }
  CHECK(bench.out.alerts.empty());
  bench.clock = core::ClockState::synced;
  for (double t = 86'400 * 4 + 900; t <= 86'400 * 7; t += 900) {
    bench.run_until(t);
    bench.say(t, 7.0);
  }
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a day with half of its readings missing is not judged") {
  Bench bench = night(daily("rise", "below", 0.01, "00:00-24:00"));
  const double start = midnight(bench);
  for (double t = start; t <= start + 3 * 86'400; t += 900) {
    bench.run_until(t);
    if (std::fmod(t - start, 86'400) < 43'200) bench.say(t, 7.0);
  }
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("an open day goes on after a restart") {
  const auto setup = daily("rise", "below", 0.01, "00:00-24:00");
  Bench before = night(setup);
  const double start = midnight(before);
  for (double t = start; t <= start + 43'200; t += 900) before.say(t, 7.0);
  before.engine->close(before.at(start + 43'200), before.out);
  Bench after = night(setup);
  REQUIRE(after.restore(before.out.states, start + 43'500).ok());
  for (double t = start + 44'100; t <= start + 86'400 + 900; t += 900) {
    after.run_until(t);
    after.say(t, 7.0);
  }
  CHECK(after.out.story() == "raised yellow");
}

TEST_CASE("each reading counts in one day, that at midnight in the day that begins") {
  Bench bench = night(daily("sum", "above", 23.5, "00:00-24:00"));
  const double start = midnight(bench);
  for (int hour = -3; hour <= 72; ++hour) bench.say(start + hour * 3600.0, 1.0);
  REQUIRE_FALSE(bench.out.alerts.empty());
  CHECK(bench.out.alerts[0].value == 24.0);
  CHECK(bench.out.story() == "raised yellow");  // and so on all days

  Bench most = night(daily("max", "above", 5, "00:00-24:00"));
  for (int hour = -3; hour <= 72; ++hour) most.say(start + hour * 3600.0, hour == 24 ? 9.0 : 1.0);
  REQUIRE(most.out.story() == "raised yellow, cleared yellow");
  CHECK(first_day(most, start) == 1);

  Bench count = night(daily("count", "above", 4.5, "02:00-04:00"));
  for (int half = 0; half <= 140; ++half) count.say(start + half * 1800.0, 1.0);  // 02:00, 02:30, 03:00 and 03:30
  CHECK(count.out.alerts.empty());
  Bench fewer = night(daily("count", "below", 3.5, "02:00-04:00"));
  for (int half = 0; half <= 140; ++half) fewer.say(start + half * 1800.0, 1.0);
  CHECK(fewer.out.alerts.empty());
}

TEST_CASE("how far readings may be apart shows in how far apart they are, unless somebody says so") {
  const auto hours = [](double every, core::ConfigNode::Table more) {
    auto setup =
        rule("window", table({{"measure", text("min")}, {"above", number(0.01)}, {"hours", text("02:00-05:00")}}));
    for (auto& [key, value] : more) std::get<core::ConfigNode::Table>(setup.options.data()).emplace(key, value);
    Bench bench = night(std::move(setup));
    const double start = midnight(bench);
    for (double t = start - 7200; t <= start + 86'400; t += every) bench.say(t, 0.02);
    return bench.out.story();
  };
  CHECK(hours(900, {}) == "raised yellow");
  CHECK(hours(3600, {}) == "raised yellow");
  CHECK(hours(3600, {{"gap", number(1800)}}).empty());
  CHECK(hours(7200, {}).empty());  // one and a half readings say nothing of three hours
}

TEST_CASE("the smallest rise of a night tells a leak from a wash") {
  const auto night_of = [](double leak, double wash, double every) {
    auto setup = rule("window", table({{"measure", text("least_rise")},
                                       {"hours", text("02:00-05:00")},
                                       {"gap", number(4200)},
                                       {"above", number(0.005)}}));
    Bench bench = night(std::move(setup));
    const double start = midnight(bench);
    double total = 100;
    for (double t = start - 7200; t <= start + 8 * 3600; t += every) {
      bench.run_until(t);
      bench.say(t + 100, total);
      const double hour = (t - start) / 3600;
      total += leak * every / 3600 + (hour >= 3 && hour < 4 ? wash * every / 3600 : 0.0);
    }
    return bench.out.alerts.empty() ? std::string() : bench.out.alerts[0].sentence;
  };
  for (const double every : {300.0, 900.0, 3600.0}) {
    CAPTURE(every);
    CHECK(night_of(0.0, 0.06, every).empty());
    CHECK(night_of(0.0, 2.0, every).empty());
    CHECK(night_of(0.004, 0.06, every).empty());
    CHECK(night_of(0.015, 0.0, every) ==
          "Smallest rise in 1 h of water level at Tianlin underpass within 3 h is 0.015 m³, above the yellow limit of "
          "0.005 m³.");
    CHECK_FALSE(night_of(0.015, 0.06, every).empty());
  }
  CHECK(refusal(rule("window", table({{"measure", text("least_rise")},
                                      {"part", number(7200)},
                                      {"above", number(1)},
                                      {"over", number(3600)}})))
            .find("part: must not be longer than the window") != std::string::npos);
}

TEST_CASE("a day of 25 hours has them all, and the next is told with its own length") {
  Bench bench({daily("sum", "above", 24.5, "00:00-24:00")}, core::Quantity::volume, rules::Language::english,
              zone_of("CET-1CEST,M3.5.0,M10.5.0/3"));
  const core::Zone zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
  const core::Micros start = zone.utc(zone.local(bench.at(0).utc).day + 1, 0);
  const double midnight = static_cast<double>((start - bench.at(0).utc).count()) / 1e6;
  for (int hour = 0; hour <= 24 * 45; ++hour) bench.say(midnight + hour * 3600.0, 1.0);  // from 21 September 2026 on
  REQUIRE(bench.out.story() == "raised yellow, cleared yellow");
  CHECK(bench.out.alerts[0].value == 25.0);
  CHECK(bench.out.alerts[0].sentence.find("within 1 d 1 h is 25") != std::string::npos);
  CHECK(bench.out.alerts[1].sentence.find("within 1 d is back to 24") != std::string::npos);
}

TEST_CASE("hours of the day in which nothing comes have a count of none") {
  Bench bench = night(daily("count", "below", 10, "08:00-12:00"));
  const double start = midnight(bench);
  bench.run_until(start + 7 * 3600);
  bench.say(start + 7 * 3600, 1);
  bench.run_until(start + 12 * 3600);
  CHECK(bench.out.alerts.empty());
  bench.run_until(start + 13 * 3600 + 1);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == 0);
  for (double t = start + 86'400 + 8 * 3600; t < start + 86'400 + 12 * 3600; t += 900) {
    bench.run_until(t);
    bench.say(t, 1);
  }
  bench.run_until(start + 86'400 + 13 * 3600 + 1);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("hours that had begun before the agent are not called short of readings") {
  Bench bench = night(daily("count", "below", 10, "00:00-24:00"));
  const double start = midnight(bench);
  bench.say(0, 1);
  bench.run_until(start + 3600 + 1);
  CHECK(bench.out.alerts.empty());
  bench.run_until(start + 86'400 + 3600 + 1);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a day in part of which the clock was not right is not called short of readings") {
  Bench bench = night(daily("count", "below", 10, "02:00-04:00"));
  const double start = midnight(bench);
  bench.clock = core::ClockState::unsynced;
  for (double t = start; t < start + 3 * 3600 + 3000; t += 300) {
    bench.run_until(t);
    bench.say(t, 1);
  }
  bench.clock = core::ClockState::synced;
  for (double t = start + 3 * 3600 + 3000; t < start + 6 * 3600; t += 300) {
    bench.run_until(t);
    bench.say(t, 1);
  }
  CHECK(bench.out.alerts.empty());
}
