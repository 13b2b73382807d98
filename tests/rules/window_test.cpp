#include <cmath>

#include "agent/rules/gather.h"
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

rules::RuleSetup window(const char* measure, const char* side, double limit, double over = 3600) {
  return rule("window", table({{"measure", text(measure)}, {side, number(limit)}, {"over", number(over)}}));
}
rules::RuleSetup daily(const char* measure, const char* side, double limit, const char* hours) {
  return rule(
      "window",
      table({{"measure", text(measure)}, {side, number(limit)}, {"hours", text(hours)}, {"gap", number(3600)}}));
}
core::Zone shanghai() {  // UTC+8 all year, as the footer of a zone file says it
  std::string file = "TZif2" + std::string(15, '\0');
  const auto counts = [&](const char* types, const char* letters) {
    for (const char* count : {"\0", "\0", "\0", "\0", types, letters})
      file += std::string(3, '\0') + std::string(count, 1);
  };
  counts("\1", "\4");
  file += std::string(6, '\0') + std::string("CST\0", 4);
  file += "TZif2" + std::string(15, '\0');
  counts("\1", "\4");
  file += std::string("\0\0\x70\x80\0\0", 6) + std::string("CST\0", 4) + "\nCST-8\n";
  auto zone = core::Zone::parse(core::as_bytes(file));
  REQUIRE(zone.ok());
  return *zone;
}
// Seconds of the bench's time at which it is midnight in Shanghai, the first after its zero.
double midnight(const Bench& bench) {
  const core::Zone zone = shanghai();
  const core::Micros utc = zone.utc(zone.local(bench.at(0).utc).day + 1, 0);
  return static_cast<double>((utc - bench.at(0).utc).count()) / 1e6;
}
Bench night(rules::RuleSetup setup) {
  return Bench({std::move(setup)}, core::Quantity::volume, rules::Language::english, shanghai());
}

}  // namespace

TEST_CASE("what is gathered is exact for rare readings and close for frequent ones") {
  for (const int every : {60, 7, 1}) {
    rules::Gather gather(core::Seconds(3600), core::Seconds(450));
    for (int t = 0; t <= 10'000; t += every) gather.add(core::Seconds(t), t % 2 == 0 ? 1.0 : 3.0);
    const int last = 10'000 / every * every;
    gather.drop(core::Seconds(last - 3600));
    const auto all = gather.total(core::Seconds(last - 3600));
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
  for (int i = 0; i < 1000; ++i) broken.say(i * 1000, 0.5);  // farther apart than an eighth of the window
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

TEST_CASE("what window needs is checked") {
  CHECK(refusal(window("mean", "above", 1)) == "accepted");
  CHECK(refusal(rule("window", table({{"measure", text("median", 3)}, {"above", number(1)}, {"over", number(60)}})))
            .find("rules.toml:3: rule 'road': measure: is 'median', allowed: sum|min|max|mean|count|quantile|rise") ==
        0);
  CHECK(refusal(rule("window", table({{"measure", text("mean")}, {"above", number(1)}}))) ==
        "rules.toml:7: rule 'road': over: give one of: over, hours");
  CHECK(refusal(rule("window", table({{"measure", text("mean")}, {"over", number(60)}}))) ==
        "rules.toml:7: rule 'road': above: give above, below or both");
  CHECK(refusal(daily("mean", "above", 1, "2-4")) ==
        "rules.toml:7: rule 'road': hours: is '2-4', must be like \"02:00-04:00\"");
  CHECK(refusal(window("quantile", "above", 1)).find("quantile: belongs to measure") != std::string::npos);
  CHECK(refusal(
            rule("window",
                 table({{"measure", text("mean")}, {"above", number(1)}, {"below", number(2)}, {"over", number(60)}})))
            .find("must be greater than below (2)") != std::string::npos);
}
