// Kind `threshold`: a value beyond a limit, with up to four steps of severity above, below or both; or a boolean that
// is not as it should be.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/ladder.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;
using core::Severity;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kSteps = 4;  // one a severity

constexpr std::array kStepFields{
    ConfigField{.key = "severity", .required = true, .allowed = "blue|yellow|orange|red", .help = "of this step"},
    ConfigField{
        .key = "above", .type = FieldType::real, .help = "the step is reached by a greater value, channel's unit"},
    ConfigField{
        .key = "below", .type = FieldType::real, .help = "the step is reached by a smaller value, channel's unit"},
};

constexpr std::array kFields{
    ConfigField{.key = "above", .type = FieldType::real, .help = "alert when the value is greater, channel's unit"},
    ConfigField{.key = "below", .type = FieldType::real, .help = "alert when the value is smaller, channel's unit"},
    ConfigField{.key = "equals", .type = FieldType::boolean, .help = "alert when a boolean channel has this value"},
    ConfigField{
        .key = "steps",
        .type = FieldType::tables,
        .help = "several severities in one rule, instead of above and below: [{severity = \"blue\", above = 0.1}, ...]",
        .items = kStepFields},
    kHysteresis,
    kHold,
    kClearHold,
    kUpdate,
};

// The limits of one side, mildest first. Below is kept with its sign turned, so that larger is worse on both sides.
struct Side {
  std::array<double, kSteps> limits{};
  std::array<Severity, kSteps> severities{};
  std::size_t count = 0;
};

class ThresholdRule final : public Rule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    const core::Value::Kind kind = core::kind_of(channel.quantity);
    if (boolean) return kind == core::Value::Kind::boolean ? "" : "`equals` needs a boolean channel";
    return kind == core::Value::Kind::number ? "" : "`above` and `below` need a number";
  }

  Side above;
  Side below;
  LadderTiming timing;
  bool boolean = false;
};

class ThresholdInstance final : public Instance {
 public:
  explicit ThresholdInstance(const ThresholdRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    judge(reading.value.as_number(), reading.received, context, true);
    set(band);
  }
  // A boolean stays what it was until the device says otherwise, so its hold time may end between two readings. A
  // number has to be confirmed by a reading.
  void tick(const core::Stamp& now, Context& context) override { judge(value_, now, context, false); }

  void save(Nanos now, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(kSteps));
    save_side(now, to, above_, rule_.above);
    save_side(now, to, below_, rule_.below);
    to.put(value_);
  }
  bool restore(Unpacker& from, std::optional<Severity> /*severity*/, const Elapsed& elapsed) override {
    if (from.get<std::uint8_t>() != kSteps) return false;
    restore_side(from, above_, rule_.above, elapsed);
    restore_side(from, below_, rule_.below, elapsed);
    value_ = from.get<double>();
    return from.ok() && std::isfinite(value_);
  }

 private:
  static void save_side(Nanos now, Packer& to, const Ladder<kSteps>& ladder, const Side& side);
  static void restore_side(Unpacker& from, Ladder<kSteps>& ladder, const Side& side, const Elapsed& elapsed);
  void judge(double value, const core::Stamp& at, Context& context, bool from_reading);
  void set(Band& band) const;
  bool speaks_above() const;
  double beyond(bool above) const;
  Finding finding() const;

  const ThresholdRule& rule_;
  Ladder<kSteps> above_;
  Ladder<kSteps> below_;
  double value_ = 0.0;
  double worst_ = -kInfinity;  // value since this step speaks, with its sign turned below
  std::int8_t speaks_ = -1;    // twice the severity, and one more above; -1: none
};

// A level is kept as its severity, since the steps may change while the agent is down.
void ThresholdInstance::save_side(Nanos now, Packer& to, const Ladder<kSteps>& ladder, const Side& side) {
  const std::size_t level = ladder.level();
  to.put(static_cast<std::uint8_t>(side.count));
  to.put(static_cast<std::uint8_t>(level == 0 ? 0 : 1 + static_cast<int>(side.severities[level - 1])));
  for (std::size_t i = 0; i < kSteps; ++i) {
    const bool running = ladder.mark(i) != Ladder<kSteps>::kNone;
    to.put(running ? static_cast<std::int64_t>((now - ladder.mark(i)).count()) : std::int64_t{-1});
  }
}

