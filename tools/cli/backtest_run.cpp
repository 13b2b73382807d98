#include "tools/cli/backtest_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "agent/assembly/rules.h"
#include "agent/rules/engine.h"
#include "agent/rules/kind.h"

namespace afferent::cli {
namespace {

using core::Nanos;
using core::Stamp;

constexpr core::DeviceId kDevice{0};
constexpr Nanos kBoot = std::chrono::hours(1);     // of the first row
constexpr double kFurthest = 253'402'300'800.0;    // the year 10000
constexpr double kLongest = 200.0 * 366 * 86'400;  // s: what a boot time in nanoseconds can hold

class SameBits final : public core::Random {
 public:
  std::uint64_t next() override { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

double score_of(core::Severity severity) { return 0.25 * (1 + static_cast<int>(severity)); }

class Collector final : public rules::Output {
 public:
  void alert(const core::Alert& alert) override {
    alerts.push_back(alert);
    if (alert.state == core::AlertState::cleared) {
      active_.erase(alert.rule);
    } else {
      active_.insert_or_assign(alert.rule, alert.severity);
    }
  }
  void score(core::DeviceId /*device*/, std::string_view rule, double score) override {
    highest_ = std::max(highest_, score);
    if (scoring_.find(rule) == scoring_.end()) scoring_.emplace(rule);
  }
  void state(core::StateChange /*change*/) override {}
  void alert_of_gone_device(const core::Alert& /*alert*/, std::string_view /*device*/) override {}

  // Of the row that was just told.
  double take_score() {
    double score = std::exchange(highest_, 0.0);
    for (const auto& [rule, severity] : active_) {
      if (scoring_.find(rule) == scoring_.end()) score = std::max(score, score_of(severity));
    }
    return std::clamp(score, 0.0, 1.0);
  }
  std::vector<core::Alert> alerts;

 private:
  double highest_ = 0.0;
  std::set<std::string, std::less<>> scoring_;
  std::map<std::string, core::Severity> active_;
};

std::vector<rules::RuleSetup> setups_of(const Backtest& backtest) {
  std::vector<rules::RuleSetup> setups;
  for (const config::RuleConfig& rule : backtest.loaded.rules) {
    if (!rule.channel.empty() && rule.channel != backtest.channel) continue;
    rules::RuleSetup setup = assembly::setup_of(rule);
    const rules::Kind* kind = rules::kind_named(rule.kind);
    const bool knows = kind != nullptr && !kind->channel_allowed;  // its channels by itself
    if (setup.channel.empty() && !knows) setup.channel = backtest.channel;
    setup.devices = {kDevice};
    setups.push_back(std::move(setup));
  }
  return setups;
}

class Player {
 public:
  Player(rules::Engine& engine, DataUnit unit) : engine_(engine), unit_(unit) {}

  StreamResult play(const std::vector<Sample>& samples) {
    StreamResult result;
    result.scores.assign(samples.size(), 0.0);
    only_truths_ = unit_.quantity == core::Quantity::none &&
                   std::all_of(samples.begin(), samples.end(),
                               [](const Sample& sample) { return !sample.number || sample.is_truth; });
    result.uses.reserve(samples.size());
    for (const Sample& sample : samples) result.uses.push_back(use_of(sample));
    for (const std::size_t i : by_time(samples, result)) result.scores[i] = row(samples[i], result.uses[i], result);
    result.alerts = std::move(output_.alerts);
    return result;
  }

 private:
  RowUse use_of(const Sample& sample) const {
    const bool truths = unit_.quantity == core::Quantity::boolean || only_truths_;
    if (!sample.at) return RowUse::no_time;
    if (!sample.number || (sample.is_truth && !truths)) return RowUse::no_number;
    return std::abs(*sample.at) > kFurthest ? RowUse::too_far : RowUse::judged;
  }
  // Of the rows that can be judged.
  static std::vector<std::size_t> by_time(const std::vector<Sample>& samples, StreamResult& result) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (result.uses[i] == RowUse::judged) order.push_back(i);
    }
    const auto earlier = [&samples](std::size_t a, std::size_t b) {
      return *samples[a].at != *samples[b].at ? *samples[a].at < *samples[b].at : a < b;
    };
    result.in_order = std::is_sorted(order.begin(), order.end(), earlier);
    if (!result.in_order) std::sort(order.begin(), order.end(), earlier);
    return order;
  }
  double row(const Sample& sample, RowUse& use, StreamResult& result) {
    if (result.judged > 0 && *sample.at - result.from > kLongest) {
      use = RowUse::too_far;
      return 0.0;
    }
    const bool late = result.judged > 0 && *sample.at <= result.to;
    if (late) use = RowUse::repeated;
    if (!late) {
      if (result.judged++ == 0) result.from = *sample.at;
      result.to = *sample.at;
    }
    now_ = stamp(result.to, result.from);
    run_timers();
    tell(*sample.number, *sample.at, late);
    const double score = output_.take_score();
    return late ? 0.0 : score;
  }

