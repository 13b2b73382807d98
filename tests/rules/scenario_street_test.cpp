// A street over hours: a storm, a blocked drain, covers and lorries, a delivery of gas cylinders.
#include <cmath>
#include <cstdio>

#include "tests/rules/trouble.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup flood() { return rule("flood", table({{"begin", number(0.05)}, {"end", number(0.03)}})); }
rules::RuleSetup colours() {
  rules::RuleSetup setup =
      rule("threshold", table({{"steps", four_colours()}, {"hysteresis", number(0.02)}, {"clear_hold", number(120)}}));
  setup.id = "depth";
  return setup;
}

// The water of a storm, m: rises for half an hour, stands, runs off.
double storm(double t) {
  if (t < 1800) return 0.0;
  if (t < 3600) return 0.6 * (t - 1800) / 1800;
  if (t < 4500) return 0.6;
  return std::max(0.0, 0.6 - 0.6 * (t - 4500) / 3600);
}

template <class Level>
void rain_on(Bench& bench, double until, Trouble trouble, Level level) {
  begin(bench, trouble);
  int n = 0;
  for (double t = 0; t <= until; t += 30, ++n) {
    if (trouble == Trouble::step && n == 90) bench.utc_offset += std::chrono::hours(5);
    if (trouble == Trouble::gaps && n % 7 == 4) continue;
    bench.run_until(t);
    say_with(trouble, [&] { bench.say(t, level(t) + 0.002 * ((n * 7) % 3 - 1)); });
    if (n % 40 == 3) bench.say(t, std::numeric_limits<double>::infinity());
  }
  bench.run_until(until + 3600);
}

}  // namespace

TEST_CASE("a storm goes through the four colours, is polled faster, and is summed up once") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench({flood(), colours()});
    rain_on(bench, 4 * 3600, trouble, storm);
    REQUIRE(bench.out.alerts.size() >= 4);
    std::string climb;
    for (const core::Alert& alert : bench.out.alerts) {
      if (alert.state == core::AlertState::raised || alert.state == core::AlertState::escalated) {
        climb += std::string(name_of(alert.severity)) + " ";
      }
    }
    CHECK(climb == "blue yellow orange red ");
    CHECK(bench.out.alerts.back().state == core::AlertState::cleared);
    CHECK(bench.out.alerts[0].first.boot <= bench.at(1800 + 1800 * 0.12 / 0.6 + 60).boot);  // blue: above 0.10 m
    REQUIRE(bench.out.events.size() == 1);
    const core::Event& event = bench.out.events[0];
    CHECK(event.what == "flood");
    CHECK(event.domain == "flood");
    CHECK(event.figures[0].value == doctest::Approx(0.602).epsilon(0.01));
    CHECK(event.figures[2].value == doctest::Approx(102).epsilon(0.1));  // min
    CHECK(event.sentence.starts_with("The flood at Tianlin underpass is over: it lasted 1 h 40 min"));
    REQUIRE(bench.out.intervals.size() >= 2);
    CHECK(bench.out.intervals.front().second == core::Millis(5000));
    CHECK(bench.out.intervals.back().second == core::Millis(0));
  }
}

