// Kind `stuck`: a value that does not move though it should.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "agent/rules/compare.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/reference.h"
#include "agent/rules/saved.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;
using core::Nanos;

constexpr std::uint32_t kFewest = 3;  // readings that say the same

constexpr std::array kFields{
    ConfigField{.key = "after",
                .type = FieldType::duration,
                .required = true,
                .minimum = 1,
                .maximum = kLongest,
                .help = "alert when the value has not moved for this long; needs a reading in each half of it"},
    ConfigField{.key = "tolerance",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "what is no movement: greatest less smallest value, channel's unit"},
    ConfigField{.key = "only_if",
                .help = "channel or device/channel of numbers that must have moved meanwhile, e.g. \"rain-1/rain\""},
    ConfigField{.key = "only_if_by",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "by more than how much only_if must have moved, in its unit"},
    ConfigField{.key = "above",
                .type = FieldType::real,
                .help = "it may stand still at or below this value: a dry road stands at 0"},
    ConfigField{.key = "usual",
                .type = FieldType::real,
                .standard = "0",
                .minimum = 0,
                .help = "and only when it has stood more than so many times as long as ever in the last one to two "
                        "months; 0: never mind, for values that always move"},
};

// The longest time that the value stood still and then moved, in the last one to two months.
class Longest {
 public:
  void add(Nanos now, Nanos stood) {
    constexpr Nanos kHalf = std::chrono::hours(24 * 30);
    if (now - began_ >= kHalf) {
      older_ = now - began_ < 2 * kHalf ? newer_ : Nanos::zero();
      newer_ = Nanos::zero();
      began_ = now;
    }
    newer_ = std::max(newer_, stood);
  }
  Nanos value() const { return std::max(older_, newer_); }
  void save(Nanos now, Packer& to) const {
    for (const Nanos span : {now - began_, older_, newer_}) to.put(static_cast<std::int64_t>(span.count()));
  }
  bool restore(Unpacker& from, const Elapsed& elapsed) {
    began_ = elapsed.boot_time(Nanos(from.get<std::int64_t>())).value_or(elapsed.now);
    return take(from, older_) && take(from, newer_);
  }

 private:
  Nanos began_{};
  Nanos older_{};
  Nanos newer_{};
};

// Smallest and greatest value since a moment.
struct Span {
  double low = 0.0;
  double high = 0.0;
  bool any = false;

  void begin(double value) { low = high = value, any = true; }
  void add(double value) {
    if (!any) return begin(value);
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool finite() const { return std::isfinite(low) && std::isfinite(high); }
};

class StuckRule final : public Rule {
 public:
  StuckRule() { learns = true; }
  std::unique_ptr<Instance> make() const override;
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs a number";
  }
  std::span<const Input> inputs() const override { return other; }
  std::string_view objection(std::uint16_t /*input*/, const core::ChannelSpec& channel) const override {
    return objection(channel);
  }

  Nanos after{};
  double tolerance = 0.0;
  std::vector<Input> other;  // none or one
  double other_by = 0.0;
  double above = -std::numeric_limits<double>::infinity();
  double usual = 0.0;
  core::Severity severity = core::Severity::yellow;
};

class StuckInstance final : public Instance {
 public:
  explicit StuckInstance(const StuckRule& rule) : rule_(rule) {}

  void reading(const core::Reading& reading, Band& band, Context& context) override {
    const double value = reading.value.as_number();
    if (band.input == 1) {
      other_ = value;
      meanwhile_.add(value);
    } else {
      watch(reading.received.boot, value);
    }
    judge(reading.received, context);
    band.show_all();
  }

  void save(Nanos now, Packer& to) const override { learned(now, to); }
  bool restore(Unpacker& from, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    active_ = severity.has_value();
    return remember(from, elapsed);
  }
  void learned(Nanos now, Packer& to) const override;
  bool remember(Unpacker& from, const Elapsed& elapsed) override;

