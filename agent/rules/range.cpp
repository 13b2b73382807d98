// Kind `range`: readings that are bad, because they lie outside the channel's valid range or the device says so itself.
#include <array>
#include <cmath>

#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/single_ladder.h"

namespace afferent::rules {
namespace {

constexpr std::array kFields{kHold};

class RangeRule final : public Rule {
 public:
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::text ? "a text has no range" : "";
  }

  core::Severity severity = core::Severity::yellow;
  LadderTiming timing;
};

class RangeInstance final : public Instance {
 public:
  explicit RangeInstance(const RangeRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    judge(reading, -1.0, context);
    if (!ladder_.entered()) band.show_none();  // at rest only bad readings matter
  }
  void unfit(const core::Reading& reading, Band& band, Context& context) override {
    if (reading.quality != core::Quality::bad) return;
    judge(reading, 1.0, context);
    band.show_all();
  }

  void save(core::Nanos now, Packer& to) const override { ladder_.save(now, to); }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    ladder_.restore(from, severity.has_value(), elapsed);
    return from.ok();
  }

 private:
  void judge(const core::Reading& reading, double x, Context& context) {
    ladder_.step(x, reading.received.boot, rule_.timing);
    const double value = reading.value.as_number();
    Finding found;
    found.state = ladder_.state();
    found.severity = rule_.severity;
    found.phrase = Phrase::outside;
    found.value = std::isfinite(value) ? value : 0.0;
    context.find(reading.received, found, std::isfinite(value) ? std::optional(value) : std::nullopt);
  }

  const RangeRule& rule_;
  SingleLadder ladder_;
};

std::unique_ptr<Instance> RangeRule::make() const { return std::make_unique<RangeInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<RangeRule>();
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->timing.hold = duration(setup.options["hold"], {});
  return rule;
}

}  // namespace

constinit const Kind kRange{
    .spec = {"range", "bad readings: outside the channel's valid range, or doubted by the device itself", kFields},
    .create = create,
    .instance_size = sizeof(RangeInstance),
    .most_saved = 16};

}  // namespace afferent::rules
