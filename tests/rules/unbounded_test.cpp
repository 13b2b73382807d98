// Readings from one end of all numbers to the other: what is told of them is a number.
#include <cmath>
#include <limits>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr std::uint32_t kVolume = 10;
constexpr double kMost = std::numeric_limits<double>::max();

rules::RuleSetup of(const char* kind, core::ConfigNode options, const char* channel = "volume") {
  return rule(kind, std::move(options), channel);
}
std::vector<rules::RuleSetup> setups() {
  auto agree = of("agree", table({{"tolerance", number(1)}}), "level");
  agree.devices.push_back(core::DeviceId{1});
  agree.devices.push_back(core::DeviceId{2});
  return {of("no_use", table({{"over", number(600)}})),
          of("continuous", table({{"within", number(1200)}, {"quiet", number(600)}})),
          of("meter", table({})),
          of("window", table({{"measure", text("rise")}, {"over", number(600)}, {"above", number(1)}})),
          of("window", table({{"measure", text("sum")}, {"over", number(600)}, {"above", number(1)}})),
          of("window", table({{"measure", text("mean")}, {"over", number(600)}, {"below", number(1)}})),
          of("window", table({{"measure", text("max")}, {"over", number(600)}, {"above", number(-kMost)}})),
          of("forecast", table({{"above", number(5)}, {"within", number(36'000)}, {"trend", number(600)}})),
          of("rate", table({{"rise", number(1)}, {"fall", number(1)}, {"per", number(600)}})),
          of("threshold", table({{"above", number(-kMost / 2)}})),
          of("stuck", table({{"after", number(600)}})),
          of("flood", table({{"begin", number(-kMost)}, {"calm", number(60)}})),
          agree};
}
// What devices may send: zeros, ends, leaps from one to the other.
double wild(int n) {
  constexpr std::array kValues{-1e308, 1e308, 1e308, 0.0, 1e308, -kMost, kMost, kMost, -kMost, 1.0, 1.5, 1.5};
  return kValues[static_cast<std::size_t>(n * 7 / 3) % kValues.size()];
}
void check_told(const Recorder& out) {
  const auto is_word = [](const std::string& sentence, const char* word) {
    return sentence.find(word) != std::string::npos;
  };
  for (const core::Alert& alert : out.alerts) {
    CAPTURE(alert.sentence);
    CHECK(std::isfinite(alert.value));
    CHECK_FALSE((is_word(alert.sentence, "nan ") || is_word(alert.sentence, "inf ")));
  }
  for (const core::Event& event : out.events) {
    CAPTURE(event.sentence);
    for (const core::Figure& figure : event.figures) CHECK(std::isfinite(figure.value));
    CHECK_FALSE((is_word(event.sentence, "nan ") || is_word(event.sentence, "inf ")));
  }
}

}  // namespace

TEST_CASE("a leap beyond all numbers is no use of water") {
  Bench bench(of("no_use", table({{"over", number(600)}})));
  bench.add(kVolume, 0, "volume", core::Quantity::volume);
  bench.say_on(kVolume, 0, -1e308);
  for (int t = 60; t < 1800; t += 60) bench.say_on(kVolume, t, 1e308);
  check_told(bench.out);
  REQUIRE(bench.out.story() == "raised orange");  // it does not move
  CHECK(bench.out.alerts[0].value == 0.0);
}

TEST_CASE("whatever numbers come, every kind tells numbers, and what it saves is read again") {
  for (const rules::RuleSetup& setup : setups()) {
    CAPTURE(setup.kind);
    for (const int stride : {1, 2, 5}) {
      const auto life = [&](const std::map<std::string, core::StateChange>& states, int from) {
        Bench bench({setup});
        bench.add(kVolume, 0, "volume", core::Quantity::volume);
        bench.add(11, 2, "level", core::Quantity::length);
        CHECK(bench.restore(states, from * 60.0).ok());
        for (int n = from; n < from + 200; ++n) {
          bench.run_until(n * 60.0);
          const double value = n % 40 < 30 ? wild(n * stride) : wild(n / 40);
          bench.say_on(kVolume, n * 60.0, value);
          bench.say_on(0, n * 60.0, wild(n));
          bench.say_on(2, n * 60.0, kMost);
          bench.say_on(11, n * 60.0, n % 2 == 0 ? kMost : -kMost);
          if (n % 20 == 0) check_told(bench.out);
        }
        check_told(bench.out);
        bench.engine->close(bench.at((from + 200) * 60.0), bench.out);
        return bench.out.states;
      };
      life(life({}, 0), 200);
    }
  }
}
