// Acknowledging and shelving alerts.
#include "agent/rules/wording.h"
#include "tests/rules/lifecycle_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("an acknowledgement is published once, stamped, and says who and why") {
  Bench bench(storm());
  bench.say(0, 0.31);
  const std::string id = core::to_hex(bench.out.alerts[0].id);
  auto done = bench.engine->acknowledge(id.substr(0, 8), "Wang Li", "pump is on its way", bench.at(60), bench.out);
  REQUIRE(done.ok());
  REQUIRE(bench.out.story() == "raised orange, acknowledged orange");
  CHECK(said(bench) ==
        "Acknowledged by Wang Li (pump is on its way): Water level at Tianlin underpass is 0.31 m, above the orange "
        "limit of 0.27 m.");
  const core::Alert& alert = bench.out.alerts.back();
  REQUIRE(alert.acknowledged.has_value());
  CHECK(alert.acknowledged->at.boot == bench.at(60).boot);
  CHECK(alert.last.boot == bench.at(60).boot);
  CHECK(alert.id == bench.out.alerts[0].id);
  CHECK(bench.engine->acknowledge("road/level-1", "Wang Li", "again", bench.at(61), bench.out).ok());
  const auto other = bench.engine->acknowledge("road/level-1", "Li Na", "", bench.at(600), bench.out);
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().message() == "it is acknowledged already: by Wang Li since " +
                                       rules::moment_text(core::Zone(), bench.at(600), bench.at(60).utc) +
                                       " (pump is on its way)");
  bench.clock = core::ClockState::unsynced;
  CHECK(bench.engine->acknowledge("road/level-1", "Li Na", "", bench.at(180), bench.out)
            .error()
            .message()
            .find("by Wang Li for 2 min") != std::string::npos);
  bench.clock = core::ClockState::synced;
  CHECK(bench.out.alerts.size() == 2);  // the first one stands
  CHECK(bench.engine->active().at(0).acknowledged->who == "Wang Li");
}

TEST_CASE("an acknowledgement lapses when the alert escalates, and goes with its end") {
  Bench bench(storm());
  bench.say(0, 0.31);
  REQUIRE(bench.engine->acknowledge("road/level-1", "Wang Li", "", bench.at(1), bench.out).ok());
  bench.say(2, 0.2);
  CHECK(bench.out.alerts.back().acknowledged.has_value());
  bench.say(3, 0.6);
  CHECK(bench.out.story() == "raised orange, acknowledged orange, updated yellow, escalated red");
  CHECK_FALSE(bench.out.alerts.back().acknowledged.has_value());
  CHECK(said(bench).starts_with("Now red, was yellow: Water level at Tianlin underpass is 0.6 m"));
  REQUIRE(bench.engine->acknowledge("road/level-1", "Wang Li", "", bench.at(4), bench.out).ok());
  bench.say(1500, 0.0);
  CHECK(said(bench) == "Water level at Tianlin underpass is back to 0 m. It lasted 25 min.");
  bench.say(1501, 0.31);
  CHECK_FALSE(bench.out.alerts.back().acknowledged.has_value());
}

TEST_CASE("orders to alerts that are not there are refused with those that are") {
  Bench bench(storm());
  auto none = bench.engine->acknowledge("road/level-1", "Wang Li", "", bench.at(0), bench.out);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code() == core::ErrorCode::not_found);
  CHECK(none.error().message() == "no active alert is called 'road/level-1'; there is none");
  bench.say(0, 0.31);
  auto wrong = bench.engine->shelve("raod/level-1", until(bench, 100), bench.at(1), bench.out);
  CHECK(wrong.error().message() == "no active alert is called 'raod/level-1'; active: road/level-1");
  CHECK(bench.engine->shelve("road/level-1", until(bench, 1), bench.at(1), bench.out).error().code() ==
        core::ErrorCode::bad_input);
  constexpr double kDay = 86'400.0;
  const auto endless = bench.engine->shelve("road/level-1", until(bench, 80 * 366 * kDay), bench.at(1), bench.out);
  REQUIRE_FALSE(endless.ok());  // nor could it be read back after a restart
  CHECK(endless.error().message() == "the end must lie within 366 days");
  CHECK(bench.engine->unshelve("road/level-1", bench.at(1), bench.out).error().message() == "the alert is not shelved");
  CHECK(bench.out.alerts.size() == 1);
}

TEST_CASE("a shelved alert says nothing until its time is over, then what is true") {
  Bench bench(storm());
  bench.say(0, 0.6);
  REQUIRE(
      bench.engine->shelve("road/level-1", until(bench, 3600, "Wang Li", "sensor is cleaned"), bench.at(0), bench.out)
          .ok());
  CHECK(said(bench) ==
        "Shelved by Wang Li until 15:30 (sensor is cleaned): Water level at Tianlin underpass is 0.6 m, above the red "
        "limit of 0.5 m.");
  bench.say(10, 0.9);
  bench.say(1000, 0.2);
  bench.run_until(3599);
  CHECK(bench.out.story() == "raised red, shelved red");
  bench.run_until(3600);
  REQUIRE(bench.out.story() == "raised red, shelved red, updated yellow");
  CHECK(said(bench) ==
        "No longer shelved: Water level at Tianlin underpass is 0.2 m, above the yellow limit of 0.15 m.");
  CHECK_FALSE(bench.out.alerts.back().shelf.has_value());
}

