// Kind `forecast`: a level that will be reached soon if the trend goes on.
#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/single_ladder.h"
#include "agent/rules/trend.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr double kSteady = 0.75;  // share of the pairs of points that must go the line's way
constexpr double kSure = 4.4;     // standard deviations of the change that noise alone makes a line have
constexpr double kNoises = 16;    // lines, of whose scatter the mean is kept
constexpr double kSoon = 600;     // s; below it the time left is told in seconds, above in minutes
constexpr double kLeaveAt = 1.5;  // the alert ends when the level is farther off than this many times `within`

constexpr std::array kFields{
    ConfigField{.key = "above", .type = FieldType::real, .help = "the level, reached by rising, channel's unit"},
    ConfigField{.key = "below", .type = FieldType::real, .help = "the level, reached by falling, channel's unit"},
    ConfigField{.key = "within",
                .type = FieldType::duration,
                .required = true,
                .minimum = 1,
                .maximum = kLongest,
                .help = "alert when the level is expected within this time"},
    ConfigField{.key = "trend",
                .type = FieldType::duration,
                .standard = "30 min",
                .minimum = 10,
                .maximum = kLongest,
                .help = "the trend is that of the last so much time, or of the last 6 readings where these are rarer; "
                        "needs readings over half of it"},
    kHold,
    kClearHold,
    kUpdate,
};

class ForecastRule final : public Rule {
 public:
  ForecastRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "a trend needs a number";
  }

  double level = 0.0;
  double sign = 1.0;  // -1: reached by falling
  Nanos within{};
  Nanos window{};
  LadderTiming timing;
  core::Severity severity = core::Severity::yellow;
};

class ForecastInstance final : public Instance {
 public:
  explicit ForecastInstance(const ForecastRule& rule) : rule_(rule), trend_(rule.window) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const double value = reading.value.as_number();
    if (!trend_.add(reading.received.boot, value)) return;
    if (const auto line = trend_.line()) judge(reading.received, value, *line, context);
  }

  void save(Nanos now, Packer& to) const override { ladder_.save(now, to, reached_ ? kReached : kNoHold); }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    reached_ = ladder_.restore(from, severity.has_value(), elapsed) == kReached && severity.has_value();
    return from.ok();
  }
  void learned(Nanos now, Packer& to) const override {
    to.put(noise_);
    to.put(noises_);
    trend_.save(now, to);
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    const double noise = from.get<double>();
    const double noises = from.get<double>();
    if (!(noise >= 0) || !std::isfinite(noise) || !(noises >= 0 && noises <= kNoises)) return false;
    noise_ = noise;
    noises_ = noises;
    return trend_.restore(from, elapsed);
  }

 private:
  static constexpr std::int64_t kNoHold = -1;   // saved instead of how long a hold time has run
  static constexpr std::int64_t kReached = -2;  // likewise

  void judge(const core::Stamp& at, double value, const Trend::Line& line, Context& context);
  void say(const core::Stamp& at, double value, double seconds, const Trend::Line& line, Context& context);
  void say_reached(const core::Stamp& at, double value, Context& context);
  double noise(const Trend::Line& line);

  const ForecastRule& rule_;
  Trend trend_;
  SingleLadder ladder_;
  double noise_ = 0.0;    // mean of the latest lines'
  double noises_ = 0.0;   // how many, up to kNoises
  bool reached_ = false;  // and told so
};

// How much a line may change over its span by noise alone. A few points often lie on a line by chance, so what those
// before have scattered counts too.
double ForecastInstance::noise(const Trend::Line& line) {
  noises_ = std::min(noises_ + 1, kNoises);
  noise_ += (line.noise - noise_) / noises_;
  const auto n = static_cast<double>(line.points);
  const double deviation = std::max(line.noise, noise_) / (0.67 * (1 - 2 / n));  // two of n are used up by the line
  return kSure * deviation * std::sqrt(12 * (n - 1) / (n * (n + 1)));            // of a straight line through n points
}

void ForecastInstance::judge(const core::Stamp& at, double value, const Trend::Line& line, Context& context) {
  const double within = std::chrono::duration<double>(rule_.within).count();
  const double towards = rule_.sign * line.slope;
  const double by_noise = noise(line);
  const bool steady = towards > 0 && line.share >= kSteady && towards * line.span > by_noise;
  const double missing = rule_.sign * (rule_.level - line.now);
  const bool reached = rule_.sign * (value - rule_.level) >= 0 || missing <= 0;
  const double left = steady ? std::max(missing, 0.0) / towards : std::numeric_limits<double>::infinity();
  // Once the level is reached, whoever watches the level itself speaks; an alert that is there says so and stays.
  double x = -1.0;
  if (ladder_.entered()) {
    x = reached || left <= kLeaveAt * within ? 1.0 : -1.0;
  } else if (!reached && left <= within) {
    x = 1.0;
  }
  ladder_.step(x, at.boot, rule_.timing);
  if (reached && ladder_.entered()) return say_reached(at, value, context);
  reached_ = false;
  say(at, value, left, line, context);
}

void ForecastInstance::say_reached(const core::Stamp& at, double value, Context& context) {
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  found.phrase = Phrase::forecast_reached;
  found.value = value;
  found.limit = rule_.level;
  found.news = !reached_;
  reached_ = true;
  context.find(at, found, value);
}

void ForecastInstance::say(const core::Stamp& at, double value, double seconds, const Trend::Line& line,
                           Context& context) {
  if (ladder_.quiet()) return;
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  found.phrase = rule_.sign > 0 ? Phrase::forecast_rise : Phrase::forecast_fall;
  found.value = value;
  found.limit = rule_.level;
  found.other = std::abs(line.slope) * 3600;
  if (std::isfinite(seconds) && seconds < 1e9) {
    found.badness = -seconds;
    const double unit = seconds > kSoon ? 60 : 1;
    const Nanos left(std::llround(std::round(seconds / unit) * unit * 1e9));
    found.span = left;
    if (at.clock != core::ClockState::unsynced) found.when = at.utc + std::chrono::duration_cast<core::Micros>(left);
  }
  context.find(at, found, value);
}

std::unique_ptr<Instance> ForecastRule::make() const { return std::make_unique<ForecastInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<ForecastRule>();
  const core::ConfigNode& options = setup.options;
  if (options.has("above") == options.has("below")) mistakes.note(setup, "above", "give one of: above, below");
  rule->sign = options.has("above") ? 1.0 : -1.0;
  rule->level = options[options.has("above") ? "above" : "below"].real();
  rule->within = duration(options["within"], {});
  rule->window = duration(options["trend"], core::Seconds(1800));
  rule->span = rule->within;
  rule->timing = {0.0, duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  return rule;
}

}  // namespace

constinit const Kind kForecast{
    .spec = {"forecast", "a level that is expected soon if the trend goes on, with the time", kFields},
    .create = create,
    .instance_size = sizeof(ForecastInstance),
    .most_saved = 16,
    .most_learned = 1024};

}  // namespace afferent::rules
