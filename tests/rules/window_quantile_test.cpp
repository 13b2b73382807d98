// Quantiles of windows with many readings, in which no reading can be kept by itself.
#include <algorithm>
#include <cmath>
#include <random>

#include "agent/rules/gather.h"
#include "agent/rules/ranks.h"
#include "tests/rules/window_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr double kDay = 86'400;

rules::RuleSetup quantile(double share, const char* side, double limit, double over = kDay) {
  return rule(
      "window",
      table(
          {{"measure", text("quantile")}, {"quantile", number(share)}, {side, number(limit)}, {"over", number(over)}}));
}

// The share of `values` that is smaller than `value`, and the share that is no greater.
std::pair<double, double> ranks_of(std::vector<double> values, double value) {
  std::sort(values.begin(), values.end());
  const auto share = [&](auto at) {
    return static_cast<double>(at - values.begin()) / static_cast<double>(values.size());
  };
  return {share(std::lower_bound(values.begin(), values.end(), value)),
          share(std::upper_bound(values.begin(), values.end(), value))};
}

// How far the rank of what is told lies from the share, at most, over a window that slides.
template <class Signal>
double worst_rank(double every, double share, Signal signal) {
  const core::Nanos length = core::Seconds(static_cast<std::int64_t>(kDay));
  rules::Gather gather(length, std::nullopt, {}, true);
  std::vector<double> all;
  const auto per_window = static_cast<std::size_t>(kDay / every);
  double worst = 0.0;
  for (std::size_t i = 0; i < 3 * per_window; ++i) {
    const auto at = core::Nanos(static_cast<std::int64_t>(static_cast<double>(i) * every * 1e9));
    all.push_back(signal(i));
    gather.add(at, all.back());
    gather.drop(at - length);
    if (i < per_window || i % (per_window / 7) != 0) continue;
    const double told = gather.quantile(share, at - length);
    const auto [below, upto] = ranks_of({all.end() - static_cast<std::ptrdiff_t>(per_window), all.end()}, told);
    worst = std::max({worst, below - share, share - upto});
  }
  return worst;
}

}  // namespace

TEST_CASE("a quantile of many readings is that of the readings, whatever lies between their extremes") {
  std::mt19937 random(3);
  std::normal_distribution<double> normal(10.0, 1.0);
  const auto white = [&](std::size_t) { return normal(random); };
  for (const double every : {60.0, 10.0, 1.0}) {
    for (const double share : {0.01, 0.5, 0.9, 0.99}) {
      CAPTURE(every);
      CAPTURE(share);
      CHECK(worst_rank(every, share, white) < 0.01);
      CHECK(worst_rank(every, share, [&](std::size_t) { return std::exp(3 * normal(random)); }) < 0.01);
    }
  }
  const auto tide = [](std::size_t i) { return std::sin(static_cast<double>(i) / 700.0); };
  const auto drift = [](std::size_t i) { return static_cast<double>(i); };
  for (const double share : {0.1, 0.5, 0.9}) {
    CHECK(worst_rank(10, share, tide) < 0.01);
    CHECK(worst_rank(10, share, drift) < 0.02);  // the far edge lies within one stretch
  }
}

TEST_CASE("a signal that is mostly at rest has the quantiles of rest") {
  const auto story = [](rules::RuleSetup setup, double every, auto signal) {
    Bench bench(std::move(setup));
    for (int i = 0; i * every < 2.5 * kDay; ++i) bench.say(i * every, signal(i));
    return bench.out.story();
  };
  const auto on = [](int seconds, int of) { return [=](int i) { return i * 10 % of < seconds ? 1.0 : 0.0; }; };
  CHECK(story(quantile(0.9, "above", 0.5), 10, on(180, 600)) == "raised yellow");
  CHECK(story(quantile(0.5, "above", 0.2), 10, on(180, 600)).empty());
  CHECK(story(quantile(0.5, "above", 0.2), 10, on(30, 600)).empty());
  CHECK(story(quantile(0.5, "above", 0.2), 60, [](int i) { return i % 30 < 2 ? 20.0 : 0.0; }).empty());
  CHECK(story(quantile(0.9, "above", 0.5), 10, on(80, 1000)).empty());
  CHECK(story(quantile(0.9, "above", 0.5), 10, on(120, 1000)) == "raised yellow");
}

