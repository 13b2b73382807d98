// What the engine lends to instances beside alerts: events, custody, faster polls, saving at once, who is away.
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup flood(const char* id = "road") {
  auto setup = rule("flood", table({{"begin", number(0.1)}, {"end", number(0.05)}, {"calm", number(300)}}));
  setup.id = id;
  return setup;
}
Bench two_floods(double fast, double faster) {
  auto one = flood("slow");
  one.options.data() = table({{"begin", number(0.1)}, {"fast_poll", number(fast)}}).data();
  auto other = flood("quick");
  other.options.data() = table({{"begin", number(0.3)}, {"rising", number(9)}, {"fast_poll", number(faster)}}).data();
  return Bench({other, one});
}
int flood_writes(const Bench& bench) { return bench.out.writes; }
Bench meter(core::Quantity quantity, const char* kind = "meter", core::ConfigNode options = table({})) {
  auto setup = rule(kind, std::move(options), "total");
  Bench bench(std::move(setup));
  bench.add(10, 0, "total", quantity);
  return bench;
}

}  // namespace

TEST_CASE("an event is signed with its rule, device and the device's domain, or the rule's own") {
  auto other = flood("gate");
  other.domain = "gates";
  Bench bench({flood(), other});
  bench.say(0, 0.2);
  bench.say(60, 0.4);
  bench.say(120, 0.0);
  bench.say(500, 0.0);
  REQUIRE(bench.out.events.size() == 2);
  CHECK(bench.out.events[0].rule == "road");
  CHECK(bench.out.events[0].device == core::DeviceId{0});
  CHECK(bench.out.events[0].domain == "flood");
  CHECK(bench.out.events[1].rule == "gate");
  CHECK(bench.out.events[1].domain == "gates");
}

TEST_CASE("figures and sentences of events carry the unit of the channel") {
  Bench level(flood());
  level.say(0, 0.4);
  level.say(30, 0.4);
  level.say(60, 0.0);
  level.say(600, 0.0);
  REQUIRE(level.out.events.size() == 1);
  CHECK(level.out.events[0].figures[0].unit == "m");
  CHECK(level.out.events[0].sentence.find("reached 0.4 m after") != std::string::npos);
  Bench pressure(flood(), core::Quantity::pressure);
  pressure.say(0, 0.4);
  pressure.say(30, 0.4);
  pressure.say(60, 0.0);
  pressure.say(600, 0.0);
  REQUIRE(pressure.out.events.size() == 1);
  CHECK(pressure.out.events[0].figures[0].unit == "kPa");
  CHECK(pressure.out.events[0].sentence.find("reached 0.4 kPa after") != std::string::npos);

  for (const auto& [quantity, unit, shown] :
       {std::tuple{core::Quantity::volume, "m3", "1234.5 m³, the new one at 2 m³"},
        {core::Quantity::energy, "kWh", "1234.5 kWh, the new one at 2 kWh"},
        {core::Quantity::none, "", "1234.5, the new one at 2."}}) {
    CAPTURE(unit);
    Bench bench = meter(quantity);
    bench.say_on(10, 0, 1234.5);
    bench.say_on(10, 60, 2.0);
    bench.say_on(10, 120, 2.1);
    REQUIRE(bench.out.events.size() == 1);
    CHECK(bench.out.events[0].figures[0].unit == unit);
    CHECK(bench.out.events[0].sentence.find(shown) != std::string::npos);
  }
}

TEST_CASE("custody is signed and goes out beside alerts") {
  auto setup = rule("custody", table({{"confirm", node(std::int64_t{1})}}), "");
  setup.domain = "gas";
  Bench bench(setup);
  bench.add(30, 0, "tag", core::Quantity::text);
  bench.say(5, core::Value::text("aa01"), core::Quality::good, false, 30);
  REQUIRE(bench.out.custodies.size() == 1);
  const core::Custody& told = bench.out.custodies[0];
  CHECK(told.rule == "road");
  CHECK(told.device == core::DeviceId{0});
  CHECK(told.domain == "gas");
  CHECK(told.tag == "AA01");
  CHECK(told.at.boot == bench.at(5).boot);
  CHECK(bench.out.alerts.empty());
}

