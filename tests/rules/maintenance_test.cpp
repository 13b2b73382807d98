// Maintenance windows and holidays that people enter.
#include "tests/rules/lifecycle_fixture.h"

using namespace afferent;
using namespace afferent::test;

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
        "the end must lie within a year from now and from the beginning");
  CHECK(bench.engine->add(works(bench, -300 * 86400.0, 200 * 86400.0), bench.at(20), bench.out).error().message() ==
        "the end must lie within a year from now and from the beginning");
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

TEST_CASE("what is listed during maintenance has the sentence of its colour") {
  Bench bench(storm());
  bench.say(0, 0.6);
  REQUIRE(bench.out.story() == "raised red");
  rules::OperatorFact work;
  work.from = bench.at(1).boot;
  work.until = bench.at(1000).boot;
  REQUIRE(bench.engine->add(work, bench.at(1), bench.out).ok());
  bench.say(10, 0.3);
  bench.run_until(400);
  bench.say(400, 0.3);
  REQUIRE(bench.engine->active().size() == 1);
  CHECK(bench.engine->active()[0].severity == Severity::orange);
  CHECK(bench.engine->active()[0].sentence.find("the orange limit of 0.27 m") != std::string::npos);
}
