// Kind `leak`: water that runs and does not rest, measured by what has been usual there.
#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/anomaly_instance.h"
#include "agent/rules/detector_leak.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr double kMonth = 30.0;  // days
constexpr double kWorse = 1.25;  // times as much as was told: a leak that has grown

constexpr std::array kFields{
    ConfigField{.key = "false_alarms",
                .type = FieldType::real,
                .standard = "0.15",
                .minimum = 1e-3,
                .maximum = 30,
                .help = "alerts in 30 days that may come although nothing is wrong; fewer means rarer episodes only"},
    ConfigField{.key = "least",
                .type = FieldType::real,
                .minimum = 1e-9,
                .help = "smallest use in an hour that counts, channel's unit; left out: learned from the steps of the "
                        "counter, of which a leak must be at least two an hour; one of few steps is found only after "
                        "weeks without the like"},
    ConfigField{.key = "warm_up",
                .type = FieldType::duration,
                .standard = "7 days",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long it only learns at first"},
    kHold,
    kClearHold,
    kUpdate,
};

class LeakRule final : public DetectorRule {
 public:
  std::unique_ptr<Instance> make() const override;
  double limit = 2.0;    // strength
  double least = 0.0;    // 0: learned
  double warm_up = 0.0;  // s
};

class LeakJudge {
 public:
  explicit LeakJudge(const LeakRule& rule) : rule_(rule), detector_(rule.least) {}

  // The score is 1 from the limit on, and in proportion below it.
  Judgement step(const Moment& at, double value) {
    const double reported = detector_.step(at, value);
    Judgement judged{.lasts = !detector_.resting(), .value = detector_.flow()};
    judged.badness = lasting(judged.value);
    if (detector_.age() < rule_.warm_up) return judged;
    judged.score = std::min(1.0, reported / rule_.limit);
    judged.starts = reported >= rule_.limit;
    return judged;
  }
  void save(double boot, Packer& to) const { detector_.save(boot, to); }
  bool restore(Unpacker& from, double boot, std::optional<double> shift) {
    return detector_.restore(from, boot, shift);
  }

 private:
  // The least use of many hours sways by itself: it is worse only when it is clearly more than the least of this time.
  double lasting(double flow) {
    if (detector_.resting() || base_ <= 0 || flow < base_ || flow > kWorse * base_) base_ = flow;
    return base_;
  }

  const LeakRule& rule_;
  LeakDetector detector_;
  double base_ = 0.0;
};

using LeakInstance = DetectorInstance<LeakRule, LeakJudge>;

std::unique_ptr<Instance> LeakRule::make() const { return std::make_unique<LeakInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<LeakRule>();
  const core::ConfigNode& options = setup.options;
  rule->learns = true;
  rule->phrase = Phrase::runs_on;
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->limit = std::max(0.1, std::log10(kMonth / options["false_alarms"].real(0.15)));
  rule->least = options["least"].real(0.0);
  rule->warm_up = Moment::seconds(duration(options["warm_up"], core::Seconds(7 * 86'400)));
  rule->times = {duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  return rule;
}

}  // namespace

constinit const Kind kLeak{
    .spec = {"leak", "use per hour that never rests: a leak, or a burst, by what has been usual there", kFields},
    .create = create,
    .instance_size = sizeof(LeakInstance),
    .most_learned = 4096};

}  // namespace afferent::rules
