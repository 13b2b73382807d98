#include "agent/rules/window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/phrases.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

struct MeasureText {
  std::string_view key;
  Pair noun;
};
// In the order of Measure.
constexpr std::array<MeasureText, 8> kMeasures{{{"sum", {"sum", "总和"}},
                                                {"min", {"smallest value", "最小值"}},
                                                {"max", {"greatest value", "最大值"}},
                                                {"mean", {"mean", "平均值"}},
                                                {"count", {"number of readings", "读数个数"}},
                                                {"quantile", {"quantile", "分位数"}},
                                                {"rise", {"rise", "增量"}},
                                                {"least_rise", {"smallest rise", "最小增量"}}}};

constexpr std::array kFields{
    ConfigField{.key = "measure",
                .required = true,
                .allowed = "sum|min|max|mean|count|quantile|rise|least_rise",
                .help = "what of the readings is compared; rise: how much a total has grown, without its falls; "
                        "least_rise: the smallest rise within a part of the window, as a minimum night flow"},
    ConfigField{.key = "over",
                .type = FieldType::duration,
                .minimum = 1,
                .maximum = kLongest,
                .help = "length of a sliding window; give this or hours"},
    ConfigField{.key = "hours",
                .help =
                    "part of each day instead, such as \"02:00-04:00\", or all of it from any time on, such as "
                    "\"00:00-24:00\" or \"08:00-08:00\"; from its beginning on and before its end, judged when it is "
                    "over; rests while the clock is not right"},
    ConfigField{.key = "part",
                .type = FieldType::duration,
                .standard = "1 h",
                .minimum = 1,
                .maximum = kLongest,
                .help = "with measure = \"least_rise\": within how long the rise is taken"},
    ConfigField{.key = "quantile",
                .type = FieldType::real,
                .minimum = 0,
                .maximum = 1,
                .help = "which one, with measure = \"quantile\": 0.9 is exceeded by a tenth of the readings"},
    ConfigField{.key = "above", .type = FieldType::real, .help = "alert when it is greater, channel's unit"},
    ConfigField{.key = "at_least",
                .type = FieldType::real,
                .help = "instead of above: alert when it is this or greater, channel's unit"},
    ConfigField{.key = "below", .type = FieldType::real, .help = "alert when it is smaller, channel's unit"},
    ConfigField{.key = "coverage",
                .type = FieldType::real,
                .standard = "0.8",
                .minimum = 0,
                .maximum = 1,
                .help = "share of the window that must be known before it is judged, unless more readings could not "
                        "change the verdict"},
    ConfigField{
        .key = "gap",
        .type = FieldType::duration,
        .minimum = 1e-3,
        .maximum = kLongest,
        .help =
            "readings farther apart leave the time between them unknown; unless set an eighth of the window, or one "
            "and a half times as long as they are usually apart"},
    kFlowField,
    kVibrationField,
    kHysteresis,
    kHold,
    kClearHold,
    kUpdate,
};

constexpr Nanos kPart = std::chrono::hours(1);  // as the table of fields says

// Saved instead of how long a hold time has run.
constexpr std::int64_t kUpper = -1;
constexpr std::int64_t kLower = -2;

double ns(Nanos time) { return static_cast<double>(time.count()); }

}  // namespace

std::optional<double> WindowInstance::value(const Gathered& all, const Extent& extent) const {
  switch (rule_.measure) {
    case Measure::sum: return all.sum;
    case Measure::min: return all.low;
    case Measure::max: return all.high;
    case Measure::mean: return all.count > 0 ? all.sum / all.count : 0.0;
    case Measure::count: return all.count;
    case Measure::quantile: return gather_.quantile(rule_.share, extent.after);
    case Measure::rise: return all.rise;
    case Measure::least_rise:
      if (!extent.finished) return std::nullopt;
      return gather_.least_rise(rule_.part, extent.edge);
  }
  return std::nullopt;
}

// Either enough of the window is known, or more readings can only make it worse.
bool WindowInstance::sure(const Gathered& all, double over_above, double over_below, const Extent& extent) const {
  const Measure measure = rule_.measure;
  const bool grows = measure == Measure::max || measure == Measure::count || measure == Measure::rise;
  if ((over_above > 0 && grows) || (over_below > 0 && measure == Measure::min && all.count > 0)) return true;
  const double length = ns(extent.length);
  const double known = measure == Measure::rise ? all.spanned : measure == Measure::count ? length : all.covered;
  return extent.finished && known >= rule_.coverage * length * (1 - kExact);
}

