// What the kinds with a detector have in common: feeding it, scoring, telling, keeping what it learned. A kind gives
// the detector and says what its reports mean. Loop-bound.
#pragma once

#include "agent/rules/anomaly_watch.h"
#include "agent/rules/detector_time.h"
#include "agent/rules/kind.h"
#include "agent/rules/options.h"

namespace afferent::rules {

// What a reading means to a detector's kind.
struct Judgement {
  double score = 0.0;   // 0 to 1
  bool starts = false;  // it is an alert from now on
  bool lasts = false;   // an alert would go on
  double value = 0.0;   // for the sentence
  std::optional<double> limit = {};
  std::optional<double> badness = {};  // nothing: the value
};

class DetectorRule : public Rule {
 public:
  std::string_view objection(const core::ChannelSpec& channel) const override {
    return core::kind_of(channel.quantity) == core::Value::Kind::number ? "" : "needs a number";
  }
  core::Severity severity = core::Severity::yellow;
  Phrase phrase = Phrase::above;
  Watch::Times times;
};

inline constexpr std::uint8_t kDetectorVersion = 2;

// `Judge`: Judgement step(const Moment&, double); save(double boot, Packer&); bool restore(Unpacker&, double boot,
// std::optional<double> shift).
template <class RuleType, class Judge>
class DetectorInstance final : public Instance {
 public:
  explicit DetectorInstance(const RuleType& rule) : rule_(rule), judge_(rule) {}

  void start(const core::Stamp& now, Context& /*context*/) override {
    if (watch_.state() == Finding::State::alert) watch_.resume(now.boot);
  }
  void reading(const core::Reading& reading, Band& band, Context& context) override {
    band.show_all();
    const Finding::State before = watch_.state();
    const Moment at = Moment::of(reading.received, context.local(reading.received));
    const Judgement judged = judge_.step(at, reading.value.as_number());
    context.score(judged.score);
    const Finding::State state = watch_.step(reading.received.boot, judged.starts, judged.lasts, rule_.times);
    if (state == Finding::State::calm && before == Finding::State::calm) return;
    Finding found;
    found.state = state;
    found.severity = rule_.severity;
    found.phrase = rule_.phrase;
    found.value = judged.value;
    found.badness = judged.badness.value_or(judged.value);
    found.limit = judged.limit;
    context.find(reading.received, found, reading.value.as_number());
  }

  bool restore(Unpacker& /*from*/, std::optional<core::Severity> severity, const Elapsed& elapsed) override {
    if (severity) watch_.resume(elapsed.now);
    return true;
  }
  void learned(core::Nanos now, Packer& to) const override {
    to.put(kDetectorVersion);
    judge_.save(Moment::seconds(now), to);
  }
  bool remember(Unpacker& from, const Elapsed& elapsed) override {
    if (from.get<std::uint8_t>() != kDetectorVersion) return false;
    std::optional<double> shift;
    if (elapsed.since_save) shift = Moment::seconds(*elapsed.since_save);
    return judge_.restore(from, Moment::seconds(elapsed.now), shift);
  }

 private:
  const RuleType& rule_;
  Judge judge_;
  Watch watch_;
};

}  // namespace afferent::rules
