// Kind `anomaly`: a value that is not as usual, on any numeric channel, without limits set by hand.
#include <array>

#include "agent/rules/anomaly_instance.h"
#include "agent/rules/detector_alarms.h"
#include "agent/rules/detector_anomaly.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr double kMiddle = 5.0;  // this strength is a score of 0.5

constexpr std::array kFields{
    ConfigField{.key = "false_alarms",
                .type = FieldType::real,
                .standard = "1",
                .minimum = 1e-3,
                .maximum = 1000,
                .help = "alerts in 30 days that may come although nothing is wrong; fewer means stranger values only"},
    ConfigField{.key = "warm_up",
                .type = FieldType::duration,
                .standard = "1 day",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long it only learns at first; a weekly rhythm takes two weeks"},
    kHold,
    ConfigField{.key = "clear_hold",
                .type = FieldType::duration,
                .standard = "1 h",
                .minimum = 0,
                .maximum = kLongest,
                .help = "how long values must be as usual before the alert is cleared"},
};

class AnomalyRule final : public DetectorRule {
 public:
  std::unique_ptr<Instance> make() const override;

  double false_alarms = 1.0;  // a month
  double warm_up = 0.0;       // s
};

class AnomalyJudge {
 public:
  explicit AnomalyJudge(const AnomalyRule& rule) : rule_(rule) {}

  Judgement step(const Moment& at, double value) {
    const double before = detector_.age();
    const double reported = detector_.step(at, value);
    Judgement judged{.value = value};
    if (detector_.age() < rule_.warm_up) return judged;
    rate_.watch((detector_.age() - before) / kDay, detector_.interval());
    judged.score = reported / (reported + kMiddle);
    judged.starts = reported > 0 && rate_.per_month(reported, detector_.interval()) <= rule_.false_alarms;
    if (judged.starts) started_ = reported;
    judged.lasts = started_ > 0 && detector_.strength() >= started_ / 2;
    if (reported > 0) rate_.report(reported);
    return judged;
  }
  void save(double boot, Packer& to) const {
    detector_.save(boot, to);
    rate_.save(to);
    to.put(started_);
  }
  bool restore(Unpacker& from, double boot, std::optional<double> shift) {
    return detector_.restore(from, boot, shift) && rate_.restore(from) && get_doubles(from, started_);
  }

 private:
  const AnomalyRule& rule_;
  AnomalyDetector detector_;
  AlarmRate rate_;
  double started_ = 0.0;  // the strength of the last alert's beginning
};

using AnomalyInstance = DetectorInstance<AnomalyRule, AnomalyJudge>;

std::unique_ptr<Instance> AnomalyRule::make() const { return std::make_unique<AnomalyInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<AnomalyRule>();
  const core::ConfigNode& options = setup.options;
  rule->learns = true;
  rule->phrase = Phrase::unusual;
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->false_alarms = options["false_alarms"].real(1.0);
  rule->warm_up = Moment::seconds(duration(options["warm_up"], core::Seconds(86'400)));
  rule->times = {duration(options["hold"], {}), duration(options["clear_hold"], core::Seconds(3600))};
  return rule;
}

}  // namespace

constinit const Kind kAnomaly{
    .spec =
        {"anomaly",
         "a value that is not as usual: level, scale and daily and weekly rhythm are learned; one that does not move "
         "at all is a matter of kind stuck",
         kFields},
    .create = create,
    .instance_size = sizeof(AnomalyInstance),
    .most_learned = 16 * 1024};

}  // namespace afferent::rules
