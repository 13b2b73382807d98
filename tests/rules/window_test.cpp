#include <cmath>

#include "agent/rules/gather.h"
#include "tests/rules/window_fixture.h"

using namespace afferent;
using namespace afferent::test;

TEST_CASE("what is gathered is exact for rare readings and close for frequent ones") {
  for (const int every : {60, 7, 1}) {
    rules::Gather gather(core::Seconds(3600), core::Seconds(450));
    for (int t = 0; t <= 10'000; t += every) gather.add(core::Seconds(t), t % 2 == 0 ? 1.0 : 3.0);
    const int last = 10'000 / every * every;
    gather.drop(core::Seconds(last - 3600));
    const auto all = gather.total(core::Seconds(last - 3600), core::Seconds(last - 3600));
    CHECK(all.count == doctest::Approx(3600.0 / every).epsilon(0.002));
    CHECK(all.covered / 1e9 == doctest::Approx(3600.0));
    CHECK(all.low == 1.0);
    CHECK(all.sum == doctest::Approx(every == 60 ? 60 : all.count * 2).epsilon(0.01));
  }
}

TEST_CASE("the sum of a sliding window raises and clears an alert") {
  Bench bench(window("sum", "above", 20));
  for (int t = 0; t <= 3600; t += 60) bench.say(t, 0.1);
  CHECK(bench.out.alerts.empty());
  bench.say(3660, 15);
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].value == doctest::Approx(15 + 59 * 0.1));
  CHECK(bench.out.alerts[0].sentence ==
        "Sum of water level at Tianlin underpass within 1 h is 20.9 m, above the yellow limit of 20 m.");
  for (int t = 3720; t <= 7200; t += 60) bench.say(t, 0.1);
  CHECK(bench.out.alerts.size() == 1);
  bench.say(7260, 0.1);  // the shower has left the window
  CHECK(bench.out.story() == "raised yellow, cleared yellow");
}

TEST_CASE("mean, smallest, greatest and quantile") {
  const auto story = [](rules::RuleSetup setup) {
    Bench bench(std::move(setup));
    for (int i = 0; i <= 120; ++i) bench.say(i * 60, i % 10);
    return bench.out.alerts.empty() ? std::string() : rules::number_text(bench.out.alerts[0].value);
  };
  CHECK(story(window("mean", "above", 4.49)) == "4.5");
  CHECK(story(window("mean", "above", 4.6)).empty());
  CHECK(story(window("max", "above", 8.5)) == "9");
  CHECK(story(window("min", "below", -0.5)).empty());
  CHECK(story(window("min", "below", 0.5)) == "0");
  CHECK(story(window("count", "above", 59.5)) == "60");
  const auto quantile = [&](double share, double limit) {
    return story(rule("window", table({{"measure", text("quantile")},
                                       {"quantile", number(share)},
                                       {"above", number(limit)},
                                       {"over", number(3600)}})));
  };
  CHECK(quantile(0.9, 7.5) == "8");
  CHECK(quantile(0.9, 8.5).empty());
  CHECK(quantile(0.5, 3.5) == "4");
}