TEST_CASE("a blocked drain keeps the flood open until the water is gone; a splash raises nothing") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench({flood(), colours()});
    rain_on(bench, 10 * 3600, trouble, [](double t) { return t < 3600 ? storm(t) * 0.3 : t < 30'000 ? 0.18 : 0.0; });
    REQUIRE(bench.out.story().starts_with("raised blue, escalated yellow"));
    CHECK(bench.out.story().ends_with("cleared yellow"));
    CHECK(bench.out.story().find("orange") == std::string::npos);
    CHECK(first_at(bench) >= 2770);  // blue: above 0.10 m
    CHECK(first_at(bench) <= 2860);
    CHECK(bench.out.alerts.back().last.boot >= bench.at(30'000).boot);
    REQUIRE(bench.out.events.size() == 1);
    CHECK(bench.out.events[0].figures[2].value > 440);
    CHECK(bench.out.events[0].figures[2].value < 475);
    Bench splash({flood(), colours()});
    rain_on(splash, 3600, trouble, [](double t) { return t > 1000 && t < 1050 ? 0.04 : 0.0; });
    CHECK(splash.out.alerts.empty());
    CHECK(splash.out.events.empty());
  }
}

TEST_CASE("a flood that was going on at a restart is summed up as one") {
  Bench before({flood()});
  for (double t = 0; t <= 3600; t += 30) before.say(t, storm(t));
  before.engine->close(before.at(3600), before.out);
  Bench after({flood()});
  REQUIRE(after.restore(before.out.states, 3660).ok());
  for (double t = 3690; t <= 3 * 3600; t += 30) after.say(t, storm(t));
  REQUIRE(after.out.events.size() == 1);
  CHECK(after.out.events[0].figures[1].value == doctest::Approx(27.5).epsilon(0.1));
}

namespace {

Bench manhole(std::map<std::string, core::StateChange> states = {}) {
  Bench bench(rule("manhole", table({}), ""));
  bench.add(20, 0, "tilt", core::Quantity::angle);
  bench.add(21, 0, "moved", core::Quantity::boolean);
  bench.add(22, 0, "flooded", core::Quantity::boolean);
  if (!states.empty()) REQUIRE(bench.restore(states, 0).ok());
  return bench;
}
void cover(Bench& bench, double t, double tilt, bool moved = false, bool flooded = false) {
  bench.run_until(t);
  bench.say_all(
      t, {{20, core::Value::number(tilt)}, {21, core::Value::boolean(moved)}, {22, core::Value::boolean(flooded)}});
}

}  // namespace

TEST_CASE("five hundred lorries over a cover raise nothing, though each tilts and shakes it") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = manhole();
    begin(bench, trouble);
    for (int lorry = 0; lorry < 500; ++lorry) {
      const double t = lorry * 60.0;
      if (trouble == Trouble::step && lorry == 250) bench.utc_offset -= std::chrono::hours(30);
      say_with(trouble, [&] { cover(bench, t, 15 + lorry % 60, lorry % 2 == 0); });
      if (trouble != Trouble::gaps || lorry % 3 != 0) cover(bench, t + 5, 2);
      cover(bench, t + 10, 1);
    }
    bench.run_until(40'000);
    CHECK(bench.out.alerts.empty());
    CHECK(bench.out.intervals.back().second == core::Millis(0));
  }
}

TEST_CASE("a stolen cover is raised once, 15 s after its sensor says so, and cleared when it lies there again") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = manhole();
    begin(bench, trouble);
    for (int minute = 0; minute < 120; ++minute) {
      const double t = minute * 60.0;
      // The first one of the theft is among those that are missing.
      if (trouble == Trouble::gaps && minute % 3 == 0) continue;
      const double tilt = minute >= 60 && minute < 100 ? 120 : minute % 7;
      say_with(trouble, [&] { cover(bench, t, tilt); });
      if (trouble == Trouble::step && minute == 60) bench.utc_offset -= std::chrono::hours(20);  // while it waits
      if (trouble == Trouble::step && minute == 80) bench.utc_offset += std::chrono::hours(900);
    }
    bench.run_until(9000);
    REQUIRE(bench.out.story() == "raised orange, cleared orange");
    CHECK(first_at(bench) == (trouble == Trouble::gaps ? 3660 : 3600) + 15);
    CHECK(bench.out.alerts[1].last.boot >= bench.at(6000).boot);
    CHECK(bench.out.alerts[1].last.boot <= bench.at(6200).boot);
  }
}

TEST_CASE("a stolen cover is raised 15 s later though its sensor speaks only once; open over high water is red") {
  Bench bench = manhole();
  cover(bench, 0, 1);
  cover(bench, 100, 120);
  bench.run_until(114);
  CHECK(bench.out.alerts.empty());
  bench.run_until(3600);
  REQUIRE(bench.out.story() == "raised orange");
  CHECK(bench.out.alerts[0].first.boot == bench.at(115).boot);
  CHECK(bench.out.alerts[0].sentence == "The manhole cover at Tianlin underpass is open (tilt 120°).");
  cover(bench, 4000, 120, false, true);
  bench.run_until(4100);
  CHECK(bench.out.story() == "raised orange, escalated red");
  cover(bench, 5000, 0);
  bench.run_until(5100);
  CHECK(bench.out.story().ends_with("cleared red"));
}

TEST_CASE("a cover that swings is open all the same, and an open one stays so over a restart without a second alert") {
  Bench bench = manhole();
  for (int i = 0; i < 20; ++i) cover(bench, i * 3.0, i % 2 == 0 ? 55 : 85);
  REQUIRE(!bench.out.alerts.empty());
  CHECK(bench.out.alerts[0].state == core::AlertState::raised);
  cover(bench, 100, 100);
  bench.run_until(200);
  const std::string told = bench.out.story();
  CHECK(told.find("escalated orange") != std::string::npos);
  Bench after = manhole(bench.out.states);
  cover(after, 10, 100);
  after.run_until(100);
  CHECK(after.out.alerts.empty());
  cover(after, 200, 0);
  after.run_until(300);
  CHECK(after.out.story() == "cleared orange");
}

