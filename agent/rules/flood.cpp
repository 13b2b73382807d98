// Kind `flood`: follows one flood from the first water to the last. While water rises the sensor is polled faster; when
// it is over, one event says how it was. The colours are threshold rules' beside it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"
#include "agent/rules/saved.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::array kFields{
    ConfigField{.key = "begin",
                .type = FieldType::real,
                .required = true,
                .help = "a flood begins above this level, once a second reading says so; channel's unit"},
    ConfigField{.key = "end",
                .type = FieldType::real,
                .help = "and ends when the level has been at or below this one; begin unless set"},
    ConfigField{.key = "calm",
                .type = FieldType::duration,
                .standard = "10 min",
                .minimum = 0,
                .maximum = kLongest,
                .help = "for this long"},
    ConfigField{.key = "rising",
                .type = FieldType::real,
                .standard = "0.02",
                .minimum = 0,
                .help = "the sensor is polled faster once the level is this far above the lowest of the last minutes"},
    ConfigField{.key = "fast_poll",
                .type = FieldType::duration,
                .standard = "5 s",
                .minimum = 0.1,
                .maximum = 3600,
                .help = "poll interval while water rises and during a flood"},
};

class FloodRule final : public Rule {
 public:
  FloodRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs a level";
  }

  double begin = 0.0;
  double end = 0.0;
  double rising = 0.02;
  Nanos calm{};
  core::Millis fast_poll{};
};

// The lowest value of the last ten to twenty minutes, in two halves.
class Lowest {
 public:
  void add(Nanos at, double value) {
    constexpr Nanos kHalf = std::chrono::minutes(10);
    if (!any_ || at - since_ >= 2 * kHalf) {
      older_ = newer_ = value;
      since_ = at;
      any_ = true;
    } else if (at - since_ >= kHalf) {
      older_ = std::exchange(newer_, value);
      since_ = at;
    }
    newer_ = std::min(newer_, value);
  }
  double value() const { return std::min(older_, newer_); }

 private:
  double older_ = 0.0;
  double newer_ = 0.0;
  Nanos since_{};
  bool any_ = false;
};

// What one reading says may be an echo: a level counts once it has lasted to the next one, and for a moment.
class Lasting {
 public:
  struct Level {
    core::Stamp at;
    double value = 0.0;
  };
  // The least of the readings that have lasted; the next time begins with this one.
  std::optional<Level> add(const core::Stamp& at, double value) {
    constexpr Nanos kMoment = core::Seconds(2);
    if (!least_) since_ = at.boot;
    if (!least_ || value < least_->value) least_ = Level{at, value};
    if (at.boot - since_ < kMoment) return std::nullopt;
    since_ = at.boot;
    return std::exchange(least_, Level{at, value});
  }
  void forget() { least_.reset(); }

 private:
  std::optional<Level> least_;
  Nanos since_{};
};

double minutes(Nanos time) { return std::chrono::duration<double, std::ratio<60>>(time).count(); }

// In another boot: of this one, nothing was earlier than its start.
core::Stamp told(core::Stamp at) {
  at.boot = std::max(at.boot, Nanos::zero());
  return at;
}

class FloodInstance final : public Instance {
 public:
  explicit FloodInstance(const FloodRule& rule) : rule_(rule) {}

