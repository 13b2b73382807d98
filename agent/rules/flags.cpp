// Kind `flags`: what a device finds wrong itself: all its flag_ channels, whichever it has. One alert names those that
// are set; its severity is that of the worst. A flag that is not in the table is an out-of-tree driver's: it is told
// too.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
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

struct KnownFlag {
  std::string_view channel;
  Severity severity;
};
// Those of all drivers; their names for people are in nouns.cpp.
constexpr std::array kKnown{
    KnownFlag{"flag_smoke", Severity::red},
    KnownFlag{"flag_burst", Severity::orange},
    KnownFlag{"flag_level_limit", Severity::orange},
    KnownFlag{"flag_leak", Severity::yellow},
    KnownFlag{"flag_leak_1", Severity::yellow},
    KnownFlag{"flag_leak_2", Severity::yellow},
    KnownFlag{"flag_reverse", Severity::yellow},
    KnownFlag{"flag_tamper", Severity::yellow},
    KnownFlag{"flag_door_open", Severity::yellow},
    KnownFlag{"flag_mains_failure", Severity::yellow},
    KnownFlag{"flag_alarm", Severity::yellow},
    KnownFlag{"flag_blocked", Severity::yellow},
    KnownFlag{"flag_disconnected", Severity::yellow},
    KnownFlag{"flag_flow_limit", Severity::yellow},
    KnownFlag{"flag_volume_limit", Severity::yellow},
    KnownFlag{"flag_quality_limit", Severity::yellow},
    KnownFlag{"flag_tilt_x", Severity::yellow},
    KnownFlag{"flag_tilt_y", Severity::yellow},
    KnownFlag{"flag_tilt_z", Severity::yellow},
    KnownFlag{"flag_dry", Severity::blue},
    KnownFlag{"flag_pipe_empty", Severity::blue},
    KnownFlag{"flag_over_range", Severity::blue},
    KnownFlag{"flag_overflow", Severity::blue},
    KnownFlag{"flag_underflow", Severity::blue},
    KnownFlag{"flag_no_flow", Severity::blue},
    KnownFlag{"flag_submerged", Severity::blue},
    KnownFlag{"flag_broken_wire", Severity::blue},
    KnownFlag{"flag_hardware", Severity::blue},
    KnownFlag{"flag_error", Severity::blue},
    KnownFlag{"flag_permanent_error", Severity::blue},
    KnownFlag{"flag_temporary_error", Severity::blue},
    KnownFlag{"flag_application_error", Severity::blue},
    KnownFlag{"flag_memory_fault", Severity::blue},
    KnownFlag{"flag_flow_meter_fault", Severity::blue},
    KnownFlag{"flag_level_meter_fault", Severity::blue},
    KnownFlag{"flag_no_signal", Severity::blue},
    KnownFlag{"flag_low_signal", Severity::blue},
    KnownFlag{"flag_poor_signal", Severity::blue},
    KnownFlag{"flag_low_battery", Severity::blue},
    KnownFlag{"flag_leak_before", Severity::blue},
    KnownFlag{"flag_tamper_before", Severity::blue},
    KnownFlag{"flag_underflow_before", Severity::blue},
    KnownFlag{"flag_busy", Severity::blue},
    KnownFlag{"flag_card_enabled", Severity::blue},
    KnownFlag{"flag_pump_running", Severity::blue},
};
constexpr Severity kOfUnknown = Severity::blue;

// Of a flag without its storage and tariff numbers.
const KnownFlag* known(std::string_view channel) {
  const std::string_view stem = channel.substr(0, channel.find_first_of("@#"));
  const auto found =
      std::find_if(kKnown.begin(), kKnown.end(), [stem](const KnownFlag& f) { return f.channel == stem; });
  return found == kKnown.end() ? nullptr : &*found;
}

constexpr std::array<std::string_view, 3> kIgnored{"flag_busy", "flag_card_enabled", "flag_pump_running"};