Phrase WindowInstance::phrase(bool is_above) const {
  if (rule_.measure == Measure::count) return is_above ? Phrase::count : Phrase::count_few;
  if (rule_.measure == Measure::rise && rule_.of_water) return is_above ? Phrase::used : Phrase::used_little;
  if (rule_.measure == Measure::least_rise && rule_.of_water && is_above) return Phrase::least_used;
  return !is_above ? Phrase::window_below : rule_.at_least ? Phrase::window_reached : Phrase::window_above;
}

std::string WindowInstance::detail(Language language) const {
  const bool english = language == Language::english;
  const std::string_view name = in(language, kMeasures[static_cast<std::size_t>(rule_.measure)].noun);
  switch (rule_.measure) {
    case Measure::quantile:
      return fmt::format(fmt::runtime(english ? "{} {}" : "{}{}"), number_text(rule_.share), name);
    case Measure::least_rise: {
      std::string part = duration_text(language, rule_.part);
      if (rule_.of_water) return part;
      return english ? fmt::format("{} in {}", name, part) : part + std::string(name);
    }
    default: return std::string(name);
  }
}

void WindowInstance::judge(const core::Stamp& at, const Extent& extent, Context& context) {
  const Gathered all = gather_.total(extent.after, extent.edge);
  const std::optional<double> measured = value(all, extent);
  if (!measured || !std::isfinite(*measured)) return;
  const double now = *measured;
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  double over_above = rule_.above ? excess(now, *rule_.above, kStored) : kNone;
  if (rule_.at_least && over_above == 0.0) over_above = std::numeric_limits<double>::min();  // reached is beyond
  const double over_below = rule_.below ? -excess(now, *rule_.below, kStored) : kNone;
  if (!sure(all, over_above, over_below, extent)) return;
  const double over = std::max(over_above, over_below);
  if (over > 0) ladder_.set_lower(over_below > over_above);
  ladder_.step(over, at.boot, rule_.timing);
  if (ladder_.quiet()) return;
  Finding found;
  found.state = ladder_.tell();
  found.severity = rule_.severity;
  const bool is_above = !lower();
  found.phrase = phrase(is_above);
  found.value = now;
  found.badness = is_above ? over_above : over_below;
  found.limit = is_above ? rule_.above : rule_.below;
  found.span = extent.length;
  found.detail = detail(context.language());
  context.find(at, found, now);
}

void WindowInstance::save(Nanos now, Packer& to) const { ladder_.save(now, to, ladder_.lower() ? kLower : kUpper); }

bool WindowInstance::restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) {
  ladder_.set_lower(ladder_.restore(from, severity.has_value(), elapsed) == kLower);
  return from.ok();
}

// Sliding.

void SlidingWindow::start(const core::Stamp& now, Context& context) {
  began_ = now.boot;
  if (rule_.measure == Measure::count) context.wake_at(began_ + rule_.length);
}

void SlidingWindow::reading(const core::Reading& reading, Band& band, Context& context) {
  band.show_all();
  gather_.add(reading.received.boot, reading.value.as_number());
  look(reading.received, context);
}

void SlidingWindow::tick(const core::Stamp& now, Context& context) { look(now, context); }

void SlidingWindow::look(const core::Stamp& at, Context& context) {
  const Nanos edge = at.boot - rule_.length;
  gather_.drop(edge);
  const bool counts = rule_.measure == Measure::count;
  const bool whole = !counts || began_ <= edge;
  judge(at, {edge, edge, rule_.length, whole}, context);
  if (counts) context.wake_at(whole ? std::min(gather_.next_drop(at.boot), due()) : began_ + rule_.length);
}

void SlidingWindow::unfit(const core::Reading& reading, Band& /*band*/, Context& /*context*/) {
  const bool late = reading.stale && reading.quality == core::Quality::good && reading.measured &&
                    reading.received.clock != core::ClockState::unsynced &&
                    reading.received.utc - *reading.measured < rule_.length;
  if (late && std::isfinite(reading.value.as_number())) gather_.add_late(reading.value.as_number());
}

