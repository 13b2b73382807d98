// Kind `silent`: no good reading for a time. One that never spoke counts from the agent's start.
//
// Only time in which the agent runs counts. A silence that is long already is saved within the hour, so that it goes on
// however often the power fails; the first word after it is saved at once, so that what was saved is never more than
// was true. A word may be lost while the agent is down: who speaks at least twice within `after` is not cried about.
#include <algorithm>
#include <array>

#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{.key = "after",
                .type = FieldType::duration,
                .required = true,
                .minimum = 0.1,
                .maximum = kLongest,
                .help = "alert when there was no good reading for this long"},
};

double seconds(Nanos time) { return static_cast<double>(time.count()) / 1e9; }

constexpr Nanos kGrace = std::chrono::minutes(1);  // after a start, in which devices can be heard again

class SilentRule final : public Rule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& /*channel*/) const override { return ""; }
  std::string_view unit(core::Quantity /*quantity*/) const override { return "s"; }

  Nanos after{};
  Nanos worth{};  // a shorter silence is not worth a write
  core::Severity severity = core::Severity::yellow;
};

class SilentInstance final : public Instance {
 public:
  explicit SilentInstance(const SilentRule& rule) : rule_(rule) {}

  void start(const core::Stamp& now, Context& context) override {
    if (active_) return;
    // While the agent was down nobody could be heard.
    last_ = std::max(now.boot - silent_, now.boot - rule_.after + std::min(rule_.after, kGrace));
    context.wake_at(last_ + rule_.after);
  }
  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    heard(reading.received, context);
  }
  void unfit(const core::Reading& reading, Band& /*band*/, Context& context) override {
    if (reading.quality == core::Quality::good) heard(reading.received, context);  // stale, yet the device lives
  }
  void tick(const core::Stamp& now, Context& context) override {
    if (active_) return;
    if (now.boot < last_ + rule_.after) return context.wake_at(last_ + rule_.after);
    active_ = true;
    context.find(now, finding(Finding::State::alert, now.boot), std::nullopt);
  }

  void save(Nanos now, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(known_ ? 1 : 0));
    to.put(static_cast<std::int64_t>((now - last_).count()));
  }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    active_ = severity.has_value();
    const bool known = from.get<std::uint8_t>() == 1;
    const auto last = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
    known_ = known && last.has_value();
    last_ = last.value_or(elapsed.now);
    return from.ok();
  }
  void learned(Nanos now, Packer& to) const override {
    const Nanos silent = std::max(now - last_, Nanos::zero());
    if (!active_ && (rule_.brief || ended_ || silent >= rule_.worth)) {
      to.put(static_cast<std::int64_t>(silent.count()));
    }
  }
  bool remember(Unpacker& from, const Elapsed& /*elapsed*/) override {
    const Nanos silent(from.get<std::int64_t>());
    if (!from.ok() || silent < Nanos::zero()) return false;
    kept_ = silent >= rule_.worth;
    if (rule_.brief || kept_) silent_ = std::min(silent, rule_.after);
    return true;
  }

 private:
  void heard(const core::Stamp& at, Context& context) {
    const bool was_long = active_ || kept_ || at.boot - last_ >= rule_.worth;
    if (active_) {
      active_ = false;
      context.find(at, finding(Finding::State::calm, at.boot), std::nullopt);
      context.wake_at(at.boot + rule_.after);
    }
    last_ = std::max(last_, at.boot);  // a wake that comes too early finds out and sets itself again
    known_ = true;
    if (rule_.brief || !was_long) return;
    kept_ = false;
    ended_ = true;
    context.keep(at);
    ended_ = false;
  }
  // The value is how long it has been silent, in s; 0 when a restart has hidden that.
  Finding finding(Finding::State state, Nanos now) const {
    return {.state = state,
            .severity = rule_.severity,
            .phrase = Phrase::silent,
            .value = known_ ? seconds(now - last_) : 0.0,
            .badness = 0.0,
            .limit = seconds(rule_.after)};
  }

  const SilentRule& rule_;
  Nanos last_{};
  Nanos silent_{};  // before the start, while the agent ran
  bool active_ = false;
  bool known_ = true;   // last_ is true, not lost in a restart
  bool kept_ = false;   // there is a long one in the store
  bool ended_ = false;  // now: that is to be saved
};

std::unique_ptr<Instance> SilentRule::make() const { return std::make_unique<SilentInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<SilentRule>();
  rule->after = duration(setup.options["after"], core::Seconds(1));
  rule->span = rule->after;
  rule->worth = rule->after / 24;
  rule->learns_within(rule->after);
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  return rule;
}

}  // namespace

constinit const Kind kSilent{
    .spec = {"silent", "no good reading for a time, of one channel or of the whole device", kFields},
    .channel_required = false,
    .create = create,
    .instance_size = sizeof(SilentInstance),
    .most_saved = 16,
    .most_learned = 8};

}  // namespace afferent::rules
