#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup storm() {
  auto setup = rule("threshold", table({{"steps", four_colours()}}));
  setup.flapping.raises = 0;
  return setup;
}
rules::RuleSetup gate(std::uint32_t raises = 3) {
  auto setup = rule("threshold", table({{"above", number(0.3)}}));
  setup.flapping = {raises, core::Seconds(600), core::Seconds(300)};
  return setup;
}
std::string said(const Bench& bench) { return bench.out.alerts.empty() ? "" : bench.out.alerts.back().sentence; }
core::Shelf until(const Bench& bench, double seconds, const char* who = "Wang Li", const char* note = "") {
  core::Shelf shelf;
  shelf.who = who;
  shelf.note = note;
  shelf.until = bench.at(seconds).boot;
  return shelf;
}
rules::OperatorFact works(const Bench& bench, double from, double to, int device = 0) {
  rules::OperatorFact fact;
  if (device >= 0) fact.device = static_cast<core::DeviceId>(device);
  fact.from = bench.at(from).boot;
  fact.until = bench.at(to).boot;
  fact.who = "Wang Li";
  fact.note = "cleaning";
  return fact;
}

}  // namespace

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
  CHECK(bench.engine->acknowledge("road/level-1", "Li Na", "", bench.at(61), bench.out).ok());
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

TEST_CASE("an alert that flaps is reported once more, held, and cleared when it was calm for a time") {
  Bench bench(gate());
  for (int i = 0; i < 3; ++i) {
    bench.say(20 * i, 0.4);
    bench.say(20 * i + 10, 0.1);
  }
  REQUIRE(bench.out.story() == "raised yellow, cleared yellow, raised yellow, cleared yellow, raised yellow");
  CHECK(bench.out.alerts.back().flapping == 3);
  CHECK(
      said(bench) ==
      "Water level at Tianlin underpass is 0.4 m, above the yellow limit of 0.3 m. Raised 3 times within 10 min: held "
      "until nothing was wrong for 5 min.");
  for (int i = 3; i < 50; ++i) {
    bench.say(20 * i, 0.4);
    bench.say(20 * i + 10, 0.1);
  }
  CHECK(bench.out.alerts.size() == 5);
  bench.run_until(990 + 299);
  CHECK(bench.out.alerts.size() == 5);
  bench.run_until(990 + 300);
  CHECK(bench.out.alerts.size() == 6);
  CHECK(bench.out.alerts.back().state == AlertState::cleared);
  CHECK(bench.engine->active().empty());
  CHECK(bench.out.states.empty());
  bench.say(2000, 0.4);  // it begins anew
  CHECK(bench.out.alerts.back().state == AlertState::raised);
  CHECK(bench.out.alerts.back().flapping == 0);
}

TEST_CASE("slow repetitions are no flapping, and 0 turns it off") {
  Bench slow(gate());
  for (int i = 0; i < 10; ++i) {
    slow.say(400 * i, 0.4);
    slow.say(400 * i + 10, 0.1);
    slow.run_until(400 * i + 399);
  }
  CHECK(slow.out.alerts.size() == 20);
  Bench off(gate(0));
  for (int i = 0; i < 10; ++i) {
    off.say(2 * i, 0.4);
    off.say(2 * i + 1, 0.1);
  }
  CHECK(off.out.alerts.size() == 20);
}

TEST_CASE("an alert that is held escalates, keeps its worst and survives a restart") {
  auto setup = storm();
  setup.flapping = {2, core::Seconds(600), core::Seconds(300)};
  Bench bench(setup);
  bench.say(0, 0.12);
  bench.say(1, 0.0);
  bench.say(2, 0.12);
  bench.say(3, 0.0);
  bench.say(4, 0.6);
  bench.say(5, 0.12);
  bench.say(6, 0.0);
  REQUIRE(bench.out.story() == "raised blue, cleared blue, raised blue, escalated red");
  Bench after(setup);
  REQUIRE(after.restore(bench.out.states, 100).ok());
  after.run_until(305);
  CHECK(after.out.alerts.empty());
  after.run_until(307);
  CHECK(after.out.story() == "cleared red");
}