namespace {

// 40 cylinders T00 .. T39; three were not inspected in time, and one tag is in no register.
std::string inventory() {
  std::string csv = "\xEF\xBB\xBFtag,cylinder,owner,standard,made,inspected,status\r\n";
  for (int i = 0; i < 40; ++i) {
    char line[120];
    std::snprintf(line, sizeof line, "aa%02d,C-%02d,\"Hu, %d\",GB 5842-2006,%s,in use\r\n", i, i, i,
                  i < 3 ? "2020-05-01," : "2024-01-05,2026-01-01");
    csv += line;
  }
  return csv;
}
rules::RuleSetup check(const char* what) {
  rules::RuleSetup setup = rule("cylinders", table({{"check", text(what)}, {"inventory", node(inventory())}}), "");
  setup.id = what;
  return setup;
}
rules::RuleSetup custody() {
  rules::RuleSetup setup = rule("custody", table({{"inventory", node(inventory())}}), "");
  setup.id = "custody";
  return setup;
}
Bench reader(std::vector<rules::RuleSetup> setups) {
  Bench bench(std::move(setups));
  bench.add(30, 0, "tag", core::Quantity::text);
  bench.add(31, 0, "antenna", core::Quantity::none);
  bench.add(32, 0, "rssi", core::Quantity::signal);
  return bench;
}
void read_tag(Bench& bench, double t, int number) {
  char tag[8];
  std::snprintf(tag, sizeof tag, "AA%02d", number);
  bench.say_all(t, {{30, core::Value::text(tag)}, {31, core::Value::number(1)}, {32, core::Value::number(-55)}});
}
std::size_t count(const Recorder& out, const char* state) {
  std::size_t n = 0;
  for (const core::Custody& c : out.custodies) n += c.state == state ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE("a delivery of 40 cylinders with 3 overdue: one alert that names the three, and 40 arrivals") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(static_cast<int>(trouble));
    Bench bench = reader({custody(), check("overdue"), check("unregistered"), check("expired"), check("barred")});
    begin(bench, trouble);
    int n = 0;
    for (double t = 0; t < 1800; t += 10) {
      if (trouble == Trouble::step && t == 600) bench.utc_offset += std::chrono::hours(1);
      for (int tag = 0; tag < 40; ++tag) {
        if (trouble == Trouble::gaps && ++n % 3 == 0) continue;
        bench.run_until(t);
        say_with(trouble, [&] { read_tag(bench, t + tag * 0.01, tag); });
      }
    }
    CHECK(count(bench.out, "arrived") == 40);
    CHECK(count(bench.out, "present") == 40);
    CHECK(count(bench.out, "departed") == 0);
    if (trouble == Trouble::unsynced) {
      CHECK(bench.out.alerts.empty());  // which day it is, is not known
      continue;
    }
    REQUIRE(!bench.out.alerts.empty());
    for (const core::Alert& alert : bench.out.alerts) CHECK(alert.rule == "overdue");
    CHECK(bench.out.alerts.back().value == 3);
    CHECK(bench.out.alerts.back().sentence.find(
              "3 cylinders at Tianlin underpass are overdue for inspection: C-00, C-01, C-02") != std::string::npos);
    CHECK(bench.out.alerts.back().last.boot < bench.at(60).boot);
    CHECK(bench.out.custodies[0].owner == "Hu, 0");
  }
}

TEST_CASE("a silent reader is no departure until its silence is long; one cylinder that goes is told soon") {
  Bench bench = reader({custody()});
  for (double t = 0; t < 300; t += 5) {
    read_tag(bench, t, 5);
    if (t < 100) read_tag(bench, t + 1, 6);
    bench.run_until(t + 2);
  }
  CHECK(count(bench.out, "departed") == 1);
  bench.run_until(800);
  CHECK(count(bench.out, "departed") == 1);
  bench.run_until(1000);
  REQUIRE(count(bench.out, "departed") == 2);
  CHECK(bench.out.custodies.back().dwell == doctest::Approx(295));
}

TEST_CASE("an unregistered tag, and too many; once read is not there; an alert survives a restart without a second") {
  rules::RuleSetup many = rule("cylinders", table({{"check", text("too_many")}, {"most", node(std::int64_t{1})}}), "");
  many.id = "many";
  Bench bench = reader({check("unregistered"), many});
  read_tag(bench, 0, 77);
  CHECK(bench.out.alerts.empty());
  read_tag(bench, 1, 77);
  CHECK(bench.out.story() == "raised orange");
  for (double t = 2; t < 5; ++t) read_tag(bench, t, 7);
  CHECK(bench.out.story() == "raised orange, raised orange");
  CHECK(bench.out.alerts[1].sentence == "There are 2 cylinders at Tianlin underpass; 1 are allowed.");
  Bench after = reader({check("unregistered"), many});
  REQUIRE(after.restore(bench.out.states, 10).ok());
  for (double t = 11; t < 60; t += 5) {
    after.run_until(t);
    read_tag(after, t, 77);
    read_tag(after, t + 1, 7);
  }
  CHECK(after.out.alerts.empty());
}

TEST_CASE("what is wrong with a register or a check is said") {
  const auto refused = [](const char* csv) {
    return refusal(rule("cylinders", table({{"check", text("barred")}, {"inventory", text(csv)}}), ""));
  };
  CHECK(refused("").find("column 'tag' is missing") != std::string::npos);
  CHECK(refused("tag,cylinder,colour\n").find("there is no column 'colour'") != std::string::npos);
  CHECK(refused("tag,cylinder\nAA,1\naa,2\n").find("line 3: tag AA is there already") != std::string::npos);
  CHECK(refused("tag,cylinder,status\nAA,1,lost\n").find("status 'lost' must be in use, scrapped or stolen") !=
        std::string::npos);
  CHECK(refusal(rule("cylinders", table({{"check", text("too_many")}}), "")).find("most") != std::string::npos);
  CHECK(refusal(rule("cylinders", table({{"check", text("overdue")}}), "")).find("inventory") != std::string::npos);
}
