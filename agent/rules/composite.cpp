// Kind `composite`: a boolean expression over the states of other rules and over channels.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "agent/core/utf8.h"
#include "agent/rules/expression.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"
#include "agent/rules/single_ladder.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{
        .key = "when",
        .required = true,
        .minimum = 1,
        .maximum = 1000,
        .help = "the expression, e.g. \"rule:road-high and not pump-1/power > 0.2 or (open and level >= 0.3)\""},
    ConfigField{.key = "max_age",
                .type = FieldType::duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = kLongest,
                .help = "a channel whose value is older counts as unknown; 0: never"},
    kHold,
    kClearHold,
};

class CompositeRule final : public Rule {
 public:
  explicit CompositeRule(Expression read) : expression(std::move(read)) { by_poll = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& /*channel*/) const override { return ""; }
  std::string_view objection(std::uint16_t input, const core::ChannelSpec& channel) const override {
    const core::Value::Kind kind = core::kind_of(channel.quantity);
    switch (expression.wanted(input - 1U)) {
      case Known::What::boolean: return kind == core::Value::Kind::boolean ? "" : "must be compared with a value";
      case Known::What::number: return kind == core::Value::Kind::number ? "" : "cannot be compared with a number";
      case Known::What::text: return kind == core::Value::Kind::text ? "" : "cannot be compared with a text";
      case Known::What::nothing: break;
    }
    return "";
  }
  std::span<const Input> inputs() const override { return expression.inputs(); }
  std::string_view unit(core::Quantity /*quantity*/) const override { return ""; }

  Expression expression;
  Nanos max_age{};
  LadderTiming timing;
  core::Severity severity = core::Severity::yellow;
};

class CompositeInstance final : public Instance {
 public:
  explicit CompositeInstance(const CompositeRule& rule)
      : rule_(rule), values_(rule.expression.inputs().size()), times_(values_.size()) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (!rule.expression.inputs()[i].rule.empty()) values_[i].what = Known::What::number;  // calm until it says so
    }
  }

  void bound(std::uint16_t input, core::Quantity quantity) override {
    if (input == 1) unit_ = core::unit_of(quantity);
  }
  void reading(const core::Reading& reading, Band& band, Context& /*context*/) override {
    const std::size_t input = band.input - 1U;
    Known& value = values_[input];
    value.what = rule_.expression.wanted(input);
    value.number = reading.value.as_number();
    if (value.what == Known::What::text) value.text = core::clipped_utf8(reading.value.as_text(), 255);
    times_[input] = reading.received.boot;
    dirty_ = true;
  }
  void unfit(const core::Reading& reading, Band& band, Context& /*context*/) override {
    if (reading.stale) return;
    values_[band.input - 1U].what = Known::What::nothing;
    dirty_ = true;
  }
  // All channels of a poll count at once, so that none is compared with the others' last poll.
  void polled(core::DeviceId /*device*/, const core::Stamp& at, Context& context) override {
    if (dirty_) judge(at, context);
  }
  void rule_changed(std::uint16_t input, const RuleState& state, const core::Stamp& at, Context& context) override {
    values_[input - 1U].number = state.active ? 1.0 + static_cast<double>(state.severity) : 0.0;
    judge(at, context);
  }
  void tick(const core::Stamp& now, Context& context) override { judge(now, context); }

  void save(Nanos now, Packer& to) const override { ladder_.save(now, to); }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    ladder_.restore(from, severity.has_value(), elapsed);
    return from.ok();
  }

 private:
  Nanos forget_old(Nanos now);
  void judge(const core::Stamp& at, Context& context);
  std::string words(Language language) const;

  const CompositeRule& rule_;
  std::vector<Known> values_;  // by input
  std::vector<Nanos> times_;
  std::string_view unit_;  // of the first input
  SingleLadder ladder_;
  bool dirty_ = false;
};

// When the next value will be too old.
Nanos CompositeInstance::forget_old(Nanos now) {
  Nanos next = Nanos::max();
  if (rule_.max_age == Nanos::zero()) return next;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const bool channel = rule_.expression.inputs()[i].rule.empty();
    if (!channel || values_[i].what == Known::What::nothing) continue;
    if (now - times_[i] > rule_.max_age) {
      values_[i].what = Known::What::nothing;
    } else {
      next = std::min(next, times_[i] + rule_.max_age + Nanos(1));
    }
  }
  return next;
}

void CompositeInstance::judge(const core::Stamp& at, Context& context) {
  dirty_ = false;
  const Nanos old = forget_old(at.boot);
  const Truth truth = rule_.expression.judge(values_);
  if (truth == Truth::unknown) return context.wake_at(old);  // what is not known changes nothing
  const double x = truth == Truth::yes ? 1.0 : -1.0;
  ladder_.step(x, at.boot, rule_.timing);
  context.wake_at(std::min(old, ladder_.due(rule_.timing)));
  if (ladder_.quiet()) return;
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  found.phrase = Phrase::composite;
  found.value = truth == Truth::yes ? 1.0 : 0.0;
  found.detail = core::clipped_utf8(words(context.language()), 255);
  context.find(at, found, std::nullopt);
}

// Where the number of one channel decides, with that number.
std::string CompositeInstance::words(Language language) const {
  std::string text = rule_.expression.words(language);
  const auto& inputs = rule_.expression.inputs();
  if (inputs.size() != 1 || !inputs[0].rule.empty() || values_[0].what != Known::What::number) return text;
  const Pair now{" (now {})", "（现为{}）"};
  return text + fmt::format(fmt::runtime(in(language, now)), amount_text(values_[0].number, unit_));
}

std::unique_ptr<Instance> CompositeRule::make() const { return std::make_unique<CompositeInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  auto expression = Expression::parse(options["when"].text(), "when");
  if (!expression) {
    mistakes.note(setup, options["when"], "when", expression.error().message());
    return nullptr;
  }
  auto rule = std::make_unique<CompositeRule>(std::move(expression).value());
  rule->max_age = duration(options["max_age"], {});
  rule->timing = {0.0, duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  return rule;
}

}  // namespace

constinit const Kind kComposite{
    .spec = {"composite", "a boolean expression over the alerts of other rules and over channels", kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(CompositeInstance),
    .most_saved = 16};

}  // namespace afferent::rules
