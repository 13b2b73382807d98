// Kind `manhole`: a cover that is closed, tilted, open, moved or under water, from whatever its sensor says. A state
// must last, so that a lorry does not raise it; open with high water below is red and told even during maintenance.
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "agent/rules/kinds.h"
#include "agent/rules/ladder.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;
using core::Severity;

constexpr std::array kFields{
    ConfigField{.key = "tilt",
                .type = FieldType::real,
                .standard = "10",
                .minimum = 0.1,
                .maximum = 180,
                .help = "tilted from here on, degrees from how it was installed"},
    ConfigField{.key = "open_tilt",
                .type = FieldType::real,
                .standard = "60",
                .minimum = 1,
                .maximum = 180,
                .help = "open from here on, degrees; in any case above 90"},
    ConfigField{.key = "flood_level",
                .type = FieldType::real,
                .standard = "0.3",
                .minimum = 0,
                .help = "high water from this `level` on, m"},
    ConfigField{
        .key = "hold",
        .type = FieldType::duration,
        .standard = "15 s",
        .minimum = 0,
        .maximum = kLongest,
        .help = "how long a state must last before it counts; longer than a wheel shakes the cover and than a poll"},
    ConfigField{.key = "clear_hold",
                .type = FieldType::duration,
                .standard = "1 min",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long the cover must be in a better state before the alert steps down or is cleared"},
    ConfigField{.key = "fast_poll",
                .type = FieldType::duration,
                .standard = "5 s",
                .minimum = 0.1,
                .maximum = 3600,
                .help = "poll interval of a sensor that is polled, while it is not sure whether a state lasts"},
};

// Inputs in the order of manhole_inputs.
enum InputNumber : std::uint16_t { kTilt = 1, kOpen, kMoved, kFlooded, kLevel };

enum class Cover : std::uint8_t { closed, tilted, flooded, tilted_flooded, moved, open, open_flooded };

struct CoverText {
  Severity severity;
  Pair text;
};
// In the order of Cover.
constexpr std::array<CoverText, 7> kCovers{
    {{Severity::blue, {"closed", "关闭"}},
     {Severity::yellow, {"tilted", "倾斜"}},
     {Severity::yellow, {"closed, but the water below is high", "关闭，但井内水位高"}},
     {Severity::orange, {"tilted, and the water below is high", "倾斜，且井内水位高"}},
     {Severity::orange, {"moved from its place", "移位"}},
     {Severity::orange, {"open", "打开"}},
     {Severity::red, {"open, and the water below is high", "打开，且井内水位高"}}}};

std::vector<Input> manhole_inputs() {
  std::vector<Input> inputs;
  for (const char* channel : {"tilt", "open", "moved", "flooded", "level"}) {
    inputs.push_back({.channel = channel, .key = "device", .required = false});
  }
  return inputs;
}

class ManholeRule final : public Rule {
 public:
  ManholeRule() { by_poll = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& /*channel*/) const override { return ""; }
  std::span<const Input> inputs() const override { return needed_; }
  bool needs_one_input() const override { return true; }
  std::string_view objection(std::uint16_t input, const core::ChannelSpec& channel) const override {
    const bool number = input == kTilt || input == kLevel;
    const core::Value::Kind kind = core::kind_of(channel.quantity);
    if (number) return kind == core::Value::Kind::number ? "" : "needs a number";
    return kind == core::Value::Kind::text ? "needs true or false" : "";
  }
  std::string_view unit(core::Quantity /*quantity*/) const override { return "deg"; }

  double tilt = 10.0;
  double open_tilt = 60.0;
  double flood_level = 0.3;
  Nanos hold{};
  Nanos clear_hold{};
  core::Millis fast_poll{};

 private:
  const std::vector<Input> needed_ = manhole_inputs();
};

class ManholeInstance final : public Instance {
 public:
  explicit ManholeInstance(const ManholeRule& rule) : rule_(rule) {}

  // What a sensor said before a restart lasts.
  void start(const core::Stamp& now, Context& context) override {
    if (seen() != Cover::closed || told_) consider(now, context);
  }

  void reading(const core::Reading& reading, Band& band, Context& /*context*/) override {
    band.show_all();
    const double value = reading.value.as_number();
    switch (band.input) {
      case kTilt: tilt_ = value, has_tilt_ = true; break;
      case kOpen: open_ = value != 0.0; break;
      case kMoved: moved_ = value != 0.0; break;
      case kFlooded: flooded_ = value != 0.0; break;
      case kLevel: high_ = value >= rule_.flood_level; break;
      default: return;
    }
    changed_ = true;
  }
  // All channels of a poll count at once, so that none is judged with the others of the poll before.
  void polled(core::DeviceId /*device*/, const core::Stamp& at, Context& context) override {
    if (std::exchange(changed_, false)) consider(at, context);
  }

  // A sensor that only speaks when something happens is not heard again: what it said lasts.
  void tick(const core::Stamp& now, Context& context) override { consider(now, context); }

  void save(Nanos /*now*/, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(cover_.level()));
    to.put(static_cast<std::uint8_t>((open_ ? 1 : 0) | (moved_ ? 2 : 0) | (flooded_ ? 4 : 0) | (high_ ? 8 : 0) |
                                     (has_tilt_ ? 16 : 0)));
    to.put(tilt_);
  }
  bool restore(Unpacker& from, std::optional<Severity> severity, const Elapsed& /*elapsed*/) override {
    const auto level = from.get<std::uint8_t>();
    const auto flags = from.get<std::uint8_t>();
    const double tilt = from.get<double>();
    if (!from.ok() || level >= kCovers.size() || !std::isfinite(tilt)) return false;
    told_ = severity.has_value();
    if (told_) cover_.resume(level);
    open_ = (flags & 1) != 0, moved_ = (flags & 2) != 0, flooded_ = (flags & 4) != 0, high_ = (flags & 8) != 0;
    has_tilt_ = (flags & 16) != 0;
    tilt_ = tilt;
    return true;
  }

 private:
  static constexpr std::size_t kWorst = kCovers.size() - 1;

  Cover seen() const {
    const double tilt = std::abs(tilt_);
    const bool is_open = open_ || tilt >= rule_.open_tilt || tilt > 90;
    const bool water = flooded_ || high_;
    if (is_open) return water ? Cover::open_flooded : Cover::open;
    if (moved_) return Cover::moved;
    if (tilt >= rule_.tilt) return water ? Cover::tilted_flooded : Cover::tilted;
    return water ? Cover::flooded : Cover::closed;
  }

  // A cover that swings between two states is at least in the better of them.
  void consider(const core::Stamp& at, Context& context) {
    static constexpr std::array<double, kWorst> kSteps{0.5, 1.5, 2.5, 3.5, 4.5, 5.5};
    const LadderTiming timing{0.0, rule_.hold, rule_.clear_hold};
    const Cover now = seen();
    cover_.step(kSteps.data(), kSteps.size(), static_cast<double>(now), at.boot, timing);
    const auto lasting = static_cast<Cover>(cover_.level());
    const bool unsure = lasting != now;
    context.wake_at(cover_.due(timing));
    look_closely(unsure, context);
    if (lasting != Cover::closed) return tell(at, Finding::State::alert, lasting, context);
    if (unsure) return tell(at, Finding::State::pending, now, context);
    if (told_) tell(at, Finding::State::calm, lasting, context);
  }

  // What a wheel did is over before the next poll.
  void look_closely(bool fast, Context& context) {
    if (std::exchange(fast_, fast) == fast) return;
    context.poll_interval(fast ? rule_.fast_poll : core::Millis::zero());
  }

  void tell(const core::Stamp& at, Finding::State state, Cover cover, Context& context) {
    told_ = state != Finding::State::calm;
    const CoverText& text = kCovers[static_cast<std::size_t>(cover)];
    Finding found;
    found.state = state;
    found.severity = text.severity;
    found.phrase = Phrase::manhole;
    found.value = tilt_;
    found.detail = words(text.text, context.language());
    found.badness = 1e6 * static_cast<double>(cover);  // another state is news, whatever the tilt
    found.urgent = cover == Cover::open_flooded;
    context.find(at, found, tilt_);
  }

  std::string words(const Pair& cover, Language language) const {
    std::string text(in(language, cover));
    if (!has_tilt_) return text;
    const std::string tilt = number_text(tilt_, "deg") + "°";
    return text + (language == Language::english ? " (tilt " + tilt + ")" : "（倾角" + tilt + "）");
  }

  const ManholeRule& rule_;
  double tilt_ = 0.0;
  bool has_tilt_ = false;
  bool open_ = false;
  bool moved_ = false;
  bool flooded_ = false;
  bool high_ = false;
  bool changed_ = false;  // in the poll that runs
  bool told_ = false;
  bool fast_ = false;
  Ladder<kWorst> cover_;  // its steps are the states of Cover from tilted on
};

std::unique_ptr<Instance> ManholeRule::make() const { return std::make_unique<ManholeInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<ManholeRule>();
  const core::ConfigNode& options = setup.options;
  rule->tilt = options["tilt"].real(10.0);
  rule->open_tilt = options["open_tilt"].real(60.0);
  rule->flood_level = options["flood_level"].real(0.3);
  rule->hold = duration(options["hold"], core::Seconds(15));
  rule->clear_hold = duration(options["clear_hold"], core::Seconds(60));
  rule->fast_poll = std::chrono::duration_cast<core::Millis>(duration(options["fast_poll"], core::Seconds(5)));
  rule->update = core::Nanos(1);  // another state is news at once
  if (rule->open_tilt <= rule->tilt)
    mistakes.note(setup, options["open_tilt"], "open_tilt", "must be greater than tilt");
  return rule;
}

}  // namespace

constinit const Kind kManhole{
    .spec = {"manhole",
             "a manhole cover: closed, tilted, open, moved or under water, from tilt, open, moved, flooded, level",
             kFields},
    .channel_required = false,
    .channel_allowed = false,
    .create = create,
    .instance_size = sizeof(ManholeInstance),
    .most_saved = 16};

}  // namespace afferent::rules