TEST_CASE("a maintenance window holds alerts back, and what is still wrong at its end is raised") {
  Bench bench(storm());
  bench.say(0, 0.0);
  REQUIRE(bench.engine->add(works(bench, 10, 1000), bench.at(1), bench.out).ok());
  bench.say(20, 0.6);
  bench.say(30, 0.0);
  bench.say(40, 0.2);
  CHECK(bench.out.alerts.empty());
  SUBCASE("by itself") {
    bench.run_until(999);
    CHECK(bench.out.alerts.empty());
    bench.run_until(1000);
    CHECK(bench.out.story() == "raised yellow");
    CHECK(bench.engine->facts().empty());
  }
  SUBCASE("ended early") {
    REQUIRE(bench.engine->remove(1, bench.at(50), bench.out).ok());
    CHECK(bench.out.story() == "raised yellow");
    CHECK_FALSE(bench.engine->remove(1, bench.at(51), bench.out).ok());
  }
  SUBCASE("over a restart") {
    Bench after(storm());
    REQUIRE(after.restore(bench.out.states, 60).ok());
    after.say(61, 0.2);
    CHECK(after.out.alerts.empty());
    after.run_until(1000);
    CHECK(after.out.story() == "raised yellow");
  }
}

TEST_CASE("an alert from before a window only ends in it; what changed is told afterwards") {
  Bench bench(storm());
  bench.say(0, 0.2);
  REQUIRE(bench.engine->add(works(bench, 10, 1000, -1), bench.at(1), bench.out).ok());
  bench.say(20, 0.6);
  bench.say(30, 0.9);
  CHECK(bench.out.story() == "raised yellow");
  SUBCASE("worse at the end") {
    bench.run_until(1000);
    CHECK(bench.out.story() == "raised yellow, escalated red");
    CHECK(said(bench).starts_with("Now red, was yellow: "));
  }
  SUBCASE("over at the end") {
    bench.say(40, 0.0);
    CHECK(bench.out.story() == "raised yellow, cleared yellow");
  }
}

TEST_CASE("windows are of one device or of all, may lie in the future, and wrong ones are refused") {
  Bench bench(storm());
  using Kind = rules::OperatorFact::Kind;
  auto other = works(bench, 0, 100, 1);
  other.kind = Kind::holiday;
  REQUIRE(bench.engine->add(other, bench.at(0), bench.out).ok());
  bench.say(5, 0.6);
  CHECK(bench.out.story() == "raised red");
  CHECK(bench.engine->add(works(bench, 0, 10), bench.at(20), bench.out).error().message() ==
        "the end must lie in the future and after the beginning");
  CHECK(bench.engine->add(works(bench, 50, 40), bench.at(20), bench.out).error().code() == core::ErrorCode::bad_input);
  CHECK(bench.engine->add(works(bench, 0, 400 * 86400.0), bench.at(20), bench.out).error().message() ==
        "the end must lie within a year from now");
  bench.run_until(100);
  CHECK(bench.engine->facts().empty());
  CHECK(bench.out.states.count("operator/1") == 0);
  for (std::size_t i = 0; i < rules::OperatorFacts::kMost; ++i) {
    REQUIRE(bench.engine->add(works(bench, 200, 300), bench.at(110), bench.out).ok());
  }
  CHECK(bench.engine->add(works(bench, 200, 300), bench.at(110), bench.out).error().code() == core::ErrorCode::full);
}

TEST_CASE("a window whose elapsed time is unknown counts anew until the clock is right") {
  Bench before(storm());
  before.say(0, 0.0);
  REQUIRE(before.engine->add(works(before, 0, 3600), before.at(1), before.out).ok());
  Bench after(storm());
  after.boot_at_zero = core::Seconds(5);
  after.clock = core::ClockState::unsynced;
  after.utc_offset = core::Micros(0);
  REQUIRE(after.restore(before.out.states, 0, 2).ok());
  after.say(1, 0.2);
  CHECK(after.out.alerts.empty());
  SUBCASE("never right") {
    after.run_until(3590);
    CHECK(after.out.alerts.empty());
    after.run_until(3601);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("right after a minute: the window was over long ago") {
    after.clock = core::ClockState::synced;
    after.utc_offset = before.utc_offset + core::Seconds(100'000);
    after.run_until(70);
    CHECK(after.out.story() == "raised yellow");
  }
}

TEST_CASE("damaged orders are forgotten and named") {
  Bench before(storm());
  before.say(0, 0.0);
  REQUIRE(before.engine->add(works(before, 0, 3600), before.at(1), before.out).ok());
  const core::StateChange whole = before.out.states.at("operator/1");
  for (std::size_t length = 1; length < whole.bytes.size(); ++length) {
    Bench after(storm());
    core::StateChange cut = whole;
    cut.bytes.resize(length);
    const auto done = after.restore({{"operator/1", cut}}, 10);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().message().find("operator/1") != std::string::npos);
    after.say(11, 0.2);
    CHECK(after.out.story() == "raised yellow");
  }
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
