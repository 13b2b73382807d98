// Kind `window`: its rule and its two instances, over a sliding window of boot time and over hours of the day.
// Loop-bound.
//
// A sliding window holds the readings after its far edge, up to the present one. Hours of the day hold those from their
// beginning on and before their end, so that each reading counts in one day and no other. That no readings come is
// known without any, so a sliding count is looked at between them too.
#pragma once

#include <string_view>

#include "agent/rules/calendar.h"
#include "agent/rules/gather.h"
#include "agent/rules/kind.h"
#include "agent/rules/single_ladder.h"

namespace afferent::rules {

enum class Measure : std::uint8_t { sum, min, max, mean, count, quantile, rise, least_rise };

class WindowRule final : public Rule {
 public:
  WindowRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    if (core::kind_of(channel.quantity) != core::Value::Kind::text) return "";
    return measure == Measure::count ? "" : "of texts only `count` can be taken";
  }
  std::string_view unit(core::Quantity quantity) const override {
    return measure == Measure::count ? "" : core::unit_of(quantity);
  }

  Measure measure = Measure::mean;
  bool of_water = false;       // its channel is the total of a water meter
  double share = 0.5;          // of the quantile
  core::Nanos length{};        // of a sliding window
  std::optional<Hours> hours;  // of the day, instead
  std::optional<core::Nanos> gap;
  core::Nanos part = std::chrono::hours(1);  // of least_rise
  TotalLimits limits;
  double coverage = 0.8;
  std::optional<double> above;
  bool at_least = false;  // the limit above is itself one that is reached
  std::optional<double> below;
  LadderTiming timing;
  core::Severity severity = core::Severity::yellow;
};

class WindowInstance : public Instance {
 public:
  explicit WindowInstance(const WindowRule& rule, core::Nanos length)
      : rule_(rule), gather_(length, rule.gap, rule.limits, rule.measure == Measure::quantile) {}

  void save(core::Nanos now, Packer& to) const override;
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override;

 protected:
  struct Extent {
    core::Nanos after{};  // its readings come after this
    core::Nanos edge{};   // its time begins here
    core::Nanos length{};
    bool finished = false;
  };
  // What more readings can only make worse is judged at once; else nothing is said before enough of the window is
  // known, and nothing of an unfinished one.
  void judge(const core::Stamp& at, const Extent& extent, Context& context);
  core::Nanos due() const { return ladder_.due(rule_.timing); }

  const WindowRule& rule_;
  Gather gather_;

 private:
  std::optional<double> value(const Gathered& all, const Extent& extent) const;
  bool sure(const Gathered& all, double over_above, double over_below, const Extent& extent) const;
  Phrase phrase(bool is_above) const;
  std::string detail(Language language) const;
  bool lower() const { return !rule_.above || (rule_.below && ladder_.lower()); }

  SingleLadder ladder_;
};

class SlidingWindow final : public WindowInstance {
 public:
  explicit SlidingWindow(const WindowRule& rule) : WindowInstance(rule, rule.length) {}
  void start(const core::Stamp& now, Context& context) override;
  void reading(const core::Reading& reading, Band& band, Context& context) override;
  void unfit(const core::Reading& reading, Band& band, Context& context) override;
  void tick(const core::Stamp& now, Context& context) override;
  void learned(core::Nanos now, Packer& to) const override { gather_.save(now, to); }
  bool remember(Unpacker& from, const Elapsed& elapsed) override { return gather_.restore(from, elapsed); }

 private:
  void look(const core::Stamp& at, Context& context);

  core::Nanos began_{};
};

class DailyWindow final : public WindowInstance {
 public:
  explicit DailyWindow(const WindowRule& rule);
  void start(const core::Stamp& now, Context& context) override;
  void reading(const core::Reading& reading, Band& band, Context& context) override;
  void tick(const core::Stamp& now, Context& context) override;
  void learned(core::Nanos now, Packer& to) const override;
  bool remember(Unpacker& from, const Elapsed& elapsed) override;

 private:
  struct Bounds {
    std::int64_t day = 0;
    core::Micros from{};
    core::Micros until{};
  };
  std::optional<Bounds> bounds(const core::Stamp& at, const Context& context) const;  // nothing outside the hours
  Extent extent(const core::Stamp& at, bool finished) const;
  void open(const Bounds& bounds, const core::Stamp& at, Context& context);
  void close(const core::Stamp& at, Context& context);
  void expect(const core::Stamp& at, Context& context);

  core::Nanos began_{};  // boot time
  bool open_ = false;
  bool whole_ = false;  // it was there when the hours that are open began
  Bounds now_;
};

}  // namespace afferent::rules