 private:
  void watch(Nanos now, double value) {
    const bool late = count_ != 0 && !active_ && now - last_ > rule_.after / 2;
    const bool moved = (value > own_.low && apart(value, own_.low, rule_.tolerance) > 0) ||
                       (value < own_.high && apart(value, own_.high, rule_.tolerance) > 0);
    if (moved && count_ != 0 && !late && now >= last_) longest_.add(now, now - since_);
    if (count_ == 0 || late || moved || now < last_) {
      since_ = now;
      count_ = 0;
      own_.begin(value);
      meanwhile_ = {};
      if (other_) meanwhile_.begin(*other_);
    }
    own_.add(value);
    ++count_;
    last_ = now;
  }
  void judge(const core::Stamp& at, Context& context) {
    const Nanos stood = last_ - since_;
    const bool still = count_ >= kFewest && stood >= rule_.after && excess(own_.high, rule_.above) > 0 &&
                       static_cast<double>(stood.count()) > rule_.usual * static_cast<double>(longest_.value().count());
    const bool should_move =
        rule_.other.empty() || (meanwhile_.any && apart(meanwhile_.high, meanwhile_.low, rule_.other_by) > 0);
    const bool alert = active_ ? count_ != 1 : still && should_move;
    if (!alert && !active_) return;
    active_ = alert;
    Finding found;
    found.state = alert ? Finding::State::alert : Finding::State::calm;
    found.severity = rule_.severity;
    found.phrase = Phrase::stuck;
    found.value = own_.high;
    found.span = stood;
    context.find(at, found, own_.high);
  }

  const StuckRule& rule_;
  Nanos since_{};
  Nanos last_{};
  Span own_;
  Span meanwhile_;  // of the other channel, since then
  Longest longest_;
  std::optional<double> other_;
  std::uint32_t count_ = 0;  // of readings since then
  bool active_ = false;
};

void StuckInstance::learned(Nanos now, Packer& to) const {
  to.put(static_cast<std::int64_t>((now - since_).count()));
  to.put(static_cast<std::int64_t>((now - last_).count()));
  to.put(count_);
  to.put(own_.low);
  to.put(own_.high);
  to.put(static_cast<std::uint8_t>(meanwhile_.any ? 1 : 0));
  to.put(meanwhile_.low);
  to.put(meanwhile_.high);
  longest_.save(now, to);
}

bool StuckInstance::remember(Unpacker& from, const Elapsed& elapsed) {
  const auto since = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
  const auto last = elapsed.boot_time(Nanos(from.get<std::int64_t>()));
  count_ = from.get<std::uint32_t>();
  own_ = {from.get<double>(), from.get<double>(), true};
  meanwhile_.any = from.get<std::uint8_t>() == 1;
  meanwhile_.low = from.get<double>();
  meanwhile_.high = from.get<double>();
  if (!longest_.restore(from, elapsed)) return false;
  if (!from.ok() || !own_.finite() || !meanwhile_.finite()) return false;
  since_ = since.value_or(elapsed.now);
  last_ = last.value_or(elapsed.now);
  if (!active_ && (!since || !last)) count_ = 0;  // what is unknown counts as missing
  return true;
}

std::unique_ptr<Instance> StuckRule::make() const { return std::make_unique<StuckInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& mistakes) {
  auto rule = std::make_unique<StuckRule>();
  const core::ConfigNode& options = setup.options;
  rule->after = duration(options["after"], {});
  rule->tolerance = options["tolerance"].real();
  rule->other_by = options["only_if_by"].real();
  if (options.has("above")) rule->above = options["above"].real();
  rule->usual = options["usual"].real();
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  if (options.has("only_if")) {
    rule->other.push_back(channel_input(options["only_if"].text(), "only_if"));
  } else if (options["only_if_by"].real() != 0.0) {
    mistakes.note(setup, options["only_if_by"], "only_if_by", "has no meaning without only_if");
  }
  return rule;
}

}  // namespace

constinit const Kind kStuck{
    .spec = {"stuck", "a value that does not move for a time, if wanted only while another channel does", kFields},
    .create = create,
    .instance_size = sizeof(StuckInstance),
    .most_saved = 96,
    .most_learned = 96};

}  // namespace afferent::rules
