#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("a cover's tilt is told only where it is measured, and rounded") {
  Bench contact(rule("manhole", table({}), ""));
  contact.add(20, 0, "open", core::Quantity::boolean);
  contact.say(0, core::Value::boolean(true), core::Quality::good, false, 20);
  contact.run_until(60);
  REQUIRE(contact.out.story() == "raised orange");
  CHECK(contact.out.alerts[0].sentence == "The manhole cover at Tianlin underpass is open.");

  Bench tilt(rule("manhole", table({}), ""));
  tilt.add(20, 0, "tilt", core::Quantity::angle);
  tilt.say_on(20, 0, 34.99865);
  tilt.run_until(60);
  REQUIRE(tilt.out.story() == "raised yellow");
  CHECK(tilt.out.alerts[0].sentence == "The manhole cover at Tianlin underpass is tilted (tilt 35°).");
  CHECK(tilt.out.alerts[0].value == 34.99865);
}

TEST_CASE("a flood of less than a minute is told in whole seconds") {
  Bench bench(rule("flood", table({{"begin", number(0.1)}, {"calm", number(0)}})));
  bench.say(0, 0.0);
  bench.say(30, 0.2);
  bench.say(40, 0.312345);
  bench.say(43.95945, 0.32);
  bench.say(43.95945 + 0.3, 0.0);
  REQUIRE(bench.out.events.size() == 1);
  CHECK(bench.out.events[0].sentence ==
        "The flood at Tianlin underpass is over: it lasted 14 s and reached 0.312 m after 10 s (4 readings).");
}

TEST_CASE("a tilted cover over high water is not called closed") {
  for (const rules::Language language : {rules::Language::english, rules::Language::chinese}) {
    Bench bench({rule("manhole", table({}), "")}, core::Quantity::length, language);
    bench.add(20, 0, "tilt", core::Quantity::angle);
    const auto cover = [&](double t, double tilt, double water) {
      bench.say_all(t, {{20, core::Value::number(tilt)}, {0, core::Value::number(water)}});
      bench.run_until(t + 100);
      return bench.out.alerts.empty() ? std::string() : bench.out.alerts.back().sentence;
    };
    const bool english = language == rules::Language::english;
    cover(0, 30, 0.0);
    REQUIRE(bench.out.story() == "raised yellow");
    const std::string both = cover(200, 30, 0.5);
    CHECK(bench.out.story() == "raised yellow, escalated orange");
    CHECK(both == (english ? "Now orange, was yellow: The manhole cover at Tianlin underpass is tilted, and the water "
                             "below is high (tilt 30°)."
                           : "升级为橙色（原为黄色）：Tianlin underpass的井盖倾斜，且井内水位高（倾角30°）。"));
    CHECK(cover(400, 0, 0.5).find(english ? "closed, but the water below is high" : "关闭，但井内水位高") !=
          std::string::npos);
    CHECK(bench.out.alerts.back().severity == Severity::yellow);
    cover(600, 30, 0.5);
    cover(800, 120, 0.5);
    CHECK(bench.out.alerts.back().severity == Severity::red);
  }
}
