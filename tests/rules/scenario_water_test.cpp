// Households over days, minute by minute or hour by hour: what must be raised, by when, and what must not.
#include <cmath>
#include <cstdio>

#include "tests/rules/trouble.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr double kHour = 3600.0;

rules::RuleSetup on_volume(const char* kind, core::ConfigNode options) {
  return rule(kind, std::move(options), "volume");
}

// A bench with one meter: series 10 of device 0.
Bench household(rules::RuleSetup setup) {
  std::vector<rules::RuleSetup> setups;
  setups.push_back(std::move(setup));
  Bench bench(std::move(setups));
  bench.add(10, 0, "volume", core::Quantity::volume);
  return bench;
}

// What a household uses at an hour of the day, m3 in that hour: nothing at night, most in the morning and evening.
double usual(int hour) {
  const int of_day = hour % 24;
  if (of_day < 6 || of_day == 14) return 0.0;
  return of_day == 7 || of_day == 19 ? 0.08 : 0.02;
}

// Reads the meter each quarter of an hour for `hours`, with a kind of trouble; `use` is m3 in an hour.
template <class Use>
void live(Bench& bench, int hours, Trouble trouble, Use use, double total = 100.0) {
  begin(bench, trouble);
  for (int quarter = 0; quarter < hours * 4; ++quarter) {
    total += use(quarter / 4) / 4;
    if (trouble == Trouble::step && quarter == 20) bench.utc_offset += std::chrono::hours(7);
    if (trouble == Trouble::step && quarter == 60) bench.utc_offset -= std::chrono::hours(9);
    if (trouble == Trouble::gaps && quarter % 5 == 3) continue;
    say_with(trouble, [&] { bench.say_on(10, quarter * 900.0, total); });
    if (quarter % 50 == 7)
      bench.say(quarter * 900.0, core::Value::number(std::nan("")), core::Quality::good, false, 10);
    if (quarter % 50 == 9) bench.say(quarter * 900.0, core::Value::text("?"), core::Quality::good, false, 10);
  }
}

}  // namespace

TEST_CASE("an old person who falls ill in the evening is noticed half a day later, and a quiet night is not") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = household(on_volume("no_use", table({})));
    live(bench, 96, trouble, [](int hour) { return hour < 68 || hour >= 90 ? usual(hour) : 0.0; });
    REQUIRE(bench.out.story().starts_with("raised orange"));
    const double raised = first_at(bench);
    CHECK(raised >= 79 * kHour);
    CHECK(raised <= 81 * kHour);
    CHECK(bench.out.story().find("cleared") != std::string::npos);
    CHECK(bench.out.alerts[0].sentence.starts_with("Hardly any water has been used at Tianlin underpass for 12 h"));
  }
}

TEST_CASE("missing readings are not zero use, and a holiday suspends") {
  SUBCASE("silence raises nothing, and use that came meanwhile counts") {
    Bench bench = household(on_volume("no_use", table({})));
    bench.say_on(10, 0, 100);
    bench.run_until(40 * kHour);
    bench.say_on(10, 40 * kHour, 100.3);
    CHECK(bench.out.alerts.empty());
  }
  SUBCASE("holiday") {
    Bench bench = household(on_volume("no_use", table({})));
    rules::OperatorFact fact;
    fact.kind = rules::OperatorFact::Kind::holiday;
    fact.from = bench.at(0).boot;
    fact.until = bench.at(60 * kHour).boot;
    REQUIRE(bench.engine->add(fact, bench.at(0), bench.out).ok());
    for (int hour = 0; hour < 71; ++hour) bench.say_on(10, hour * kHour, 100);
    CHECK(bench.out.alerts.empty());
    for (int hour = 71; hour < 75; ++hour) bench.say_on(10, hour * kHour, 100);
    CHECK(bench.out.story() == "raised orange");  // twelve hours after its end
  }
}

TEST_CASE("what was learned of a household goes on after a restart, and without a known time it does not") {
  for (const bool same_boot : {true, false}) {
    Bench before = household(on_volume("no_use", table({})));
    for (int hour = 0; hour <= 10; ++hour) before.say_on(10, hour * kHour, 100);
    before.engine->close(before.at(10 * kHour), before.out);
    for (const auto& [key, state] : before.out.states) CHECK(state.bytes.size() <= 16 * 1024);
    Bench after = household(on_volume("no_use", table({})));
    if (!same_boot) after.clock = core::ClockState::unsynced;
    REQUIRE(after.restore(before.out.states, 11 * kHour, same_boot ? 1 : 2).ok());
    after.say_on(10, 13 * kHour, 100);
    CHECK(after.out.story() == (same_boot ? "raised orange" : ""));
  }
}

TEST_CASE("a slow leak is found within a day and a half, and ends when it was mended") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = household(on_volume("continuous", table({})));
    live(bench, 144, trouble, [](int hour) { return usual(hour) + (hour >= 48 && hour < 120 ? 0.008 : 0.0); });
    REQUIRE(bench.out.story().starts_with("raised yellow"));
    const double raised = first_at(bench);
    CHECK(raised > 60 * kHour);
    CHECK(raised < 84 * kHour);
    CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
    Bench healthy = household(on_volume("continuous", table({})));
    live(healthy, 240, trouble, usual);
    CHECK(healthy.out.alerts.empty());
  }
}

