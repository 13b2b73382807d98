// Kind `meter`: what a meter's total says of the meter itself. It runs backwards: an alert. It was exchanged: an alert
// for a day, and an event with both readings. Its register began again: an event.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"
#include "agent/rules/total.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{.key = "reverse",
                .type = FieldType::real,
                .standard = "0.01",
                .minimum = 0,
                .help = "alert when the total has run back by more than this, channel's unit"},
    ConfigField{.key = "exchange",
                .type = FieldType::real,
                .standard = "5",
                .minimum = 0,
                .help = "a fall by more than this is another meter, once a second reading says so too; channel's unit"},
    ConfigField{.key = "jump",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "so is a rise by more than this between two readings; 0: never"},
    kFlowField,
    ConfigField{.key = "modulus",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "where the register begins again at zero, channel's unit; 0: at the next power of ten, from "
                        "10,000 on"},
    ConfigField{.key = "show",
                .type = FieldType::duration,
                .standard = "24 h",
                .minimum = 1,
                .maximum = kLongest,
                .help =
                    "how long an exchange stands as an alert; and reverse flow that was only once, if the meter runs "
                    "forward again"},
};

class MeterRule final : public Rule {
 public:
  MeterRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs the total of a meter";
  }

  TotalLimits limits;
  double reverse = 0.01;
  core::Severity severity = core::Severity::yellow;
};

class MeterInstance final : public Instance {
 public:
  explicit MeterInstance(const MeterRule& rule) : rule_(rule) {}

  void start(const core::Stamp& /*now*/, Context& context) override {
    if (shown_until_ != kNever) context.wake_at(shown_until_);
  }

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const double total = reading.value.as_number();
    const Total::Step step = total_.add(total, rule_.limits, reading.received.boot);
    switch (step.what) {
      case Total::What::first:
      case Total::What::doubtful: return;
      case Total::What::forward:
        if (back_ != 0.0 && total > step.before) forward(reading, total - step.before, context);
        return;
      case Total::What::backward: return backward(reading, step.before - total, context);
      case Total::What::rollover: return tell_event("meter rollover", step, reading, context);
      case Total::What::exchanged: return exchanged(step, reading, context);
    }
  }

  void tick(const core::Stamp& now, Context& context) override {
    if (shown_until_ == kNever || now.boot < shown_until_) return;
    shown_until_ = kNever;
    find(now, Finding::State::calm, Phrase::exchanged, core::Severity::blue, std::nullopt, context);
  }

  void save(Nanos now, Packer& to) const override {
    total_.save(now, to);
    to.put(back_);
    to.put(before_);
    to.put(static_cast<std::int64_t>(shown_until_ == kNever ? -1 : (shown_until_ - now).count()));
  }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    Total total;
    const bool sound = total.restore(from, elapsed);
    const double back = from.get<double>();
    const double before = from.get<double>();
    const auto left = Nanos(from.get<std::int64_t>());
    if (!sound || !from.ok() || !std::isfinite(back) || !std::isfinite(before) || left > kLongestShow) return false;
    if (!total_.known()) total_ = total;  // else what was learned is not older
    if (!severity) return true;
    before_ = before;
    if (left >= Nanos::zero()) {
      shown_until_ = elapsed.now + std::max(Nanos::zero(), left - elapsed.since_save.value_or(Nanos::zero()));
    } else {
      back_ = back;
      back_at_ = elapsed.now;
      reverse_ = true;
    }
    return true;
  }
  void learned(Nanos now, Packer& to) const override { total_.save(now, to); }
  bool remember(Unpacker& from, const Elapsed& elapsed) override { return total_.restore(from, elapsed); }

 private:
  static constexpr Nanos kNever = Nanos::max();
  static constexpr Nanos kLongestShow = std::chrono::hours(24 * 366);

  void backward(const core::Reading& reading, double by, Context& context) {
    back_ += by;
    back_at_ = reading.received.boot;
    if (excess(back_, rule_.reverse, kStored) <= 0) return;
    reverse_ = true;
    shown_until_ = kNever;
    find(reading.received, Finding::State::alert, Phrase::reverse, rule_.severity, reading.value.as_number(), context);
  }
  // It takes as much forward use to end it, or that it was only once.
  void forward(const core::Reading& reading, double by, Context& context) {
    const bool once = reading.received.boot - back_at_ >= rule_.span;
    back_ = once || excess(back_, by, kStored) <= 0 ? 0.0 : back_ - by;
    if (back_ > 0 || !reverse_) return;
    reverse_ = false;
    find(reading.received, Finding::State::calm, Phrase::reverse, rule_.severity, reading.value.as_number(), context);
  }
  void exchanged(const Total::Step& step, const core::Reading& reading, Context& context) {
    tell_event("meter exchange", step, reading, context);
    back_ = 0.0;
    reverse_ = false;
    before_ = step.before;
    shown_until_ = reading.received.boot + rule_.span;
    context.wake_at(shown_until_);
    find(reading.received, Finding::State::alert, Phrase::exchanged, core::Severity::blue, reading.value.as_number(),
         context);
  }
  void tell_event(std::string_view what, const Total::Step& step, const core::Reading& reading, Context& context) {
    core::Event event;
    event.what = what;
    event.first = event.last = reading.received;
    const std::string unit(context.unit());
    event.figures = {{"before", step.before, unit}, {"after", step.after, unit}};
    const DeviceNames& names = context.names(context.device());
    const std::string& name = names.shown();
    const bool rollover = step.what == Total::What::rollover;
    const Pair text =
        rollover ? Pair{"The register of {} began again at zero: {}, then {}.", "{}的累计值归零重计：{}后为{}。"}
                 : Pair{"The meter at {} was exchanged: the old one stood at {}, the new one at {}.",
                        "{}的表计已更换：旧表{}，新表{}。"};
    event.sentence = fmt::format(fmt::runtime(in(context.language(), text)), name, amount_text(step.before, unit),
                                 amount_text(step.after, unit));
    context.event(std::move(event));
  }
  void find(const core::Stamp& at, Finding::State state, Phrase phrase, core::Severity severity,
            std::optional<double> evidence, Context& context) {
    Finding found;
    found.state = state;
    found.severity = severity;
    found.phrase = phrase;
    found.value = phrase == Phrase::reverse ? back_ : evidence.value_or(0.0);
    found.badness = back_;
    if (phrase == Phrase::reverse) found.limit = rule_.reverse;
    if (phrase == Phrase::exchanged) found.other = before_;
    context.find(at, found, evidence);
  }

  const MeterRule& rule_;
  Total total_;
  double back_ = 0.0;  // how far it has run back and not forward again
  Nanos back_at_{};
  double before_ = 0.0;  // the old meter's last total
  Nanos shown_until_ = kNever;
  bool reverse_ = false;
};

std::unique_ptr<Instance> MeterRule::make() const { return std::make_unique<MeterInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<MeterRule>();
  const core::ConfigNode& options = setup.options;
  rule->reverse = options["reverse"].real(0.01);
  rule->limits = total_limits(options);
  rule->span = duration(options["show"], std::chrono::hours(24));
  rule->update = kUpdateStandard;
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  return rule;
}

}  // namespace

constinit const Kind kMeter{
    .spec = {"meter", "a meter's total that runs backwards, begins again or is that of another meter", kFields},
    .create = create,
    .instance_size = sizeof(MeterInstance),
    .most_saved = Total::kSaved + 24,
    .most_learned = Total::kSaved};

}  // namespace afferent::rules