std::unique_ptr<Instance> WindowRule::make() const {
  if (hours) return std::make_unique<DailyWindow>(*this);
  return std::make_unique<SlidingWindow>(*this);
}

// From the configuration.

namespace {

void read_extent(const RuleSetup& setup, WindowRule& rule, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  if (options.has("over") == options.has("hours")) return mistakes.note(setup, "over", "give one of: over, hours");
  rule.length = duration(options["over"], std::chrono::hours(24));
  if (options.has("hours")) {
    rule.hours = Hours::parse(options["hours"].text());
    rule.calendar = true;
    if (!rule.hours) {
      return mistakes.note(setup, options["hours"], "hours",
                           fmt::format("is '{}', must be like \"02:00-04:00\"", options["hours"].text()));
    }
    const std::uint32_t length = (rule.hours->until + 86'400 - rule.hours->from) % 86'400;
    rule.length = core::Seconds(length == 0 ? 86'400 : length);
  }
  if (options.has("gap")) rule.gap = duration(options["gap"], {});
  rule.part = duration(options["part"], kPart);
  if (rule.measure == Measure::least_rise && rule.part > rule.length) {
    mistakes.note(setup, options["part"], "part", "must not be longer than the window");
  }
}

void read_limits(const RuleSetup& setup, WindowRule& rule, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  if (options.has("above") && options.has("at_least")) {
    mistakes.note(setup, options["at_least"], "at_least", "give it or above, not both");
  }
  rule.at_least = options.has("at_least");
  if (rule.at_least) rule.above = options["at_least"].real();
  if (options.has("above")) rule.above = options["above"].real();
  if (options.has("below")) rule.below = options["below"].real();
  if (!rule.above && !rule.below) mistakes.note(setup, "above", "give above or at_least, below or both");
  if (rule.above && rule.below && *rule.below >= *rule.above - rule.timing.hysteresis) {
    mistakes.note(
        setup, options["above"], "above",
        fmt::format("is {}, must be greater than below ({}) by more than the hysteresis", *rule.above, *rule.below));
  }
}

// What has no meaning with this measure is a misunderstanding, and not to be passed over; but a default that was filled
// in is none.
void check_measure(const RuleSetup& setup, const WindowRule& rule, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  const bool of_parts = rule.measure == Measure::least_rise;
  if (!of_parts && rule.part != kPart) {
    mistakes.note(setup, options["part"], "part", "belongs to measure = \"least_rise\"");
  }
  if (of_parts || rule.measure == Measure::rise) return;
  const auto note = [&](std::string_view key) {
    mistakes.note(setup, options[key], key, "belongs to measure = \"rise\" or \"least_rise\"");
  };
  const TotalLimits standard;
  if (excess(rule.limits.flow, standard.flow) != 0.0) note(kFlowField.key);
  if (excess(rule.limits.vibration, standard.vibration) != 0.0) note(kVibrationField.key);
}

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<WindowRule>();
  const core::ConfigNode& options = setup.options;
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (kMeasures[i].key == options["measure"].text()) rule->measure = static_cast<Measure>(i);
  }
  if ((rule->measure == Measure::quantile) != options.has("quantile")) {
    mistakes.note(setup, options["quantile"], "quantile",
                  "belongs to measure = \"quantile\" and must be given with it");
  }
  rule->of_water = setup.channel.substr(0, setup.channel.find_first_of("@#")) == "volume";
  rule->share = options["quantile"].real(0.5);
  rule->coverage = options["coverage"].real(0.8);
  rule->limits = total_limits(options);
  rule->timing = {options["hysteresis"].real(), duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  read_extent(setup, *rule, mistakes);
  check_measure(setup, *rule, mistakes);
  read_limits(setup, *rule, mistakes);
  rule->span = rule->length;
  return rule;
}

}  // namespace

constinit const Kind kWindow{
    .spec = {"window", "sum, extremes, mean, count, quantile or rise over a sliding window or hours of the day",
             kFields},
    .create = create,
    .instance_size = sizeof(DailyWindow),
    .most_saved = 16,
    .most_learned = 13'400};

}  // namespace afferent::rules