void ThresholdInstance::restore_side(Unpacker& from, Ladder<kSteps>& ladder, const Side& side, const Elapsed& elapsed) {
  const bool same_steps = from.get<std::uint8_t>() == side.count;
  const int severity = from.get<std::uint8_t>() - 1;
  std::size_t level = 0;
  while (level < side.count && static_cast<int>(side.severities[level]) <= severity) ++level;
  ladder.resume(level);
  for (std::size_t i = 0; i < kSteps; ++i) {
    const auto mark = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    if (mark && same_steps && i < side.count) ladder.resume_mark(i, *mark);
  }
}

void ThresholdInstance::judge(double value, const core::Stamp& at, Context& context, bool from_reading) {
  value_ = value;
  above_.step(rule_.above.limits.data(), rule_.above.count, value, at.boot, rule_.timing);
  below_.step(rule_.below.limits.data(), rule_.below.count, -value, at.boot, rule_.timing);
  const Finding found = finding();
  const bool alert = found.state == Finding::State::alert;
  const bool above = alert && speaks_above();
  const auto speaks = static_cast<std::int8_t>(alert ? 2 * static_cast<int>(found.severity) + int{above} : -1);
  const double bad = above ? value : -value;
  worst_ = speaks == speaks_ ? std::max(worst_, bad) : bad;
  speaks_ = speaks;
  context.find(at, found, from_reading ? std::optional(value) : std::nullopt);
  if (rule_.boolean) context.wake_at(std::min(above_.due(rule_.timing), below_.due(rule_.timing)));
}

// The worse side does; where both are as bad, as during a clear_hold, that on which the value is.
bool ThresholdInstance::speaks_above() const {
  const auto severity = [](const Side& side, std::size_t level) {
    return level == 0 ? -1 : static_cast<int>(side.severities[level - 1]);
  };
  const int upper = severity(rule_.above, above_.level());
  const int lower = severity(rule_.below, below_.level());
  return upper != lower ? upper > lower : beyond(true) >= beyond(false);
}

// The first limit of that side.
double ThresholdInstance::beyond(bool above) const {
  return above ? value_ - rule_.above.limits[0] : -value_ - rule_.below.limits[0];
}

Finding ThresholdInstance::finding() const {
  Finding found;
  found.value = value_;
  const bool waiting = above_.waiting() || below_.waiting();
  if (above_.level() == 0 && below_.level() == 0) {
    found.state = waiting ? Finding::State::pending : Finding::State::calm;
    return found;
  }
  const bool is_above = speaks_above();
  const Side& side = is_above ? rule_.above : rule_.below;
  const std::size_t step = (is_above ? above_ : below_).level() - 1;
  found.state = Finding::State::alert;
  found.severity = side.severities[step];
  found.badness = beyond(is_above);
  if (rule_.boolean) {
    found.phrase = is_above ? Phrase::is_true : Phrase::is_false;
  } else {
    found.phrase = is_above ? Phrase::above : Phrase::below;
    found.limit = is_above ? side.limits[step] : -side.limits[step];
  }
  return found;
}

void ThresholdInstance::set(Band& band) const {
  if (above_.waiting() || below_.waiting()) return band.show_all();
  double low = -kInfinity;
  double high = kInfinity;
  if (above_.level() < rule_.above.count) high = rule_.above.limits[above_.level()];
  if (above_.level() > 0) low = rule_.above.limits[above_.level() - 1] - rule_.timing.hysteresis;
  if (below_.level() < rule_.below.count) low = std::max(low, -rule_.below.limits[below_.level()]);
  if (below_.level() > 0) high = std::min(high, -(rule_.below.limits[below_.level() - 1] - rule_.timing.hysteresis));
  // A value as bad as the worst so far is no news, so the band includes it.
  if (std::isfinite(low)) low += kStored * std::abs(low);  // what is as good as equal is for the ladder to tell
  if (std::isfinite(high)) high -= kStored * std::abs(high);
  if (above_.level() > 0) high = std::min(high, std::nextafter(worst_, kInfinity));
  if (below_.level() > 0) low = std::max(low, std::nextafter(-worst_, -kInfinity));
  band.show(low, high);
}

std::unique_ptr<Instance> ThresholdRule::make() const { return std::make_unique<ThresholdInstance>(*this); }

// From the configuration.