TEST_CASE("hours that are not known may have been quiet") {
  Bench bench = household(on_volume("continuous", table({})));
  double total = 0;
  for (int hour = 0; hour < 100; ++hour) {
    total += 0.01;
    if (hour % 20 > 2) bench.say_on(10, hour * kHour, total);
  }
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("a burst is raised within the hour, and a bath is not") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = household(
        on_volume("window", table({{"measure", text("rise")}, {"over", number(3600)}, {"above", number(1.5)}})));
    live(bench, 60, trouble, [](int hour) { return hour == 20 ? 0.4 : hour >= 50 && hour < 53 ? 4.0 : usual(hour); });
    REQUIRE(bench.out.story().starts_with("raised yellow"));
    CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
    const double raised = first_at(bench);
    CHECK(raised <= 51 * kHour);
    CHECK(raised >= 50 * kHour);
  }
}

TEST_CASE("a meter swap is an alert for a day and an event, no use and no burst; one wrong reading is nothing") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    rules::RuleSetup burst =
        on_volume("window", table({{"measure", text("rise")}, {"over", number(3600)}, {"above", number(1.5)}}));
    burst.id = "burst";
    Bench bench({on_volume("meter", table({})), std::move(burst)});
    bench.add(10, 0, "volume", core::Quantity::volume);
    begin(bench, trouble);
    // Exchanged at quarter 10; a wrong reading at 6. Gaps take the first reading of the new meter.
    for (int quarter = 0; quarter < 20; ++quarter) {
      if (trouble == Trouble::gaps && quarter % 5 == 0) continue;
      const double old_meter = quarter == 6 ? 0.0 : 1234.5 + 0.01 * quarter;
      const double total = quarter < 10 ? old_meter : 0.2 + 0.01 * (quarter - 10);
      say_with(trouble, [&] { bench.say_on(10, quarter * 900.0, total); });
      if (quarter < 10) CHECK(bench.out.alerts.empty());
      if (trouble == Trouble::step && quarter == 10) bench.utc_offset -= std::chrono::hours(30);
      if (trouble == Trouble::step && quarter == 14) bench.utc_offset += std::chrono::hours(70);
    }
    REQUIRE(bench.out.story() == "raised blue");
    const int told = trouble == Trouble::gaps ? 12 : 11;  // by its second reading
    CHECK(first_at(bench) == told * 900.0);
    CHECK(bench.out.alerts[0].sentence == (trouble == Trouble::gaps
                                               ? "The meter at Tianlin underpass was exchanged: the old one stood at "
                                                 "1234.59 m³, this one stands at 0.22 m³."
                                               : "The meter at Tianlin underpass was exchanged: the old one stood at "
                                                 "1234.59 m³, this one stands at 0.21 m³."));
    REQUIRE(bench.out.events.size() == 1);
    CHECK(bench.out.events[0].what == "meter exchange");
    CHECK(bench.out.events[0].figures[0].value == doctest::Approx(1234.59));
    CHECK(bench.out.events[0].figures[1].value == doctest::Approx(trouble == Trouble::gaps ? 0.21 : 0.2));
    bench.run_until(told * 900.0 + 24 * kHour - 1);
    CHECK(bench.out.story() == "raised blue");
    bench.run_until(told * 900.0 + 24 * kHour);
    CHECK(bench.out.story() == "raised blue, cleared blue");
  }
}

