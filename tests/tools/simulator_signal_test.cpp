#include <doctest/doctest.h>

#include <cmath>

#include "tests/tools/simulator_rig.h"
#include "tools/simulator/signal.h"

using namespace afferent;
using simulator::Sample;

namespace {

// A heat meter has channels enough to try every kind.
simulator::DevicePlan plan_of(const std::string& channels) {
  auto loaded = test::scenario_of(R"(
[[line]]
id = "bus"
kind = "pty"
[[device]]
id = "heat"
line = "bus"
driver = "cjt188"
options = { address = "78330011223344", type = "20" }
[device.channels]
)" + channels);
  for (const auto& problem : loaded.problems) MESSAGE(problem.text());
  REQUIRE(loaded.problems.empty());
  return loaded.scenario.devices.front();
}

class Watched {
 public:
  explicit Watched(const std::string& channels, const std::string& name, std::uint64_t seed = 1)
      : plan_(plan_of(channels)) {
    for (const auto& signal : plan_.signals) {
      if (signal.channel == name) signal_ = simulator::make_signal(signal, plan_.signals, seed);
    }
    REQUIRE(signal_);
  }
  double operator()(double seconds) { return std::get<double>(signal_->at(seconds)); }
  std::string text(double seconds) { return std::get<std::string>(signal_->at(seconds)); }

 private:
  simulator::DevicePlan plan_;
  std::unique_ptr<simulator::Signal> signal_;
};

}  // namespace

TEST_CASE("constant, ramp and sine are formulas of scenario time") {
  CHECK(Watched("flow = { kind = 'constant', value = 2.5 }", "flow")(100) == 2.5);
  CHECK(Watched("flow = 2.5", "flow")(100) == 2.5);
  Watched ramp("flow = { kind = 'ramp', start = 1, rate = 0.5, maximum = 3 }", "flow");
  CHECK(ramp(2) == 2.0);
  CHECK(ramp(100) == 3.0);
  Watched sine("flow = { kind = 'sine', mean = 10, amplitude = 2, period = '1 h', phase = 90 }", "flow");
  CHECK(sine(0) == doctest::Approx(12));
  CHECK(sine(1800) == doctest::Approx(8));
}

TEST_CASE("a storm goes through its points in straight lines and holds at both ends") {
  Watched storm("flow = { kind = 'storm', points = [[10, 1.0], [20, 3], [40, 0.0]] }", "flow");
  CHECK(storm(0) == 1.0);
  CHECK(storm(10) == 1.0);
  CHECK(storm(15) == 2.0);
  CHECK(storm(20) == 3.0);
  CHECK(storm(30) == 1.5);
  CHECK(storm(1e6) == 0.0);
}

TEST_CASE("steps hold numbers or texts until the next point") {
  Watched steps("valve = { kind = 'steps', points = [[0, 'open'], [60, 'closed']] }", "valve");
  CHECK(steps.text(59.9) == "open");
  CHECK(steps.text(60) == "closed");
  Watched truth("flag_low_battery = { kind = 'steps', points = [[0, false], [5, true]] }", "flag_low_battery");
  CHECK(truth(4) == 0.0);
  CHECK(truth(5) == 1.0);
}

TEST_CASE("a counter adds up its rate, or another channel, and never runs backwards") {
  Watched rate("volume = { kind = 'counter', start = 100, rate = 7.2 }", "volume");
  CHECK(rate(0) == 100);
  CHECK(rate(3600) == doctest::Approx(107.2));
  Watched of(
      "flow = { kind = 'storm', points = [[0, 3600], [100, 3600], [100.5, -3600]] }\n"
      "volume = { kind = 'counter', of = 'flow' }",
      "volume");
  CHECK(of(50) == doctest::Approx(50));
  CHECK(of(101) == doctest::Approx(101));
  CHECK(of(500) == doctest::Approx(101));
}

TEST_CASE("a walk and noise depend on seed and time, not on how often somebody asks") {
  const std::string text = "flow = { kind = 'walk', start = 5, step = 0.1, noise = 0.01, minimum = 4, maximum = 6 }";
  Watched often(text, "flow");
  Watched rarely(text, "flow");
  Watched other(text, "flow", 2);
  double at = 0;
  double differs = 0;
  for (int i = 0; i <= 1000; ++i) {
    at = often(i);
    CHECK(at >= 4);
    CHECK(at <= 6);
    differs += std::abs(at - 5);
  }
  CHECK(differs > 1);
  CHECK(rarely(1000) == at);
  CHECK(other(1000) != at);
}

TEST_CASE("noise has the spread that was asked for") {
  Watched noisy("flow = { kind = 'constant', value = 10, noise = 0.5 }", "flow");
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 4000; ++i) {
    const double off = noisy(i) - 10;
    sum += off;
    squares += off * off;
  }
  CHECK(std::abs(sum / 4000) < 0.05);
  CHECK(std::sqrt(squares / 4000) == doctest::Approx(0.5).epsilon(0.05));
}

TEST_CASE("the meter's clock passes with scenario time") {
  Watched clock("meter_time = { kind = 'clock', start = 1000000000 }", "meter_time");
  CHECK(clock(90.7) == 1000000090);
}