TEST_CASE("of several wishes for faster polls the fastest counts, and the last to withdraw ends it") {
  Bench bench = two_floods(10, 2);
  bench.say(0, 0.0);
  bench.say(10, 0.2);  // the first rule: 10 s
  bench.say(20, 0.4);  // the second: 2 s
  using Wish = std::pair<core::DeviceId, core::Millis>;
  const core::DeviceId own{0};
  CHECK(bench.out.intervals == std::vector<Wish>{{own, core::Millis(10'000)}, {own, core::Millis(2000)}});
  bench.say(30, 0.2);
  bench.run_until(700);
  bench.say(701, 0.2);
  CHECK(bench.out.intervals.back() == Wish{own, core::Millis(10'000)});
  bench.say(800, 0.0);
  bench.run_until(1500);
  CHECK(bench.out.intervals.back() == Wish{own, core::Millis(0)});
  CHECK(bench.out.intervals.size() == 4);
}

TEST_CASE("a wish for faster polls is made anew after a restart, while its reason lasts") {
  Bench before(flood());
  before.say(0, 0.4);
  before.say(30, 0.4);
  Bench after(flood());
  REQUIRE(after.restore(before.out.states, 60).ok());
  after.tick(61);
  REQUIRE(after.out.intervals.size() == 1);
  CHECK(after.out.intervals[0].second == core::Millis(5000));
}

TEST_CASE("who is away is not missed, and only on that device") {
  const auto absence = [](int device) {
    Bench bench = meter(core::Quantity::volume, "no_use", table({{"over", number(3600)}}));
    rules::OperatorFact away;
    away.kind = rules::OperatorFact::Kind::holiday;
    if (device >= 0) away.device = static_cast<core::DeviceId>(device);
    away.from = bench.at(0).boot;
    away.until = bench.at(50'000).boot;
    away.who = "Wang Li";
    bench.say_on(10, 0, 100.0);
    REQUIRE(bench.engine->add(away, bench.at(1), bench.out).ok());
    for (int t = 600; t < 20'000; t += 600) bench.say_on(10, t, 100.0);
    const bool quiet = bench.out.alerts.empty();
    for (int t = 50'400; t < 70'000; t += 600) bench.say_on(10, t, 100.0);
    CHECK_FALSE(bench.out.alerts.empty());  // it is over
    return quiet;
  };
  CHECK(absence(0));
  CHECK(absence(-1));
  CHECK_FALSE(absence(1));
}

TEST_CASE("a flood that a power failure interrupts keeps its beginning and its peak") {
  Bench before(flood());
  before.say(0, 0.0);
  before.say(60, 0.2);
  before.say(90, 0.9);
  before.say(120, 0.905);
  before.say(150, 0.7);
  Bench after(flood());  // nothing was closed, no hour has passed
  REQUIRE(after.restore(before.out.states, 300).ok());
  after.say(310, 0.3);
  after.say(360, 0.0);
  after.run_until(1000);
  REQUIRE(after.out.events.size() == 1);
  const core::Event& event = after.out.events[0];
  CHECK(event.figures[0].value == doctest::Approx(0.9).epsilon(0.05));
  CHECK(event.first.boot == after.at(60).boot);
  Bench again(flood());
  auto states = before.out.states;
  for (const auto& [key, state] : after.out.states) states[key] = state;
  REQUIRE(again.restore(states, 1010).ok());  // the event that was told is not told once more
  again.say(1020, 0.0);
  again.run_until(3000);
  CHECK(again.out.events.empty());
}

TEST_CASE("a flood costs few writes, however long it rises and however it waves") {
  Bench bench(flood());
  bench.say(0, 0.0);
  const int before = flood_writes(bench);
  for (int i = 0; i < 3000; ++i) bench.say(1 + i, 0.1 + 0.001 * i + 0.015 * (i % 2));  // 3 m, without an hour's save
  CHECK(flood_writes(bench) - before >= 20);
  CHECK(flood_writes(bench) - before <= 60);
  const int risen = flood_writes(bench);
  for (int i = 3000; i < 3500; ++i) bench.say(1 + i, 1.0 + 0.5 * (i % 2));
  CHECK(flood_writes(bench) == risen);
}
