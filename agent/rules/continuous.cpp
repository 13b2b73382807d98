// Kind `continuous`: use that does not pause, as of a leak: no quiet hour within a day. A time that is not known may
// have been quiet.
#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/total.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{.key = "within",
                .type = FieldType::duration,
                .standard = "24 h",
                .minimum = 60,
                .maximum = kLongest,
                .help = "alert when there was no quiet time for this long"},
    ConfigField{.key = "quiet",
                .type = FieldType::duration,
                .standard = "1 h",
                .minimum = 60,
                .maximum = kLongest,
                .help = "how long use must pause to count as quiet; readings must come at least this often, and where "
                        "they do not, it may have been quiet"},
    ConfigField{.key = "tolerance",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "use within a quiet time that is passed over, channel's unit"},
    kFlowField,
    kVibrationField,
};

class ContinuousRule final : public Rule {
 public:
  ContinuousRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs the total of a meter";
  }

  Nanos quiet{};
  double tolerance = 0.0;
  TotalLimits limits;
  core::Severity severity = core::Severity::yellow;
};

class ContinuousInstance final : public Instance {
 public:
  explicit ContinuousInstance(const ContinuousRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const Nanos now = reading.received.boot;
    if (now < last_) return;
    const Total::Step step = total_.add(reading.value.as_number(), rule_.limits, now);
    if (step.what == Total::What::doubtful) return;
    const bool goes_on = step.what != Total::What::first && step.what != Total::What::exchanged;
    // Where nothing was used in a time without readings, that is known all the same.
    if (goes_on && (now - last_ <= rule_.quiet + rule_.quiet / 4 || !uses(step.use))) {
      follow(now, step.use);
    } else {
      begin(now);  // it may have been quiet
    }
    last_ = now;
    tell(reading, context);
  }

  bool restore(Unpacker& /*from*/, std::optional<core::Severity> severity, const Elapsed& /*elapsed*/) override {
    active_ = severity.has_value();
    return true;
  }
  void learned(Nanos now, Packer& to) const override {
    total_.save(now, to);
    for (const Nanos at : {last_, still_since_, restless_since_}) to.put(static_cast<std::int64_t>((now - at).count()));
    to.put(still_use_);
    to.put(used_);
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    bool sound = total_.restore(from, elapsed);
    bool known = true;
    for (Nanos* at : {&last_, &still_since_, &restless_since_}) {
      const auto then = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
      known = known && then.has_value();
      *at = then.value_or(elapsed.now);
    }
    still_use_ = from.get<double>();
    used_ = from.get<double>();
    sound = sound && from.ok() && std::isfinite(still_use_) && std::isfinite(used_);
    if (!sound || !known) total_.forget();
    return sound;
  }

 private:
  bool uses(double amount) const { return excess(amount, rule_.tolerance, kStored) > 0; }
  void follow(Nanos now, double use) {
    used_ += use;
    still_use_ += use;
    if (uses(still_use_)) {
      still_since_ = now;
      still_use_ = 0.0;
    } else if (now - still_since_ >= rule_.quiet - rule_.quiet / 10) {  // readings do not come to the second
      restless_since_ = now;
      used_ = 0.0;
      was_quiet_ = true;
    }
  }
  void begin(Nanos now) {
    still_since_ = restless_since_ = now;
    still_use_ = used_ = 0.0;
  }
  void tell(const core::Reading& reading, Context& context) {
    const Nanos restless = last_ - restless_since_;
    // Once raised it takes a quiet time to end it: one that is not known does not.
    const bool alert = restless >= rule_.span || (active_ && !was_quiet_);
    was_quiet_ = false;
    if (!alert && !active_) return;
    active_ = alert;
    Finding found;
    found.state = alert ? Finding::State::alert : Finding::State::calm;
    found.severity = rule_.severity;
    found.phrase = Phrase::continuous;
    found.value = used_;
    found.span = std::max(restless, rule_.span);
    found.badness = used_;
    context.find(reading.received, found, reading.value.as_number());
  }

  const ContinuousRule& rule_;
  Total total_;
  Nanos last_{};
  Nanos still_since_{};     // since when not more than the tolerance was used
  Nanos restless_since_{};  // the end of the last quiet time
  double still_use_ = 0.0;
  double used_ = 0.0;  // since restless_since_
  bool active_ = false;
  bool was_quiet_ = false;
};

std::unique_ptr<Instance> ContinuousRule::make() const { return std::make_unique<ContinuousInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<ContinuousRule>();
  const core::ConfigNode& options = setup.options;
  rule->span = duration(options["within"], std::chrono::hours(24));
  rule->quiet = duration(options["quiet"], std::chrono::hours(1));
  rule->tolerance = options["tolerance"].real();
  rule->limits = total_limits(options);
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->update = std::chrono::hours(24);
  if (rule->quiet >= rule->span) {
    mistakes.note(setup, options["quiet"], "quiet", "must be shorter than within");
  }
  return rule;
}

}  // namespace

constinit const Kind kContinuous{
    .spec = {"continuous", "a meter's total that never pauses: no quiet hour within a day", kFields},
    .create = create,
    .instance_size = sizeof(ContinuousInstance),
    .most_learned = Total::kSaved + 48};

}  // namespace afferent::rules