TEST_CASE("a worse severity than at shelving breaks the shelf") {
  Bench bench(storm());
  bench.say(0, 0.2);
  REQUIRE(bench.engine->shelve("road/level-1", until(bench, 3600), bench.at(0), bench.out).ok());
  bench.say(10, 0.12);
  bench.say(20, 0.2);
  CHECK(bench.out.alerts.size() == 2);
  bench.say(30, 0.3);
  CHECK(bench.out.story() == "raised yellow, shelved yellow, escalated orange");
  CHECK_FALSE(bench.out.alerts.back().shelf.has_value());
  bench.say(40, 0.6);
  CHECK(bench.out.alerts.size() == 4);
}

TEST_CASE("the end of a shelved alert is told; a new one is held back and raised when the time is over") {
  Bench bench(storm());
  bench.say(0, 0.2);
  REQUIRE(bench.engine->shelve("road/level-1", until(bench, 3600), bench.at(0), bench.out).ok());
  bench.say(10, 0.0);
  CHECK(bench.out.story() == "raised yellow, shelved yellow, cleared yellow");
  CHECK(bench.engine->shelved().size() == 1);
  bench.say(20, 0.2);
  CHECK(bench.out.alerts.size() == 3);
  SUBCASE("still wrong") {
    bench.run_until(3600);
    CHECK(bench.out.alerts.back().state == AlertState::raised);
    CHECK(bench.out.alerts.back().id != bench.out.alerts[0].id);
  }
  SUBCASE("calm again") {
    bench.say(30, 0.0);
    bench.run_until(3600);
    CHECK(bench.out.alerts.size() == 3);
    CHECK(bench.out.states.empty());
    CHECK(bench.engine->shelved().empty());
  }
  SUBCASE("unshelved by hand") {
    REQUIRE(bench.engine->unshelve("road/level-1", bench.at(50), bench.out).ok());
    CHECK(bench.out.alerts.back().state == AlertState::raised);
  }
  SUBCASE("worse than before") {
    bench.say(40, 0.6);
    CHECK(bench.out.alerts.back().state == AlertState::raised);
    CHECK(bench.out.alerts.back().severity == Severity::red);
  }
  SUBCASE("over a restart, held back too") {
    Bench after(storm());
    REQUIRE(after.restore(bench.out.states, 60).ok());
    after.say(70, 0.2);
    CHECK(after.out.alerts.empty());
    after.run_until(3600);
    CHECK(after.out.story() == "raised yellow");
  }
}

TEST_CASE("acknowledgement and shelf survive a restart and a reboot") {
  Bench before(storm());
  before.say(0, 0.2);
  REQUIRE(before.engine->acknowledge("road/level-1", "Wang Li", "seen", before.at(1), before.out).ok());
  REQUIRE(before.engine->shelve("road/level-1", until(before, 3600), before.at(2), before.out).ok());
  SUBCASE("the same boot") {
    Bench after(storm());
    REQUIRE(after.restore(before.out.states, 100).ok());
    CHECK(after.engine->active().at(0).acknowledged->note == "seen");
    after.say(101, 0.26);
    after.run_until(3599);
    CHECK(after.out.alerts.empty());
    after.run_until(3601);
    CHECK(after.out.story() == "updated yellow");
    CHECK(after.out.alerts[0].acknowledged->who == "Wang Li");
  }
  SUBCASE("another boot, clock right") {
    Bench after(storm());
    after.boot_at_zero = core::Seconds(5);
    after.utc_offset = before.utc_offset + core::Seconds(995 + 1800);
    REQUIRE(after.restore(before.out.states, 0, 2).ok());
    after.run_until(1799);
    CHECK(after.out.alerts.empty());
    after.run_until(1801);
    CHECK(after.out.story() == "updated yellow");
  }
}

TEST_CASE("what was saved by the version before is taken up") {
  Bench before(storm());
  before.say(0, 0.3);
  auto states = before.out.states;
  core::StateChange& state = states.at("rule/road/level-1");
  // Version 1 ended with the instance's part; what is new since stands before it and has a fixed length here.
  auto saved = rules::unpack(state.bytes, 2);
  REQUIRE(saved.ok());
  constexpr std::size_t kNew = 1 + 1 + 3 + 1 + 4 + 1 + 1 + 1;
  const std::size_t own = saved->own.size() + 2;
  const auto at = state.bytes.end() - static_cast<std::ptrdiff_t>(own + kNew);
  state.bytes.erase(at, at + kNew);
  state.version = 1;
  Bench after(storm());
  REQUIRE(after.restore(states, 100).ok());
  after.say(101, 0.0);
  CHECK(after.out.story() == "cleared orange");
  CHECK(after.out.alerts[0].id == before.out.alerts[0].id);
}

TEST_CASE("the sentences of a life are there in Chinese") {
  Bench bench({storm()}, core::Quantity::length, rules::Language::chinese);
  bench.say(0, 0.2);
  REQUIRE(bench.engine->acknowledge("road/level-1", "王力", "泵车已出发", bench.at(1), bench.out).ok());
  CHECK(said(bench) == "王力已确认（泵车已出发）：Tianlin underpass的水位为0.2 m，高于黄色限值0.15 m。");
  bench.say(2, 0.6);
  CHECK(said(bench) == "升级为红色（原为黄色）：Tianlin underpass的水位为0.6 m，高于红色限值0.5 m。");
  REQUIRE(bench.engine->shelve("road/level-1", until(bench, 3600, "王力"), bench.at(3), bench.out).ok());
  CHECK(said(bench) == "王力已搁置至15:30：Tianlin underpass的水位为0.6 m，高于红色限值0.5 m。");
  bench.run_until(3600);
  CHECK(said(bench).starts_with("搁置结束：Tianlin underpass的水位"));
  bench.say(7200, 0.0);
  CHECK(said(bench) == "Tianlin underpass的水位已恢复到0 m。持续2小时。");
}
