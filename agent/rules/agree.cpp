// Kind `agree`: sensors that should say the same do not. Each device of the rule is judged against all of them; where
// most agree, those that do not are the ones in alert, else the first device speaks for all.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/single_ladder.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::size_t kMostDevices = 32;

constexpr std::array kFields{
    ConfigField{.key = "tolerance",
                .type = FieldType::real,
                .required = true,
                .minimum = 0,
                .help = "how far a value may lie from the middle of all (of two: from the other), channel's unit"},
    ConfigField{.key = "max_age",
                .type = FieldType::duration,
                .standard = "15 min",
                .minimum = 1,
                .maximum = kLongest,
                .help = "an older value does not count"},
    kHysteresis,
    kHold,
    kClearHold,
};

class AgreeRule final : public Rule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs a number";
  }
  std::string_view objection(std::uint16_t /*input*/, const core::ChannelSpec& channel) const override {
    return objection(channel);
  }
  std::span<const Input> inputs() const override { return members; }

  std::vector<Input> members;  // input i + 1 is the i-th device
  double tolerance = 0.0;
  Nanos max_age{};
  LadderTiming timing;
  core::Severity severity = core::Severity::yellow;
};

class AgreeInstance final : public Instance {
 public:
  explicit AgreeInstance(const AgreeRule& rule) : rule_(rule), latest_(rule.members.size()) {}

  void start(const core::Stamp& now, Context& context) override {
    for (std::size_t i = 0; i < rule_.members.size(); ++i) {
      if (*rule_.members[i].number == context.device()) own_ = i;
    }
    wake(now.boot, context);
  }
  void reading(const core::Reading& reading, Band& band, Context& context) override {
    if (band.input == 0) return band.show_none();  // the own channel is a member too
    Latest& latest = latest_[band.input - 1U];
    latest = {reading.value.as_number(), reading.received.boot, true};
    judge(reading.received, context);
  }
  void unfit(const core::Reading& reading, Band& band, Context& context) override {
    if (band.input == 0 || reading.stale) return;
    latest_[band.input - 1U].known = false;
    judge(reading.received, context);
  }
  void tick(const core::Stamp& now, Context& context) override { judge(now, context); }

  void save(Nanos now, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(ladder_.entered() ? 1 : 0));
    ladder_.save(now, to);
  }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    (void)from.get<std::uint8_t>();
    ladder_.restore(from, severity.has_value(), elapsed);
    return from.ok();
  }

 private:
  struct Latest {
    double value = 0.0;
    Nanos at{};
    bool known = false;
  };
  struct Verdict {
    double over = 0.0;    // how far beyond the tolerance; not above 0: no fault of this device
    double middle = 0.0;  // of the others
    std::size_t other = 0;
    Phrase phrase = Phrase::disagrees;
  };

  bool fresh(const Latest& latest, Nanos now) const { return latest.known && now - latest.at <= rule_.max_age; }
  std::optional<Verdict> compare(Nanos now) const;
  std::optional<Verdict> compare_two(std::size_t other) const;
  void judge(const core::Stamp& at, Context& context);
  void wake(Nanos now, Context& context) {
    const Nanos due = ladder_.due(rule_.timing);
    context.wake_at(due == Nanos::max() ? due : std::max(due, now + Nanos(1)));
  }

  const AgreeRule& rule_;
  std::vector<Latest> latest_;
  std::size_t own_ = 0;
  SingleLadder ladder_;
};

std::optional<AgreeInstance::Verdict> AgreeInstance::compare_two(std::size_t other) const {
  const double over = apart(latest_[own_].value, latest_[other].value, rule_.tolerance);
  // What a majority has said before stands.
  if (own_ > other && ladder_.entered() && over > 0) return std::nullopt;
  Verdict verdict;
  verdict.middle = latest_[other].value;
  verdict.other = other;
  verdict.phrase = Phrase::disagree_two;
  verdict.over = own_ < other ? over : -rule_.tolerance;
  return verdict;
}

// Nothing when there is nothing to compare.
std::optional<AgreeInstance::Verdict> AgreeInstance::compare(Nanos now) const {
  if (!fresh(latest_[own_], now)) return std::nullopt;
  std::array<double, kMostDevices> values{};
  std::size_t count = 0;
  std::size_t first = own_;
  std::size_t other = own_;
  for (std::size_t i = 0; i < latest_.size(); ++i) {
    if (!fresh(latest_[i], now)) continue;
    values[count++] = latest_[i].value;
    first = std::min(first, i);
    if (i != own_) other = i;
  }
  if (count < 2) return std::nullopt;
  if (count == 2) return compare_two(other);
  std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  Verdict verdict;
  verdict.middle = values[(count - 1) / 2] / 2 + values[count / 2] / 2;  // the sum may be beyond all numbers
  std::size_t agreeing = 0;
  double farthest = -rule_.tolerance;
  for (std::size_t i = 0; i < count; ++i) {
    const double over = apart(values[i], verdict.middle, rule_.tolerance);
    farthest = std::max(farthest, over);
    if (over <= 0) ++agreeing;
  }
  if (2 * agreeing > count) {
    verdict.over = apart(latest_[own_].value, verdict.middle, rule_.tolerance);
  } else {
    verdict.phrase = Phrase::disagree_all;
    verdict.over = own_ == first ? farthest : -rule_.tolerance;
  }
  return verdict;
}

void AgreeInstance::judge(const core::Stamp& at, Context& context) {
  const auto verdict = compare(at.boot);
  if (!verdict) return;  // what is not known changes nothing
  ladder_.step(verdict->over, at.boot, rule_.timing);
  wake(at.boot, context);
  if (ladder_.quiet()) return;
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  found.phrase = verdict->phrase;
  found.value = latest_[own_].value;
  found.badness = verdict->over;
  found.limit = rule_.tolerance;
  found.other = verdict->middle;
  if (verdict->phrase == Phrase::disagree_two) {
    const DeviceNames& other = context.names(*rule_.members[verdict->other].number);
    found.detail = other.shown();
  }
  context.find(at, found, found.value);
}

std::unique_ptr<Instance> AgreeRule::make() const { return std::make_unique<AgreeInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<AgreeRule>();
  const core::ConfigNode& options = setup.options;
  rule->tolerance = options["tolerance"].real();
  rule->max_age = duration(options["max_age"], core::Seconds(900));
  rule->timing = {options["hysteresis"].real(), duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  if (setup.devices.size() < 2) mistakes.note(setup, "devices", "needs at least two devices to compare");
  if (setup.devices.size() > kMostDevices) mistakes.note(setup, "devices", "compares at most 32 devices");
  if (rule->timing.hysteresis > rule->tolerance) {
    mistakes.note(setup, options["hysteresis"], "hysteresis", "must not be greater than tolerance");
  }
  for (const core::DeviceId device : setup.devices) {
    rule->members.push_back({.device = {}, .number = device, .channel = setup.channel, .rule = {}, .key = "channel"});
  }
  return rule;
}

}  // namespace

constinit const Kind kAgree{
    .spec = {"agree", "neighbouring sensors that do not agree: where most do, it names the one that does not", kFields},
    .create = create,
    .instance_size = sizeof(AgreeInstance),
    .most_saved = 16};

}  // namespace afferent::rules