  static Stamp stamp(double utc, double first) {
    const auto since = std::chrono::round<core::Micros>(std::chrono::duration<double>(utc - first));
    return {kBoot + since, utc_of(utc), core::ClockState::synced};
  }
  static core::Micros utc_of(double seconds) {
    return std::chrono::round<core::Micros>(std::chrono::duration<double>(seconds));
  }
  // As the agent's timer would have been.
  void run_timers() {
    while (begun_ && engine_.next_deadline() < now_.boot) {
      Stamp due = now_;
      due.boot = std::max(engine_.next_deadline(), told_);
      due.utc -= std::chrono::duration_cast<core::Micros>(now_.boot - due.boot);
      told_ = due.boot;
      const Nanos before = engine_.next_deadline();
      engine_.tick(due, output_);
      if (engine_.next_deadline() <= before) return;  // it waits for what no clock brings
    }
    begun_ = true;
  }
  void tell(double value, double measured, bool late) {
    core::Reading reading;
    reading.device = kDevice;
    reading.stale = late;
    reading.measured = utc_of(measured);
    reading.value = unit_.quantity == core::Quantity::boolean ? core::Value::boolean(value != 0.0)
                                                              : core::Value::number(value * unit_.scale);
    reading.received = now_;
    told_ = now_.boot;
    engine_.poll({kDevice, now_, {reading}}, output_);
  }

  rules::Engine& engine_;
  const DataUnit unit_;
  bool only_truths_ = false;  // the column of an unknown channel
  Collector output_;
  Stamp now_;
  Nanos told_{};
  bool begun_ = false;
};

}  // namespace

core::Result<std::string> channel_of(const config::LoadedRules& loaded, const std::string& asked) {
  std::set<std::string> named;
  for (const config::RuleConfig& rule : loaded.rules) {
    if (!rule.channel.empty()) named.insert(rule.channel);
  }
  std::string all;
  for (const std::string& channel : named) all += (all.empty() ? "" : ", ") + channel;
  if (!asked.empty()) {
    if (!core::is_channel_name(asked))
      return core::Error(core::ErrorCode::bad_config, "--channel: '" + asked + "' is not a channel name");
    const bool any = std::any_of(loaded.rules.begin(), loaded.rules.end(), [&](const config::RuleConfig& rule) {
      return rule.channel.empty() || rule.channel == asked;
    });
    if (any) return asked;
    return core::Error(core::ErrorCode::bad_config, "--channel: no rule watches '" + asked + "'; they watch: " + all);
  }
  if (named.size() > 1) {
    return core::Error(core::ErrorCode::bad_config,
                       "the rules watch several channels; say with --channel which one the data are: " + all);
  }
  return named.empty() ? std::string("value") : *named.begin();
}

core::Result<StreamResult> run_stream(const Backtest& backtest, const std::string& name,
                                      const std::vector<Sample>& samples) {
  SameBits random;
  const auto language = rules::language_named(backtest.loaded.language).value_or(rules::Language::english);
  auto engine = rules::Engine::create(setups_of(backtest), {{name, "", ""}}, random, language, backtest.zone);
  if (!engine) return std::move(engine).error();
  core::ChannelSpec channel;
  channel.name = backtest.channel;
  channel.quantity = backtest.unit.quantity;
  engine.value()->series_added(core::Series{0}, kDevice, channel);
  if (const std::vector<core::Error> errors = engine.value()->check(); !errors.empty()) {
    std::string text;
    for (const core::Error& error : errors) text += (text.empty() ? "" : "\n") + error.message();
    return core::Error(core::ErrorCode::bad_config, text);
  }
  return Player(*engine.value(), backtest.unit).play(samples);
}

}  // namespace afferent::cli