constexpr std::array kFields{
    ConfigField{.key = "optional",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "true: a device without any flag is no mistake, for rules that are given to many devices"},
    ConfigField{.key = "ignore",
                .type = FieldType::list,
                .standard = "[\"flag_busy\", \"flag_card_enabled\", \"flag_pump_running\"]",
                .help = "flags that are no alert; unless set, those that say what goes on and not what is wrong"},
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
  std::vector<std::string> ignored;

 private:
  const std::vector<Input> needed_{{.channel = "flag_*", .key = "device", .required = false}};
};

class FlagsInstance final : public Instance {
 public:
  explicit FlagsInstance(const FlagsRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    Flag* flag = flag_of(reading.series, context);
    if (flag == nullptr) return band.show_none();
    flag->set = reading.value.as_boolean();
    // Until it changes, nothing can.
    flag->set ? band.show(0.5, 2.0) : band.show(-1.0, 0.5);
    changed_ = true;
  }
  void polled(core::DeviceId /*device*/, const core::Stamp& at, Context& context) override {
    if (changed_) judge(at, context);
    changed_ = false;
  }
  void tick(const core::Stamp& now, Context& context) override { judge(now, context); }

  void save(Nanos /*now*/, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(worst_.level()));
    const auto set = std::count_if(flags_.begin(), flags_.end(), [](const Flag& flag) { return flag.set; });
    std::size_t left = std::min(static_cast<std::size_t>(set), kMostKept);
    to.put(static_cast<std::uint8_t>(left));
    for (const Flag& flag : flags_) {
      if (flag.set && left > 0) to.put_text(flag.channel), --left;
    }
  }
  bool restore(Unpacker& from, std::optional<Severity> severity, const Elapsed& /*elapsed*/) override {
    const auto level = from.get<std::uint8_t>();
    const auto set = from.get<std::uint8_t>();
    told_ = severity.has_value();
    for (std::size_t i = 0; i < set && from.ok(); ++i) {
      const std::string channel = from.get_text();
      if (!channel.starts_with("flag_") || !core::is_channel_name(channel)) return false;
      flags_.push_back({.channel = channel, .set = true, .named = told_, .seen = told_});
    }
    if (!from.ok() || level > kLevels || set > kMostKept) return false;
    if (told_) worst_.resume(level);
    told_level_ = worst_.level();
    return true;
  }

 private:
  static constexpr std::size_t kLevels = 4;      // a severity each
  static constexpr std::size_t kMostFlags = 64;  // of one device
  static constexpr std::size_t kMostKept = 15;   // over a restart; the others are heard again with the first poll
  // A flag that was not in the alert is told at once; one that went, or came again, so long after what was told last.
  static constexpr Nanos kTellAgain = core::Seconds(15);

  struct Flag {
    std::optional<core::Series> series = {};  // nothing: of before the restart, not yet heard again
    std::string channel = {};
    bool set = false;
    bool named = false;  // in what was told last
    bool seen = false;   // in this alert
  };

  // Null for one that does not count.
  Flag* flag_of(core::Series series, const Context& context) {
    for (Flag& flag : flags_) {
      if (flag.series == series) return &flag;
    }
    const std::string channel(context.channel(series));
    const auto& ignored = rule_.ignored;
    if (channel.empty() || std::find(ignored.begin(), ignored.end(), channel) != ignored.end()) return nullptr;
    for (Flag& flag : flags_) {
      if (flag.channel != channel) continue;
      flag.series = series;
      return &flag;
    }
    if (flags_.size() >= kMostFlags) return nullptr;
    return &flags_.emplace_back(Flag{.series = series, .channel = channel});
  }

  static Severity severity_of(const Flag& flag) {
    const KnownFlag* found = known(flag.channel);
    return found == nullptr ? kOfUnknown : found->severity;
  }
  static std::string name_of(const Flag& flag, Language language) {
    const KnownFlag* found = known(flag.channel);
    if (found != nullptr) return std::string(noun_of(language, found->channel));
    std::string name = flag.channel.substr(std::string_view("flag_").size());
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + (language == Language::english ? " (a flag of its own)" : "（自定义标志）");
  }
  // The worst first.
  static std::string names_of(const std::vector<const Flag*>& set, Language language) {
    std::string names;
    for (int severity = static_cast<int>(kLevels) - 1; severity >= 0; --severity) {
      for (const Flag* flag : set) {
        if (static_cast<int>(severity_of(*flag)) != severity) continue;
        names += (names.empty() ? "" : language == Language::english ? ", " : "、") + name_of(*flag, language);
      }
    }
    return names;
  }

  bool others_set() const {
    return std::any_of(flags_.begin(), flags_.end(), [](const Flag& flag) { return flag.set != flag.named; });
  }
  bool new_set() const {
    return std::any_of(flags_.begin(), flags_.end(), [](const Flag& flag) { return flag.set && !flag.seen; });
  }

  void judge(const core::Stamp& at, Context& context) {
    static constexpr std::array<double, kLevels> kSteps{0.5, 1.5, 2.5, 3.5};
    int now = 0;
    std::vector<const Flag*> set;
    for (const Flag& flag : flags_) {
      if (!flag.set) continue;
      now = std::max(now, 1 + static_cast<int>(severity_of(flag)));
      set.push_back(&flag);
    }
    worst_.step(kSteps.data(), kSteps.size(), now, at.boot, rule_.timing);
    const std::size_t level = worst_.level();
    const Nanos again = level != 0 && others_set() ? std::max(at.boot, told_at_ + kTellAgain) : Nanos::max();
    const bool news = level != 0 && (again <= at.boot || level != told_level_ || new_set());
    context.wake_at(std::min(worst_.due(rule_.timing), news ? Nanos::max() : again));
    const bool pending = level == 0 && now != 0;
    if (level == 0 && !pending && !told_) return;
    told_ = level != 0 || pending;
    for (Flag& flag : flags_) {
      if (news || level == 0) flag.named = level != 0 && flag.set;
      flag.seen = level != 0 && (flag.seen || flag.set);
    }
    if (news) told_at_ = at.boot;
    told_level_ = level;
    Finding found;
    found.state = level != 0 ? Finding::State::alert : pending ? Finding::State::pending : Finding::State::calm;
    if (level != 0) found.severity = static_cast<Severity>(level - 1);
    found.phrase = Phrase::flags;
    found.value = found.badness = static_cast<double>(set.size());
    found.detail = names_of(set, context.language());
    found.news = news;
    context.find(at, found, std::nullopt);
  }

  const FlagsRule& rule_;
  std::vector<Flag> flags_;
  Ladder<kLevels> worst_;
  std::size_t told_level_ = 0;
  Nanos told_at_{};
  bool changed_ = false;
  bool told_ = false;
};

std::unique_ptr<Instance> FlagsRule::make() const { return std::make_unique<FlagsInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<FlagsRule>();
  rule->timing = {0.0, duration(setup.options["hold"], {}), duration(setup.options["clear_hold"], {})};
  rule->optional = setup.options["optional"].boolean();
  if (setup.options.has("ignore")) {
    for (const core::ConfigNode& flag : setup.options["ignore"].list()) {
      rule->ignored.emplace_back(flag.text());
      if (!flag.text().starts_with("flag_") || !core::is_channel_name(flag.text())) {
        mistakes.note(setup, flag, "ignore",
                      "'" + rule->ignored.back() + "' is not a flag's channel, such as flag_leak");
      }
    }
  } else {
    rule->ignored.assign(kIgnored.begin(), kIgnored.end());
  }
  rule->update = Nanos::zero();  // an instance says itself what is news
  return rule;
}

}  // namespace

constinit const Kind kFlags{
    .spec = {"flags",
             "what a device finds wrong itself: all its flag_ channels, for burst, leak, tampering, low battery ...",
             kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(FlagsInstance),
    .most_saved = 1000};

}  // namespace afferent::rules