void add(Side& side, double limit, Severity severity) {
  std::size_t at = side.count++;
  for (; at > 0 && side.severities[at - 1] > severity; --at) {
    side.limits[at] = side.limits[at - 1];
    side.severities[at] = side.severities[at - 1];
  }
  side.limits[at] = limit;
  side.severities[at] = severity;
}

void read_step(const RuleSetup& setup, const core::ConfigNode& step, ThresholdRule& rule, Mistakes& mistakes) {
  if (step.has("above") == step.has("below")) {
    return mistakes.note(setup, step, "steps", "each step has one of above and below");
  }
  const bool is_above = step.has("above");
  Side& side = is_above ? rule.above : rule.below;
  const Severity severity = *core::severity_named(step["severity"].text());
  for (std::size_t i = 0; i < side.count; ++i) {
    if (side.severities[i] == severity) {
      return mistakes.note(setup, step, "steps",
                           fmt::format("{} has two limits {}", core::name_of(severity), is_above ? "above" : "below"));
    }
  }
  add(side, is_above ? step["above"].real() : -step["below"].real(), severity);
}

void check_order(const RuleSetup& setup, const Side& side, std::string_view what, Mistakes& mistakes) {
  for (std::size_t i = 1; i < side.count; ++i) {
    if (side.limits[i] > side.limits[i - 1]) continue;
    mistakes.note(
        setup, setup.options["steps"], "steps",
        fmt::format("the limit {} of {} must be {} that of {}", what, core::name_of(side.severities[i]),
                    what == "above" ? "greater than" : "smaller than", core::name_of(side.severities[i - 1])));
  }
}

void check_sides(const RuleSetup& setup, const ThresholdRule& rule, Mistakes& mistakes) {
  check_order(setup, rule.above, "above", mistakes);
  check_order(setup, rule.below, "below", mistakes);
  if (rule.above.count == 0 || rule.below.count == 0) return;
  const double upper = rule.above.limits[0];
  const double lower = -rule.below.limits[0];
  const std::string_view key = setup.options.has("steps") ? "steps" : "above";
  if (lower >= upper) {
    mistakes.note(setup, setup.options[key], key,
                  fmt::format("the limit above ({}) must be greater than the one below ({})", upper, lower));
  } else if (rule.timing.hysteresis >= upper - lower) {
    mistakes.note(setup, setup.options["hysteresis"], "hysteresis",
                  fmt::format("is {}, must be less than the {} between the limits above and below",
                              rule.timing.hysteresis, upper - lower));
  }
}

void read_steps(const RuleSetup& setup, ThresholdRule& rule, Mistakes& mistakes) {
  const core::ConfigNode& steps = setup.options["steps"];
  if (setup.severity) mistakes.note(setup, steps, "severity", "stands in each of the steps, not beside them");
  if (steps.list().empty()) mistakes.note(setup, steps, "steps", "needs at least one step");
  for (const core::ConfigNode& step : steps.list()) read_step(setup, step, rule, mistakes);
}

void read_limits(const RuleSetup& setup, ThresholdRule& rule, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  const Severity severity = setup.severity.value_or(Severity::yellow);
  const bool has_limits = options.has("above") || options.has("below");
  if (int{options.has("steps")} + int{options.has("equals")} + int{has_limits} != 1) {
    return mistakes.note(setup, "above", "give one of: above and/or below, equals, steps");
  }
  if (options.has("steps")) {
    read_steps(setup, rule, mistakes);
  } else if (options.has("equals")) {
    rule.boolean = true;
    if (rule.timing.hysteresis > 0)
      mistakes.note(setup, options["hysteresis"], "hysteresis", "has no meaning with equals");
    if (options["equals"].boolean()) {
      add(rule.above, 0.5, severity);
    } else {
      add(rule.below, -0.5, severity);
    }
  } else {
    if (options.has("above")) add(rule.above, options["above"].real(), severity);
    if (options.has("below")) add(rule.below, -options["below"].real(), severity);
  }
  check_sides(setup, rule, mistakes);
}

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<ThresholdRule>();
  const core::ConfigNode& options = setup.options;
  rule->timing = {options["hysteresis"].real(), duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  read_limits(setup, *rule, mistakes);
  return rule;
}

}  // namespace

constinit const Kind kThreshold{
    .spec = {"threshold", "a value beyond a limit, in up to four severities, or a boolean that is not as it should be",
             kFields},
    .create = create,
    .instance_size = sizeof(ThresholdInstance),
    .most_saved = 128};

}  // namespace afferent::rules