TEST_CASE("few readings are all kept, and the ends are the extremes") {
  rules::Ranks ranks;
  for (int i = 0; i < 192; ++i) ranks.add(i * 37 % 192);
  std::vector<rules::Weighted> all(ranks.all().begin(), ranks.all().end());
  for (const int rank : {1, 2, 96, 191, 192}) CHECK(rules::weighted_rank(all, rank) == rank - 1);
  ranks.clear();
  for (const double value : {3.0, 1.0, 2.0}) ranks.add(value);
  CHECK(ranks.spread(16) == std::vector<double>{1.0, 2.0, 3.0});
}

TEST_CASE("a million readings are no more than 192, each group of a 64th of them at most") {
  rules::Ranks ranks;
  std::mt19937 random(5);
  std::uniform_real_distribution<double> even(0.0, 1.0);
  for (int i = 0; i < 1'000'000; ++i) ranks.add(even(random));
  CHECK(ranks.all().size() <= 192);
  double count = 0.0;
  for (const rules::Weighted& one : ranks.all()) {
    CHECK(one.weight <= 1e6 / 64);
    count += one.weight;
  }
  CHECK(count == 1e6);
  std::vector<rules::Weighted> all(ranks.all().begin(), ranks.all().end());
  for (const double share : {0.1, 0.5, 0.9}) {
    CHECK(rules::weighted_rank(all, share * count) == doctest::Approx(share).epsilon(0.03));
  }
  const std::vector<double> spread = ranks.spread(16);
  REQUIRE(spread.size() == 16);
  for (std::size_t i = 0; i < 16; ++i) {
    CHECK(spread[i] >= static_cast<double>(i) / 16 - 0.02);
    CHECK(spread[i] <= static_cast<double>(i + 1) / 16 + 0.02);
  }
}

TEST_CASE("the sentence names which quantile it is") {
  Bench bench(quantile(0.9, "above", 7.5, 3600));
  for (int i = 0; i <= 120; ++i) bench.say(i * 60, i % 10);
  REQUIRE_FALSE(bench.out.alerts.empty());
  CHECK(bench.out.alerts[0].sentence ==
        "0.9 quantile of water level at Tianlin underpass within 1 h is 8 m, above the yellow limit of 7.5 m.");
}

TEST_CASE("a quantile is kept over a restart, and not taken for that of a rule with another measure") {
  const auto setup = quantile(0.9, "above", 0.5);
  Bench before(setup);
  const auto live = [](Bench& bench, double from, double to) {
    for (double t = from; t < to; t += 10) bench.say(t, std::fmod(t, 600) < 180 ? 1.0 : 0.0);
  };
  live(before, 0, kDay * 0.79);
  before.engine->close(before.at(kDay * 0.79), before.out);
  REQUIRE_FALSE(before.out.states.empty());
  Bench after(setup);
  REQUIRE(after.restore(before.out.states, kDay * 0.79 + 10).ok());
  live(after, kDay * 0.79 + 10, kDay * 0.82);
  CHECK(after.out.story() == "raised yellow");
  CHECK(after.out.alerts[0].value == 1.0);
  Bench other(window("mean", "above", 0.1, kDay));
  CHECK_FALSE(other.restore(before.out.states, kDay * 0.79 + 10).ok());
  Bench mean(window("mean", "above", 0.9, kDay));
  live(mean, 0, kDay * 0.79);
  mean.engine->close(mean.at(kDay * 0.79), mean.out);
  Bench again(setup);
  CHECK_FALSE(again.restore(mean.out.states, kDay * 0.79 + 10).ok());
}