TEST_CASE("a register that begins again is an event, and a meter that runs backwards an alert until it has come back") {
  Bench bench = household(on_volume("meter", table({})));
  bench.say_on(10, 0, 99'999.9);
  bench.say_on(10, 900, 0.3);
  CHECK(bench.out.alerts.empty());
  REQUIRE(bench.out.events.size() == 1);
  CHECK(bench.out.events[0].what == "meter rollover");
  bench.say_on(10, 1800, 0.295);
  CHECK(bench.out.alerts.empty());
  bench.say_on(10, 2700, 0.25);
  CHECK(bench.out.story() == "raised yellow");
  bench.say_on(10, 3600, 0.27);
  CHECK(bench.out.story() == "raised yellow");
  bench.say_on(10, 4500, 0.31);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("a holiday ends an alert, but says that it was not water that did") {
  for (const bool used : {false, true}) {
    Bench bench = household(on_volume("no_use", table({})));
    for (int hour = 0; hour <= 14; ++hour) bench.say_on(10, hour * kHour, 100);
    REQUIRE(bench.out.story() == "raised orange");
    rules::OperatorFact fact;
    fact.kind = rules::OperatorFact::Kind::holiday;
    fact.from = bench.at(14.5 * kHour).boot;
    fact.until = bench.at(40 * kHour).boot;
    REQUIRE(bench.engine->add(fact, bench.at(14.5 * kHour), bench.out).ok());
    bench.say_on(10, 15 * kHour, used ? 100.05 : 100);
    REQUIRE(bench.out.story() == "raised orange, cleared orange");
    CHECK(bench.out.alerts[1].sentence ==
          (used ? "Water is used at Tianlin underpass again. It lasted 3 h."
                : "A holiday was entered for Tianlin underpass: nobody is expected to use water there. No use has been "
                  "seen. It lasted 3 h."));
    for (int hour = 16; hour <= 51; ++hour) bench.say_on(10, hour * kHour, 100.05);
    CHECK(bench.out.alerts.size() == 2);
    for (int hour = 52; hour <= 53; ++hour) bench.say_on(10, hour * kHour, 100.05);
    REQUIRE(bench.out.alerts.size() == 3);
    bench.say_on(10, 54 * kHour, 100.1);
    CHECK(bench.out.alerts[3].sentence == "Water is used at Tianlin underpass again. It lasted 2 h.");
  }
}

TEST_CASE("a trembling register is neither a sign of life nor a leak") {
  for (const double by : {0.001, 0.005, 0.009, 0.012}) {
    CAPTURE(by);
    Bench alone = household(on_volume("no_use", table({})));
    Bench leak = household(on_volume("continuous", table({})));
    for (int i = 0; i <= 4 * 48; ++i) {
      for (Bench* bench : {&alone, &leak}) bench->say_on(10, i * 900.0, 812.3 + (i % 2 == 0 ? 0.0 : by));
    }
    CHECK(alone.out.story() == "raised orange");
    CHECK(first_at(alone) <= 12.25 * kHour);
    CHECK(leak.out.alerts.empty());
  }
  Bench leak = household(on_volume("continuous", table({})));  // a real one of 15 l/h with it
  for (int i = 0; i <= 4 * 48; ++i) leak.say_on(10, i * 900.0, 812.3 + 0.00375 * i + (i % 2 == 0 ? 0.0 : 0.001));
  CHECK(leak.out.story().starts_with("raised yellow"));
  CHECK(leak.out.story().find("cleared") == std::string::npos);
}

TEST_CASE("exactly as much as counts is use") {
  Bench bench = household(on_volume("no_use", table({})));
  for (int i = 0; i <= 4 * 24; ++i) bench.say_on(10, i * 900.0, i < 4 ? 812.3 : 812.31);
  CHECK(first_at(bench) >= 13 * kHour);
}

TEST_CASE("a meter with a higher start is told once, and is no use, no burst and no leak") {
  const auto limited = [](const char* kind, core::ConfigNode options) {
    std::get<core::ConfigNode::Table>(options.data()).emplace("flow", number(10));
    rules::RuleSetup setup = on_volume(kind, std::move(options));
    setup.id = kind;
    return setup;
  };
  Bench bench({limited("meter", table({})), limited("continuous", table({})), limited("no_use", table({})),
               limited("window", table({{"measure", text("rise")}, {"over", number(3600)}, {"above", number(1.5)}}))});
  bench.add(10, 0, "volume", core::Quantity::volume);
  for (int i = 0; i <= 110; ++i) bench.say_on(10, i * 900.0, i < 48 ? 812 + 0.002 * i : 2417.5);
  REQUIRE(bench.out.alerts.size() >= 1);
  int exchanges = 0;
  for (const core::Alert& alert : bench.out.alerts) {
    CHECK(alert.rule != "window");
    CHECK(alert.rule != "continuous");
    exchanges += alert.rule == "meter" && alert.severity == core::Severity::blue ? 1 : 0;
  }
  CHECK(exchanges == 1);
  CHECK(bench.out.events.size() == 1);
  CHECK(bench.out.story() == "raised blue, raised orange");  // nothing was used since the exchange
}

TEST_CASE("reverse flow that was only once ends a day later, when the meter runs forward") {
  Bench bench = household(on_volume("meter", table({})));
  bench.say_on(10, 0, 812);
  bench.say_on(10, 900, 810);
  REQUIRE(bench.out.story() == "raised yellow");
  for (int hour = 1; hour < 24; ++hour) bench.say_on(10, hour * kHour, 810 + 0.01 * hour);
  CHECK(bench.out.story() == "raised yellow");
  bench.say_on(10, 25 * kHour, 810.24);
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("flags of a meter make one alert that names them") {
  rules::RuleSetup setup = rule("flags", table({}), "");
  Bench bench(setup);
  bench.add(11, 0, "flag_low_battery", core::Quantity::boolean);
  bench.add(12, 0, "flag_burst", core::Quantity::boolean);
  bench.say_all(0, {{11, core::Value::boolean(false)}, {12, core::Value::boolean(false)}});
  CHECK(bench.out.alerts.empty());
  bench.say_all(10, {{11, core::Value::boolean(true)}, {12, core::Value::boolean(false)}});
  bench.say_all(20, {{11, core::Value::boolean(true)}, {12, core::Value::boolean(true)}});
  CHECK(bench.out.story() == "raised blue, escalated orange");
  CHECK(bench.out.alerts[1].sentence.ends_with("reports: burst pipe, low battery."));
  bench.say_all(30, {{11, core::Value::boolean(false)}, {12, core::Value::boolean(false)}});
  CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
}
