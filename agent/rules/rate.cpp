// Kind `rate`: a value that rises or falls by more than an amount within a time.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/single_ladder.h"
#include "agent/rules/slope_window.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kSmallest = std::numeric_limits<double>::min();

constexpr std::array kFields{
    ConfigField{.key = "rise",
                .type = FieldType::real,
                .minimum = kSmallest,
                .help = "alert on a greater rise within `per`, channel's unit"},
    ConfigField{.key = "fall",
                .type = FieldType::real,
                .minimum = kSmallest,
                .help = "alert on a greater fall within `per`, channel's unit"},
    ConfigField{.key = "per",
                .type = FieldType::duration,
                .required = true,
                .minimum = 1e-3,
                .maximum = kLongest,
                .help = "length of the sliding window"},
    kHysteresis,
    kHold,
    kClearHold,
    kUpdate,
};

class RateRule final : public Rule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "a rate needs a number";
  }

  double rise = kNever;
  double fall = kNever;
  SlopeWindow::Measure measure{Nanos::zero(), kNever, false, false};
  core::Severity severity = core::Severity::yellow;
  LadderTiming timing;
};

class RateInstance final : public Instance {
 public:
  explicit RateInstance(const RateRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override;

  void save(Nanos now, Packer& to) const override {
    to.put(static_cast<std::uint8_t>((ladder_.entered() ? kEntered : 0U) | (ladder_.lower() ? kFalls : 0U)));
    ladder_.save(now, to);
  }
  bool restore(Unpacker& from, std::optional<core::Severity> /*severity*/, const Elapsed& elapsed) override {
    const auto flags = from.get<std::uint8_t>();
    ladder_.set_lower((flags & kFalls) != 0);
    ladder_.restore(from, (flags & kEntered) != 0, elapsed);
    return from.ok();
  }
  void learned(Nanos now, Packer& to) const override {
    if (since_ == Nanos::max()) return;
    to.put(static_cast<std::int64_t>((now - since_).count()));
    window_.save(now, rule_.measure, to);
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    const auto since = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    if (!window_.restore(from, elapsed, rule_.measure)) return false;
    if (since) since_ = *since;
    return true;
  }

 private:
  static constexpr unsigned kEntered = 1;
  static constexpr unsigned kFalls = 2;

  bool falls() const { return std::isinf(rule_.rise) || (ladder_.lower() && !std::isinf(rule_.fall)); }

  const RateRule& rule_;
  SlopeWindow window_;
  Nanos since_ = Nanos::max();  // first reading since the start
  SingleLadder ladder_;
};

void RateInstance::reading(const core::Reading& reading, Band& band, Context& context) {
  band.show_all();
  const Nanos now = reading.received.boot;
  const auto change = window_.add(now, reading.value.as_number(), rule_.measure);
  if (!change) return;
  since_ = std::min(since_, now);
  const double over_rise = excess(change->rise, rule_.rise, kStored);
  const double over_fall = excess(change->fall, rule_.fall, kStored);
  const double over = std::max(over_rise, over_fall);
  // Which of two that are beyond their limits is greater may change with each reading: the first one speaks, until it
  // is not beyond any more.
  const bool settled = ladder_.state() != Finding::State::calm && (falls() ? over_fall : over_rise) > 0;
  if (over > 0 && !settled) ladder_.set_lower(over_fall > over_rise);
  // Before the window is filled, a small change says nothing about what came before the start.
  if (over > 0 || now - since_ >= rule_.measure.length) ladder_.step(over, now, rule_.timing);
  if (ladder_.quiet()) return;

  const bool rises = !falls();
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  found.phrase = rises ? Phrase::rise : Phrase::fall;
  found.value = rises ? change->rise : change->fall;
  found.badness = rises ? over_rise : over_fall;
  found.limit = rises ? rule_.rise : rule_.fall;
  context.find(reading.received, found, reading.value.as_number());
}

std::unique_ptr<Instance> RateRule::make() const { return std::make_unique<RateInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<RateRule>();
  const core::ConfigNode& options = setup.options;
  rule->rise = options["rise"].real(kNever);
  rule->fall = options["fall"].real(kNever);
  rule->span = duration(options["per"], {});
  rule->learns_within(rule->span);
  rule->measure = {rule->span, std::min(rule->rise, rule->fall), options.has("rise"), options.has("fall")};
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->timing = {options["hysteresis"].real(), duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  if (!options.has("rise") && !options.has("fall")) mistakes.note(setup, "rise", "give rise, fall or both");
  const double smaller = std::min(rule->rise, rule->fall);
  if (rule->timing.hysteresis >= smaller) {
    mistakes.note(setup, options["hysteresis"], "hysteresis",
                  fmt::format("is {}, must be less than the change of {} that raises the alert",
                              rule->timing.hysteresis, smaller));
  }
  return rule;
}

}  // namespace

constinit const Kind kRate{
    .spec = {"rate", "a value that rises or falls by more than an amount within a time", kFields},
    .create = create,
    .instance_size = sizeof(RateInstance),
    .most_saved = 16,
    .most_learned = 256};

}  // namespace afferent::rules
