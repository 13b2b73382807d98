// Kind `flags`: what a device finds wrong itself: all the flags that meters have, whichever of them this one has. One
// alert names those that are set; its severity is that of the worst.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agent/rules/kinds.h"
#include "agent/rules/ladder.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;
using core::Severity;

struct Flag {
  const char* channel;
  Severity severity;
};
constexpr std::array kKnown{
    Flag{"flag_burst", Severity::orange},
    Flag{"flag_leak", Severity::yellow},
    Flag{"flag_reverse", Severity::yellow},
    Flag{"flag_tamper", Severity::yellow},
    Flag{"flag_dry", Severity::blue},
    Flag{"flag_pipe_empty", Severity::blue},
    Flag{"flag_over_range", Severity::blue},
    Flag{"flag_hardware", Severity::blue},
    Flag{"flag_permanent_error", Severity::blue},
    Flag{"flag_memory_fault", Severity::blue},
    Flag{"flag_flow_meter_fault", Severity::blue},
    Flag{"flag_error", Severity::blue},
    Flag{"flag_low_battery", Severity::blue},
};

constexpr std::array kFields{
    ConfigField{.key = "optional",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "true: a device without any flag is no mistake, for rules that are given to many devices"},
    ConfigField{.key = "hold",
                .type = FieldType::duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long a flag must be set before it counts"},
    ConfigField{.key = "clear_hold",
                .type = FieldType::duration,
                .standard = "0 s",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long it must not be set any more before the alert steps down or is cleared"},
};

std::vector<Input> flag_inputs() {
  std::vector<Input> inputs;
  for (const Flag& flag : kKnown) inputs.push_back({.channel = flag.channel, .key = "device", .required = false});
  return inputs;
}

class FlagsRule final : public Rule {
 public:
  FlagsRule() { by_poll = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& /*channel*/) const override { return ""; }
  std::string_view objection(std::uint16_t /*input*/, const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::boolean ? "" : "needs true or false";
  }
  std::span<const Input> inputs() const override { return needed_; }
  bool needs_one_input() const override { return !optional; }
  std::string_view unit(core::Quantity /*quantity*/) const override { return ""; }

  LadderTiming timing;
  bool optional = false;

 private:
  const std::vector<Input> needed_ = flag_inputs();
};

class FlagsInstance final : public Instance {
 public:
  explicit FlagsInstance(const FlagsRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& /*context*/) override {
    const std::uint32_t bit = 1U << (band.input - 1U);
    const bool set = reading.value.as_boolean();
    set_ = set ? set_ | bit : set_ & ~bit;
    // Until it changes, nothing can.
    set ? band.show(0.5, 2.0) : band.show(-1.0, 0.5);
    changed_ = true;
  }
  void polled(core::DeviceId /*device*/, const core::Stamp& at, Context& context) override {
    if (changed_) judge(at, context);
    changed_ = false;
  }
  void tick(const core::Stamp& now, Context& context) override { judge(now, context); }

  void save(Nanos /*now*/, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(worst_.level()));
    to.put(set_);
  }
  bool restore(Unpacker& from, std::optional<Severity> severity, const Elapsed& /*elapsed*/) override {
    const auto level = from.get<std::uint8_t>();
    set_ = from.get<std::uint32_t>() & ((1U << kKnown.size()) - 1);
    if (!from.ok() || level > kLevels) return false;
    told_ = severity.has_value();
    if (told_) worst_.resume(level);
    return true;
  }

 private:
  static constexpr std::size_t kLevels = 4;  // a severity each

  void judge(const core::Stamp& at, Context& context) {
    static constexpr std::array<double, kLevels> kSteps{0.5, 1.5, 2.5, 3.5};
    int now = 0;
    int count = 0;
    std::string names;
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
      if ((set_ >> i & 1U) == 0) continue;
      now = std::max(now, 1 + static_cast<int>(kKnown[i].severity));
      ++count;
      const std::string_view noun = noun_of(context.language(), kKnown[i].channel);
      names += (names.empty() ? "" : ", ") + std::string(noun.empty() ? kKnown[i].channel : noun);
    }
    worst_.step(kSteps.data(), kSteps.size(), now, at.boot, rule_.timing);
    context.wake_at(worst_.due(rule_.timing));
    const std::size_t level = worst_.level();
    const bool pending = level == 0 && now != 0;
    if (level == 0 && !pending && !told_) return;
    told_ = level != 0 || pending;
    Finding found;
    found.state = level != 0 ? Finding::State::alert : pending ? Finding::State::pending : Finding::State::calm;
    if (level != 0) found.severity = static_cast<Severity>(level - 1);
    found.phrase = Phrase::flags;
    found.value = found.badness = count;
    found.detail = names;
    context.find(at, found, std::nullopt);
  }

  const FlagsRule& rule_;
  std::uint32_t set_ = 0;  // a bit for each of kKnown
  Ladder<kLevels> worst_;
  bool changed_ = false;
  bool told_ = false;
};

std::unique_ptr<Instance> FlagsRule::make() const { return std::make_unique<FlagsInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<FlagsRule>();
  rule->timing = {0.0, duration(setup.options["hold"], {}), duration(setup.options["clear_hold"], {})};
  rule->optional = setup.options["optional"].boolean();
  rule->update = Nanos(1);  // another flag is news at once
  return rule;
}

}  // namespace

constinit const Kind kFlags{
    .spec = {"flags",
             "what a device finds wrong itself: its flag_ channels for burst, leak, tampering, low battery ...",
             kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(FlagsInstance),
    .most_saved = 8};

}  // namespace afferent::rules
