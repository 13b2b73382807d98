// Kind `no_use`: a household that uses no water though somebody is at home. Missing readings are not zero use, and a
// holiday suspends it.
#include <algorithm>
#include <array>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/total.h"
#include "agent/rules/use_window.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{.key = "over",
                .type = FieldType::duration,
                .standard = "12 h",
                .minimum = 60,
                .maximum = kLongest,
                .help = "for how long; must lie between two readings of the meter"},
    ConfigField{.key = "below",
                .type = FieldType::real,
                .standard = "0.01",
                .minimum = 1e-9,
                .help = "what counts as no use: less than this within that time, channel's unit"},
    ConfigField{.key = "exchange",
                .type = FieldType::real,
                .standard = "5",
                .minimum = 0,
                .help = "a fall of the total by more than this is another meter, channel's unit"},
    kFlowField,
    kVibrationField,
};

class NoUseRule final : public Rule {
 public:
  NoUseRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs the total of a meter";
  }

  double below = 0.01;
  TotalLimits limits;
  core::Severity severity = core::Severity::orange;
};

class NoUseInstance final : public Instance {
 public:
  explicit NoUseInstance(const NoUseRule& rule) : rule_(rule), window_(rule.span) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const Nanos now = reading.received.boot;
    const Total::Step step = total_.add(reading.value.as_number(), rule_.limits, reading.received.boot);
    if (step.what == Total::What::doubtful) return;
    const bool absent = context.absent(reading.received);
    // What was used across an exchange says nothing of the time before, nor does the time when nobody was at home.
    if (step.what == Total::What::exchanged || absent || was_absent_) window_.clear();
    was_absent_ = absent;
    window_.add(now, step.use);
    // That ends the alert, but it is no sign of life.
    if (absent) return tell(reading, false, step.use, uses(step.use) ? Phrase::no_use : Phrase::holiday, context);
    const auto used = window_.most();
    if (!used && !active_) return;
    // Once raised it takes real use to end it: a window that begins anew does not.
    const double known = used.value_or(window_.known());
    tell(reading, !uses(known), known, Phrase::no_use, context);
  }

  bool restore(Unpacker& /*from*/, std::optional<core::Severity> severity, const Elapsed& /*elapsed*/) override {
    active_ = severity.has_value();
    return true;
  }
  void learned(Nanos now, Packer& to) const override {
    total_.save(now, to);
    window_.save(now, to);
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    window_.clear();
    return total_.restore(from, elapsed) && window_.restore(from, elapsed);
  }

 private:
  bool uses(double amount) const { return excess(amount, rule_.below, kStored) >= 0; }
  void tell(const core::Reading& reading, bool none, double used, Phrase phrase, Context& context) {
    if (!none && !active_) return;
    active_ = none;
    Finding found;
    found.state = none ? Finding::State::alert : Finding::State::calm;
    found.severity = rule_.severity;
    found.phrase = phrase;
    found.own_ending = phrase == Phrase::holiday;
    found.value = used;
    found.limit = rule_.below;
    found.span = std::max(rule_.span, reading.received.boot - window_.since());
    found.badness = std::chrono::duration<double, std::ratio<3600>>(*found.span).count();
    context.find(reading.received, found, reading.value.as_number());
  }

  const NoUseRule& rule_;
  Total total_;
  UseWindow window_;
  bool active_ = false;
  bool was_absent_ = false;
};

std::unique_ptr<Instance> NoUseRule::make() const { return std::make_unique<NoUseInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<NoUseRule>();
  rule->span = duration(setup.options["over"], std::chrono::hours(12));
  rule->below = setup.options["below"].real(0.01);
  rule->limits = total_limits(setup.options);
  rule->severity = setup.severity.value_or(core::Severity::orange);
  rule->update = std::chrono::hours(6);
  return rule;
}

}  // namespace

constinit const Kind kNoUse{
    .spec = {"no_use", "a meter's total that hardly grows for half a day though somebody is at home", kFields},
    .create = create,
    .instance_size = sizeof(NoUseInstance),
    .most_learned = 1024,
    .heeds_holidays = true};

}  // namespace afferent::rules