  void start(const core::Stamp& now, Context& context) override {
    if (!flood_) return;
    hurry(true, context);
    if (low_since_ != kNever) context.wake_at(std::max(now.boot, low_since_ + rule_.calm));
  }

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const double level = reading.value.as_number();
    const core::Stamp& at = reading.received;
    lowest_.add(at.boot, level);
    if (flood_) {
      follow(at, level, context);
    } else {
      wait(at, level, context);
    }
    // It takes half of it to go on, so that waves do not switch it to and fro.
    hurry(flood_ || readings_ > 0 || level > lowest_.value() + (fast_ ? rule_.rising / 2 : rule_.rising), context);
  }

  void tick(const core::Stamp& now, Context& context) override {
    if (std::exchange(high_, false)) return context.wake_at(now.boot + rule_.calm);  // one more reading may still come
    if (flood_ && low_since_ != kNever && now.boot - low_since_ >= rule_.calm) close(now, context);
  }

  void learned(Nanos now, Packer& to) const override {
    to.put(static_cast<std::uint8_t>(flood_ ? 1 : 0));
    for (const core::Stamp& at : {first_, peak_at_, last_}) {
      to.put(static_cast<std::int64_t>((now - at.boot).count()));
      to.put(static_cast<std::int64_t>(at.utc.count()));
      to.put(static_cast<std::uint8_t>(at.clock));
    }
    to.put(peak_);
    to.put(static_cast<std::uint64_t>(readings_));
    to.put(static_cast<std::int64_t>(low_since_ == kNever ? -1 : (now - low_since_).count()));
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    flood_ = from.get<std::uint8_t>() == 1;
    bool sound = true;
    for (core::Stamp* at : {&first_, &peak_at_, &last_}) sound = take(from, elapsed, *at) && sound;
    peak_ = from.get<double>();
    readings_ = from.get<std::uint64_t>();
    low_since_ = elapsed.boot_time(Nanos(from.get<std::int64_t>())).value_or(kNever);
    kept_ = peak_;
    sound = sound && from.ok() && std::isfinite(peak_);
    if (!sound) flood_ = false;
    if (!flood_) readings_ = 0;
    return sound;
  }

 private:
  static constexpr Nanos kNever = Nanos::max();

  static bool take(Unpacker& from, const Elapsed& elapsed, core::Stamp& at) {
    at.boot = elapsed.boot_time(Nanos(from.get<std::int64_t>())).value_or(elapsed.now);
    const bool dated = rules::take(from, at.utc);
    const auto clock = from.get<std::uint8_t>();
    at.clock = static_cast<core::ClockState>(clock);
    return dated && clock <= static_cast<std::uint8_t>(core::ClockState::synced);
  }

  // It begins with the first of the readings above its level, once they have lasted.
  void wait(const core::Stamp& at, double level, Context& context) {
    if (excess(level, rule_.begin) <= 0) {
      lasting_.forget();
      readings_ = 0;
      return;
    }
    if (readings_++ == 0) first_ = at;
    const auto lasted = lasting_.add(at, level);
    if (!lasted) return;
    flood_ = true;
    last_ = at;
    peak_at_ = lasted->at;
    peak_ = kept_ = lasted->value;
    later_ = 0;
    low_since_ = kNever;
    context.keep(at);
  }
  // A peak that is that much higher is worth a write: a power failure must not take it away.
  double material() const {
    constexpr double kShare = 0.05;
    return std::max(rule_.rising, kShare * std::max(std::abs(rule_.begin), peak_ - rule_.begin));
  }
  void follow(const core::Stamp& at, double level, Context& context) {
    ++later_;
    const auto lasted = lasting_.add(at, level);
    if (lasted && lasted->value > peak_) {
      peak_ = lasted->value;
      peak_at_ = lasted->at;
      if (peak_ - kept_ >= material()) {
        kept_ = peak_;
        context.keep(at);
      }
    }
    const bool low = low_since_ != kNever;
    high_ = excess(level, rule_.end) > 0;
    const bool high = low ? lasted && excess(lasted->value, rule_.end) > 0 : excess(level, rule_.end) > 0;
    if (high || !low) {
      last_ = at;
      readings_ += std::exchange(later_, 0U);
    }
    if (high) low_since_ = kNever;
    if (!high && !low) {
      low_since_ = at.boot;
      context.wake_at(at.boot + rule_.calm);
    }
    if (!high_ && low_since_ != kNever && at.boot - low_since_ >= rule_.calm) close(at, context);
  }
  void close(const core::Stamp& now, Context& context) {
    flood_ = high_ = false;
    low_since_ = kNever;
    hurry(false, context);
    const Nanos lasted = last_.boot - first_.boot;
    const Nanos to_peak = peak_at_.boot - first_.boot;
    core::Event event;
    event.what = "flood";
    event.first = told(first_);
    event.last = told(last_);
    event.figures = {{"peak", peak_, std::string(context.unit())},
                     {"time_to_peak", minutes(to_peak), "min"},
                     {"duration", minutes(lasted), "min"},
                     {"readings", static_cast<double>(readings_), ""}};
    const Language language = context.language();
    const DeviceNames& names = context.names(context.device());
    const Pair text{"The flood at {} is over: it lasted {} and reached {} after {} ({} readings).",
                    "{}的积水已退：持续{}，最高{}，出现在开始后{}（读数{}次）。"};
    event.sentence = fmt::format(fmt::runtime(in(language, text)), names.shown(), duration_text(language, lasted),
                                 amount_text(peak_, context.unit()), duration_text(language, to_peak), readings_);
    context.event(std::move(event));
    readings_ = 0;
    lasting_.forget();
    context.keep(now);  // else it would be told once more after a power failure
  }
  void hurry(bool fast, Context& context) {
    if (fast == fast_) return;
    fast_ = fast;
    context.poll_interval(fast ? rule_.fast_poll : core::Millis::zero());
  }

  const FloodRule& rule_;
  Lowest lowest_;
  Lasting lasting_;
  bool flood_ = false;
  bool fast_ = false;
  bool high_ = false;  // the latest reading of the flood is above its end
  core::Stamp first_;
  core::Stamp peak_at_;
  core::Stamp last_;  // when it was last above the end
  double peak_ = 0.0;
  double kept_ = 0.0;           // the peak that was last written
  std::uint64_t readings_ = 0;  // from first_ to last_; or those above its level that make no flood yet
  std::uint64_t later_ = 0;     // after last_
  Nanos low_since_ = kNever;
};

std::unique_ptr<Instance> FloodRule::make() const { return std::make_unique<FloodInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<FloodRule>();
  const core::ConfigNode& options = setup.options;
  rule->begin = options["begin"].real();
  rule->end = options["end"].real(rule->begin);
  rule->rising = options["rising"].real(0.02);
  rule->calm = duration(options["calm"], std::chrono::minutes(10));
  rule->fast_poll = std::chrono::duration_cast<core::Millis>(duration(options["fast_poll"], core::Seconds(5)));
  if (rule->end > rule->begin) mistakes.note(setup, options["end"], "end", "must not be above begin");
  return rule;
}

}  // namespace

constinit const Kind kFlood{
    .spec = {"flood", "polls a level sensor faster while water rises, and sums up each flood when it is over", kFields},
    .create = create,
    .instance_size = sizeof(FloodInstance),
    .most_learned = 96};

}  // namespace afferent::rules
