// Kind `onset`: a level that rises and stays up, where a spike, a wave or a sensor in the sun comes down again.
#include <algorithm>
#include <array>

#include "agent/rules/anomaly_instance.h"
#include "agent/rules/detector_onset.h"
#include "agent/rules/kinds.h"
#include "agent/rules/mistakes.h"

namespace afferent::rules {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr std::array kFields{
    ConfigField{.key = "rise",
                .type = FieldType::real,
                .required = true,
                .minimum = 1e-6,
                .help = "alert on a greater rise: the lowest of the last 7.5 hours over the upper levels of the 36 "
                        "hours before, channel's unit"},
    kHold,
    kClearHold,
    kUpdate,
};

class OnsetRule final : public DetectorRule {
 public:
  std::unique_ptr<Instance> make() const override;
  double rise = 1.0;
};

class OnsetJudge {
 public:
  explicit OnsetJudge(const OnsetRule& rule) : rule_(rule) {}

  // The score is 1 from the limit on, and in proportion below it.
  Judgement step(const Moment& at, double value) {
    const double reported = detector_.step(at, value);
    return {.score = std::min(1.0, reported / rule_.rise),
            .starts = reported >= rule_.rise,
            .lasts = detector_.rise() >= rule_.rise / 2,
            .value = detector_.rise(),
            .limit = rule_.rise};
  }
  void save(double boot, Packer& to) const { detector_.save(boot, to); }
  bool restore(Unpacker& from, double boot, std::optional<double> shift) {
    return detector_.restore(from, boot, shift);
  }

 private:
  const OnsetRule& rule_;
  OnsetDetector detector_;
};

using OnsetInstance = DetectorInstance<OnsetRule, OnsetJudge>;

std::unique_ptr<Instance> OnsetRule::make() const { return std::make_unique<OnsetInstance>(*this); }

std::unique_ptr<Rule> create(const RuleSetup& setup, Mistakes& /*mistakes*/) {
  auto rule = std::make_unique<OnsetRule>();
  const core::ConfigNode& options = setup.options;
  rule->learns = true;
  rule->phrase = Phrase::stays_up;
  rule->severity = setup.severity.value_or(core::Severity::yellow);
  rule->rise = options["rise"].real(1.0);
  rule->times = {duration(options["hold"], {}), duration(options["clear_hold"], {})};
  rule->update = duration(options["update"], kUpdateStandard);
  return rule;
}

}  // namespace

constinit const Kind kOnset{.spec = {"onset", "a level that rises and stays up: the beginning of a flood", kFields},
                            .create = create,
                            .instance_size = sizeof(OnsetInstance),
                            .most_learned = 1024};

}  // namespace afferent::rules
