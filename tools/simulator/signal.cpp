#include "tools/simulator/signal.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>
#include <optional>

#include "tools/simulator/dice.h"

namespace afferent::simulator {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr double kSecondsPerHour = 3600.0;
constexpr std::int64_t kMostSteps = 5'000'000;  // caught up at once; after a longer pause a walk or counter jumps

constexpr ConfigField kKind{.key = "kind", .required = true, .help = "how the value changes"};
constexpr ConfigField kNoise{.key = "noise",
                             .type = FieldType::real,
                             .standard = "0",
                             .minimum = 0,
                             .help = "standard deviation of what is added to each value, channel's unit"};
constexpr ConfigField kMinimum{.key = "minimum", .type = FieldType::real, .help = "the value stays above"};
constexpr ConfigField kMaximum{.key = "maximum", .type = FieldType::real, .help = "the value stays below"};
constexpr ConfigField kStart{
    .key = "start", .type = FieldType::real, .standard = "0", .help = "value at the start, channel's unit"};
constexpr ConfigField kEvery{.key = "every",
                             .type = FieldType::duration,
                             .standard = "1 s",
                             .minimum = 0.01,
                             .maximum = 86400,
                             .help = "scenario time from one step to the next"};

constexpr std::array kConstantFields{
    kKind, ConfigField{.key = "value", .type = FieldType::real, .required = true, .help = "channel's unit"}, kNoise,
    kMinimum, kMaximum};
constexpr std::array kRampFields{
    kKind,
    kStart,
    ConfigField{.key = "rate", .type = FieldType::real, .required = true, .help = "change per scenario second"},
    kNoise,
    kMinimum,
    kMaximum};
constexpr std::array kSineFields{
    kKind,
    ConfigField{.key = "mean", .type = FieldType::real, .standard = "0", .help = "channel's unit"},
    ConfigField{.key = "amplitude", .type = FieldType::real, .required = true, .help = "channel's unit"},
    ConfigField{
        .key = "period", .type = FieldType::duration, .required = true, .minimum = 0.1, .help = "scenario time"},
    ConfigField{.key = "phase", .type = FieldType::real, .standard = "0", .help = "degrees at the start"},
    kNoise,
    kMinimum,
    kMaximum};
constexpr std::array kWalkFields{kKind,
                                 kStart,
                                 ConfigField{.key = "step",
                                             .type = FieldType::real,
                                             .required = true,
                                             .minimum = 0,
                                             .help = "standard deviation of one step, channel's unit"},
                                 kEvery,
                                 kNoise,
                                 kMinimum,
                                 kMaximum};
constexpr std::array kStormFields{kKind, kNoise, kMinimum, kMaximum};
constexpr std::array kStepsFields{kKind};
constexpr std::array kCounterFields{
    kKind, kStart,
    ConfigField{.key = "rate",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "added per scenario hour, channel's unit"},
    ConfigField{.key = "of", .help = "channel of the same device that is added up, per hour: volume of flow"}, kEvery};
constexpr std::array kClockFields{
    kKind, ConfigField{.key = "start",
                       .type = FieldType::real,
                       .standard = "1767225600",
                       .minimum = 0,
                       .maximum = 4e9,
                       .help = "seconds since 1970-01-01 at the start; passes with scenario time"}};

// Noise and bounds, the same for all kinds that have them.
class Finish {
 public:
  Finish(const ConfigNode& options, std::uint64_t seed)
      : noise_(options["noise"].real()),
        minimum_(options["minimum"].real(-std::numeric_limits<double>::infinity())),
        maximum_(options["maximum"].real(std::numeric_limits<double>::infinity())),
        seed_(seed) {}

  double operator()(double value, double seconds) const {
    if (noise_ > 0) value += noise_ * Dice(seed_ ^ static_cast<std::uint64_t>(std::llround(seconds * 1000))).normal();
    return bound(value);
  }
  double bound(double value) const { return std::max(minimum_, std::min(value, maximum_)); }

 private:
  double noise_;
  double minimum_;
  double maximum_;
  std::uint64_t seed_;
};

// constant, ramp, sine: a formula of time.
class Formula final : public Signal {
 public:
  Formula(double (*value)(const ConfigNode&, double), const SignalPlan& plan, std::uint64_t seed)
      : value_(value), options_(plan.options), finish_(plan.options, seed) {}
  Sample at(double seconds) override { return finish_(value_(options_, seconds), seconds); }

 private:
  double (*value_)(const ConfigNode&, double);
  ConfigNode options_;
  Finish finish_;
};

double constant(const ConfigNode& options, double /*seconds*/) { return options["value"].real(); }
double ramp(const ConfigNode& options, double seconds) {
  return options["start"].real() + options["rate"].real() * seconds;
}
double sine(const ConfigNode& options, double seconds) {
  const double turns = seconds / options["period"].real(1) + options["phase"].real() / 360.0;
  return options["mean"].real() + options["amplitude"].real() * std::sin(2 * std::numbers::pi * turns);
}
double clock(const ConfigNode& options, double seconds) { return std::floor(options["start"].real() + seconds); }

class Walk final : public Signal {
 public:
  Walk(const SignalPlan& plan, std::uint64_t seed)
      : step_(plan.options["step"].real()),
        every_(plan.options["every"].real(1)),
        finish_(plan.options, seed),
        dice_(seed),
        value_(finish_.bound(plan.options["start"].real())) {}