TEST_CASE("how much a total has grown, over rollovers and exchanges") {
  Bench bench(window("rise", "above", 1.0));
  double total = 99'990;
  for (int t = 0; t <= 10'800; t += 60) bench.say(t, total = std::fmod(total + 0.01, 100'000));
  CHECK(bench.out.alerts.empty());  // 0.6 an hour
  bench.say(10'860, 3.0);           // a new meter
  CHECK(bench.out.alerts.empty());
  for (int t = 10'920; t <= 14'000; t += 60) bench.say(t, 3.0 + (t - 10'860) * 0.001);
  CHECK(bench.out.story().starts_with("raised yellow, updated yellow"));
}

TEST_CASE("nothing is said of a window that is not known well enough") {
  Bench living(window("rise", "below", 0.01, 12 * 3600));
  for (int t = 0; t < 12 * 3600 * 0.79; t += 600) living.say(t, 5.0);
  CHECK(living.out.alerts.empty());
  for (int t = 12 * 3600 * 79 / 100; t <= 12 * 3600; t += 600) living.say(t, 5.0);
  REQUIRE(living.out.story() == "raised yellow");
  CHECK(living.out.alerts[0].sentence ==
        "Rise of water level at Tianlin underpass within 12 h is 0 m, below the yellow limit of 0.01 m.");

  Bench broken(window("mean", "below", 1));
  for (int i = 0; i < 1000; ++i) broken.say(i * 2000, 0.5);  // farther apart than half of the window
  CHECK(broken.out.alerts.empty());
}

TEST_CASE("what more readings cannot change is told at once") {
  Bench most(window("max", "above", 10));
  most.say(0, 11);
  CHECK(most.out.story() == "raised yellow");
  Bench rise(window("rise", "above", 1));
  rise.say(0, 5);
  rise.say(60, 7);
  CHECK(rise.out.story() == "raised yellow");
  Bench mean(window("mean", "above", 10));
  mean.say(0, 11);
  CHECK(mean.out.alerts.empty());
}

TEST_CASE("impossible values, duplicates, time going back and steps of UTC do no harm") {
  Bench bench(window("mean", "above", 10));
  for (int t = 0; t <= 7200; t += 60) {
    bench.say(t, 1);
    bench.say(t, 1);
    bench.say(t, std::nan(""));
    bench.say(t, INFINITY);
    bench.say(t, core::Value::text("many"));
    bench.say(t - 500, 1e300);
    if (t == 3600) bench.utc_offset -= std::chrono::hours(77);
  }
  CHECK(bench.out.alerts.empty());
  Bench huge(window("sum", "above", 1));
  for (int t = 0; t <= 7200; t += 60) huge.say(t, 1.7e308);
  CHECK(huge.out.alerts.empty());  // the sum is not a number that could be told
}

TEST_CASE("a late reading counts in the window but is no step of a total") {
  Bench bench(window("count", "above", 28.5));
  for (int t = 0; t <= 4000; t += 150) bench.say(t, 1);
  for (int i = 0; i < 5; ++i) {
    core::Reading late;
    late.series = core::Series{0};
    late.stale = true;
    late.value = core::Value::number(1);
    late.received = bench.at(4001);
    late.measured = late.received.utc - core::Seconds(1000);
    bench.engine->poll({late.device, late.received, {late}}, bench.out);
  }
  CHECK(bench.out.alerts.empty());
  bench.say(4002, 1);
  CHECK(bench.out.story() == "raised yellow");
}

TEST_CASE("a long window survives a restart; what is unknown is missing and not zero") {
  auto setup = window("rise", "below", 0.01, 12 * 3600);
  std::get<core::ConfigNode::Table>(setup.options.data()).emplace("coverage", number(1));
  Bench before(setup);
  for (int t = 0; t <= 11 * 3600; t += 600) before.say(t, 5.0);
  before.engine->close(before.at(11 * 3600), before.out);
  for (const auto& [key, state] : before.out.states) CHECK(state.bytes.size() <= 16 * 1024);
  SUBCASE("the same boot") {
    Bench after(setup);
    REQUIRE(after.restore(before.out.states, 11 * 3600 + 900).ok());
    after.say(12 * 3600, 5.0);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("another boot, elapsed time unknown") {
    Bench after(setup);
    after.clock = core::ClockState::unsynced;
    REQUIRE(after.restore(before.out.states, 0, 2).ok());
    for (int t = 0; t <= 9 * 3600; t += 600) after.say(t, 5.0);
    CHECK(after.out.alerts.empty());
  }
  SUBCASE("a power failure loses what came since the last save") {
    Bench learning(setup);
    for (int t = 0; t <= 11 * 3600; t += 600) {
      learning.run_until(t);
      learning.say(t, 5.0);
    }
    Bench after(setup);
    REQUIRE(after.restore(learning.out.states, 12 * 3600).ok());
    after.say(12 * 3600 + 10, 5.0);
    CHECK(after.out.story() == "raised yellow");
  }
  SUBCASE("damaged") {
    for (std::size_t length = 1; length < before.out.states.begin()->second.bytes.size(); length += 7) {
      auto states = before.out.states;
      states.begin()->second.bytes.resize(length);
      Bench after(setup);
      CHECK_FALSE(after.restore(states, 11 * 3600 + 900).ok());
      after.say(12 * 3600, 5.0);
      CHECK(after.out.alerts.empty());
    }
  }
}

TEST_CASE("a sum that is as good as the limit is not above it, and at_least is reached by it") {
  auto above = window("sum", "above", 0.3);
  auto at_least = window("sum", "at_least", 0.3);
  for (auto* setup : {&above, &at_least}) {
    std::get<core::ConfigNode::Table>(setup->options.data()).emplace("coverage", number(0));
  }
  Bench not_above(above);
  Bench reached(at_least);
  for (int t = 0; t <= 1200; t += 600) {
    CHECK(reached.out.alerts.empty());
    not_above.say(t, 0.1);
    reached.say(t, 0.1);
  }
  CHECK(not_above.out.alerts.empty());
  REQUIRE(reached.out.story() == "raised yellow");
  CHECK(reached.out.alerts[0].sentence ==
        "Sum of water level at Tianlin underpass within 1 h is 0.3 m, at or above the yellow limit of 0.3 m.");
  for (int t = 1800; t <= 6000; t += 600) reached.say(t, 0.04);
  CHECK(reached.out.alerts.back().state == core::AlertState::cleared);
  CHECK(
      refusal(
          rule("window",
               table({{"measure", text("sum")}, {"above", number(1)}, {"at_least", number(1)}, {"over", number(60)}})))
          .find("at_least: give it or above, not both") != std::string::npos);
}

TEST_CASE("the usual interval outlives a hole in the data and a restart") {
  auto setup = window("mean", "below", 1, 6 * 3600);
  Bench bench(setup);
  for (int t = 0; t <= 5 * 3600; t += 3600) bench.say(t, 0.5);
  bench.engine->close(bench.at(5 * 3600), bench.out);
  Bench after(setup);
  REQUIRE(after.restore(bench.out.states, 5 * 3600 + 60).ok());
  after.say(6 * 3600, 0.5);
  CHECK(after.out.story() == "raised yellow");
  Bench holes(setup);
  for (int hour = 0; hour <= 100; ++hour) {
    if (hour % 6 < 2) holes.say(hour * 3600.0, 0.5);
  }
  CHECK(holes.out.alerts.empty());
}

TEST_CASE("the rise of a total knows nothing of trembling, of one wrong reading and of another meter") {
  auto setup = window("rise", "above", 1.5);
  std::get<core::ConfigNode::Table>(setup.options.data()).emplace("flow", number(10));
  Bench trembling(setup);
  for (int i = 0; i <= 500; ++i) trembling.say(i * 60, 812.0 + 0.02 * (i % 3));
  CHECK(trembling.out.alerts.empty());
  Bench wrong(setup);
  for (int i = 0; i <= 100; ++i) wrong.say(i * 900, i == 50 ? 99'999.0 : 812.0 + 0.01 * i);
  CHECK(wrong.out.alerts.empty());
  Bench lower(setup);
  for (int i = 0; i <= 100; ++i) lower.say(i * 900, i == 50 ? 809.0 : 812.0 + 0.01 * i);
  CHECK(lower.out.alerts.empty());
  Bench exchanged(setup);
  for (int i = 0; i <= 100; ++i) exchanged.say(i * 900, (i < 50 ? 812.0 : 2417.0) + 0.01 * i);
  CHECK(exchanged.out.alerts.empty());
  Bench burst(setup);
  for (int i = 0; i <= 100; ++i) burst.say(i * 900, 812.0 + (i < 50 ? 0.0 : (i - 50) * 1.0));
  CHECK(burst.out.story().starts_with("raised yellow"));
  CHECK(burst.out.alerts[0].first.boot == burst.at(52 * 900).boot);
}

TEST_CASE("what window needs is checked") {
  CHECK(refusal(window("mean", "above", 1)) == "accepted");
  CHECK(refusal(rule("window", table({{"measure", text("median", 3)}, {"above", number(1)}, {"over", number(60)}})))
            .find("rules.toml:3: rule 'road': measure: is 'median', allowed: "
                  "sum|min|max|mean|count|quantile|rise|least_rise") == 0);
  CHECK(refusal(rule("window", table({{"measure", text("mean")}, {"above", number(1)}}))) ==
        "rules.toml:7: rule 'road': over: give one of: over, hours");
  CHECK(refusal(rule("window", table({{"measure", text("mean")}, {"over", number(60)}}))) ==
        "rules.toml:7: rule 'road': above: give above or at_least, below or both");
  CHECK(refusal(daily("mean", "above", 1, "2-4")) ==
        "rules.toml:7: rule 'road': hours: is '2-4', must be like \"02:00-04:00\"");
  CHECK(refusal(window("quantile", "above", 1)).find("quantile: belongs to measure") != std::string::npos);
  CHECK(refusal(
            rule("window",
                 table({{"measure", text("mean")}, {"above", number(1)}, {"below", number(2)}, {"over", number(60)}})))
            .find("must be greater than below (2)") != std::string::npos);
}

TEST_CASE("a count notices by itself that nothing comes") {
  const auto setup = window("count", "below", 3);
  Bench bench(setup);
  for (int i = 0; i < 20; ++i) {
    bench.run_until(i * 600);
    bench.say(i * 600, 1);
  }
  CHECK(bench.out.alerts.empty());
  bench.run_until(19 * 600 + 2399);
  CHECK(bench.out.alerts.empty());
  bench.run_until(19 * 600 + 2460);  // two are left
  REQUIRE(bench.out.story() == "raised yellow");
  CHECK(bench.out.alerts[0].sentence ==
        "Values of water level from Tianlin underpass within 1 h: 2; the yellow limit is 3.");
  bench.run_until(20'000);
  CHECK(bench.out.alerts.back().value == 0);
  for (int i = 0; i < 3; ++i) bench.say(20'000 + i, 1);
  CHECK(bench.out.story().ends_with("cleared yellow"));
  bench.run_until(20'000 + 3660);
  CHECK(bench.out.story().ends_with("cleared yellow, raised yellow"));
  const int writes = bench.out.writes;
  bench.run_until(1'000'000);  // and then it waits for a reading
  CHECK(bench.out.writes - writes < 300);

  Bench silent(setup);  // nothing ever came
  silent.tick(0);
  silent.run_until(3599);
  CHECK(silent.out.alerts.empty());
  silent.run_until(3601);
  CHECK(silent.out.story() == "raised yellow");

  Bench busy(window("count", "above", 10));
  for (int i = 0; i < 20; ++i) busy.say(i, 1);
  busy.run_until(10'000);
  CHECK(busy.out.story().ends_with("cleared yellow"));
}

TEST_CASE("a count that is too small for its hold time is told when that is over") {
  auto setup = window("count", "below", 3);
  std::get<core::ConfigNode::Table>(setup.options.data()).emplace("hold", number(300));
  Bench bench(setup);
  for (int i = 0; i <= 120; ++i) {
    bench.run_until(i * 60);
    bench.say(i * 60, 1);
  }
  bench.engine->close(bench.at(7230), bench.out);
  Bench after(setup);
  REQUIRE(after.restore(bench.out.states, 7240).ok());
  after.tick(7240);
  after.run_until(7240 + 3600 + 290);
  CHECK(after.out.alerts.empty());
  after.run_until(7240 + 3600 + 310);
  CHECK(after.out.story() == "raised yellow");
}

TEST_CASE("a burst and a night flow have words of their own, in both languages") {
  const auto burst = [](rules::Language language) {
    auto setup = window("rise", "above", 1.5);
    setup.channel = "volume";
    Bench bench({setup}, core::Quantity::length, language);
    bench.add(10, 0, "volume", core::Quantity::volume);
    for (int i = 0; i <= 120; ++i)
      bench.say_on(10, i * 60, 100.0 + (i >= 60 && i < 80 ? i - 60 : i < 60 ? 0 : 20) * 0.1);
    for (int i = 0; i < 60; ++i) bench.say_on(10, 7260 + i * 60, 102.0);
    REQUIRE(bench.out.alerts.size() >= 2);
    return bench.out.alerts.front().sentence + "\n" + bench.out.alerts.back().sentence;
  };
  CHECK(burst(rules::Language::english)
            .starts_with("1.6 m³ of water have run through the meter at Tianlin underpass "
                         "within 1 h; the yellow limit is 1.5 m³.\n"));
  CHECK(burst(rules::Language::english).find(" within 1 h, which is within the limit again.") != std::string::npos);
  CHECK(burst(rules::Language::chinese).starts_with("Tianlin underpass在1小时内用水1.6 m³；黄色限值为1.5 m³。\n"));
  auto setup = rule("window",
                    table({{"measure", text("least_rise")},
                           {"hours", text("02:00-05:00")},
                           {"gap", number(4200)},
                           {"above", number(0.005)}}),
                    "volume");
  Bench bench = night(std::move(setup));
  bench.add(10, 0, "volume", core::Quantity::volume);
  const double start = midnight(bench);
  for (double t = start - 7200; t <= start + 8 * 3600; t += 900) {
    bench.run_until(t);
    bench.say_on(10, t, 100 + (t - start) / 3600 * 0.015);
  }
  REQUIRE_FALSE(bench.out.alerts.empty());
  CHECK(bench.out.alerts[0].sentence ==
        "Water at Tianlin underpass did not come to rest within 3 h: at least 0.015 m³ ran in every 1 h, more than the "
        "yellow limit of 0.005 m³.");
}

TEST_CASE("an option that has no meaning with the measure is refused") {
  const auto refused = [](const char* measure, const char* key, double value) {
    auto setup = window(measure, "above", 1);
    std::get<core::ConfigNode::Table>(setup.options.data()).emplace(key, number(value, 4));
    return refusal(setup);
  };
  CHECK(refused("mean", "part", 60) == "rules.toml:4: rule 'road': part: belongs to measure = \"least_rise\"");
  CHECK(refused("rise", "part", 60).find("part: belongs to") != std::string::npos);
  CHECK(refused("least_rise", "part", 60) == "accepted");
  CHECK(refused("mean", "part", 3600) == "accepted");  // a default that was filled in
  CHECK(refused("mean", "flow", 0) == "accepted");
  CHECK(refused("mean", "vibration", 0.05) == "accepted");
  for (const char* key : {"flow", "vibration"}) {
    CHECK(refused("max", key, 1) ==
          "rules.toml:4: rule 'road': " + std::string(key) + ": belongs to measure = \"rise\" or \"least_rise\"");
    CHECK(refused("rise", key, 1) == "accepted");
    CHECK(refused("least_rise", key, 1) == "accepted");
  }
}