  Sample at(double seconds) override {
    const auto wanted = static_cast<std::int64_t>(std::floor(seconds / every_));
    done_ = std::max(done_, wanted - kMostSteps);
    for (; done_ < wanted; ++done_) value_ = finish_.bound(value_ + step_ * dice_.normal());
    return finish_(value_, seconds);
  }

 private:
  double step_;
  double every_;
  Finish finish_;
  Dice dice_;
  double value_;
  std::int64_t done_ = 0;  // steps
};

class Curve final : public Signal {
 public:
  Curve(const SignalPlan& plan, std::uint64_t seed) : points_(plan.points), finish_(plan.options, seed) {}

  Sample at(double seconds) override { return finish_(level(seconds), seconds); }

 private:
  static double number(const Point& point) { return std::get<double>(point.value); }

  double level(double seconds) const {
    const auto next = std::find_if(points_.begin(), points_.end(), [&](const Point& p) { return p.at > seconds; });
    if (next == points_.begin()) return number(points_.front());
    const Point& before = *(next - 1);
    if (next == points_.end()) return number(before);
    const double share = (seconds - before.at) / (next->at - before.at);
    return number(before) + share * (number(*next) - number(before));
  }

  std::vector<Point> points_;
  Finish finish_;
};

class Steps final : public Signal {
 public:
  explicit Steps(const SignalPlan& plan) : points_(plan.points) {}

  Sample at(double seconds) override {
    const auto next = std::find_if(points_.begin(), points_.end(), [&](const Point& p) { return p.at > seconds; });
    return next == points_.begin() ? points_.front().value : (next - 1)->value;
  }

 private:
  std::vector<Point> points_;
};

class Counter final : public Signal {
 public:
  Counter(const SignalPlan& plan, std::unique_ptr<Signal> of)
      : rate_(plan.options["rate"].real()),
        every_(plan.options["every"].real(1)),
        total_(plan.options["start"].real()),
        of_(std::move(of)) {}

  Sample at(double seconds) override {
    const auto wanted = static_cast<std::int64_t>(std::floor(seconds / every_));
    done_ = std::max(done_, wanted - kMostSteps);
    for (; done_ < wanted; ++done_) total_ += per_hour(static_cast<double>(done_) * every_) * every_ / kSecondsPerHour;
    return total_;
  }

 private:
  // A meter does not run backwards.
  double per_hour(double seconds) const {
    if (!of_) return rate_;
    const Sample flow = of_->at(seconds);
    const double* number = std::get_if<double>(&flow);
    return rate_ + (number == nullptr ? 0.0 : std::max(0.0, *number));
  }

  double rate_;
  double every_;
  double total_;
  std::unique_ptr<Signal> of_;
  std::int64_t done_ = 0;  // steps
};

std::unique_ptr<Signal> make_counter(const SignalPlan& plan, std::span<const SignalPlan> siblings,
                                     std::uint64_t device_seed) {
  const std::string_view of = plan.options["of"].text();
  const auto source = std::find_if(siblings.begin(), siblings.end(), [&](const SignalPlan& p) {
    return p.channel == of && p.kind != "counter";  // no circles
  });
  if (of.empty() || source == siblings.end()) return std::make_unique<Counter>(plan, nullptr);
  return std::make_unique<Counter>(plan, make_signal(*source, siblings, device_seed));
}

using Siblings = std::span<const SignalPlan>;

template <double (*value)(const ConfigNode&, double)>
std::unique_ptr<Signal> make_formula(const SignalPlan& plan, Siblings /*siblings*/, std::uint64_t device_seed) {
  return std::make_unique<Formula>(value, plan, seed_for(device_seed, plan.channel));
}

template <class Kind>
std::unique_ptr<Signal> make_random(const SignalPlan& plan, Siblings /*siblings*/, std::uint64_t device_seed) {
  return std::make_unique<Kind>(plan, seed_for(device_seed, plan.channel));
}

std::unique_ptr<Signal> make_steps(const SignalPlan& plan, Siblings /*siblings*/, std::uint64_t /*device_seed*/) {
  return std::make_unique<Steps>(plan);
}

constexpr std::array kKinds{
    SignalKind{"constant", Points::none, kConstantFields, make_formula<constant>},
    SignalKind{"ramp", Points::none, kRampFields, make_formula<ramp>},
    SignalKind{"sine", Points::none, kSineFields, make_formula<sine>},
    SignalKind{"walk", Points::none, kWalkFields, make_random<Walk>},
    SignalKind{"storm", Points::numbers, kStormFields, make_random<Curve>},
    SignalKind{"steps", Points::any, kStepsFields, make_steps},
    SignalKind{"counter", Points::none, kCounterFields, make_counter},
    SignalKind{"clock", Points::none, kClockFields, make_formula<clock>},
};

}  // namespace

std::span<const SignalKind> signal_kinds() { return kKinds; }

const SignalKind* find_signal_kind(std::string_view name) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [name](const SignalKind& k) { return k.name == name; });
  return found == kKinds.end() ? nullptr : found;
}

std::unique_ptr<Signal> make_signal(const SignalPlan& plan, std::span<const SignalPlan> siblings,
                                    std::uint64_t device_seed) {
  const SignalKind* kind = find_signal_kind(plan.kind);
  return kind == nullptr ? nullptr : kind->make(plan, siblings, device_seed);
}

}  // namespace afferent::simulator
