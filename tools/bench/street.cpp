#include "tools/bench/street.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace afferent::bench {
namespace {

constexpr std::uint32_t kRulesAChannel = 4;

std::vector<std::string> ids(std::uint32_t devices) {
  std::vector<std::string> made;
  for (std::uint32_t i = 0; i < devices; ++i) made.push_back("level-" + std::to_string(i));
  return made;
}

std::string channel_name(std::uint32_t channel) {
  constexpr const char* kNames[] = {"level", "temperature", "battery", "rssi"};
  return channel < 4 ? kNames[channel] : "value@" + std::to_string(channel);
}

core::Quantity quantity_of(std::uint32_t channel) {
  using core::Quantity;
  constexpr Quantity kQuantities[] = {Quantity::length, Quantity::temperature, Quantity::ratio, Quantity::signal};
  return kQuantities[channel % 4];
}

core::ConfigNode above(double limit) {
  core::ConfigNode::Table table;
  table.emplace("above", core::ConfigNode(limit, {}));
  table.emplace("hysteresis", core::ConfigNode(0.02, {}));
  table.emplace("hold", core::ConfigNode(10.0, {}));
  return {std::move(table), {}};
}

}  // namespace

Street::Street(const StreetPlan& plan) : plan_(plan), batcher_("flood", ids(plan.devices), plan.batch) {
  if (plan_.rules) make_rules();
  add_series();
}

void Street::make_rules() {
  std::vector<rules::DeviceNames> names;
  std::vector<core::DeviceId> all;
  for (std::uint32_t i = 0; i < plan_.devices; ++i) {
    names.push_back({ids(plan_.devices)[i], "", "flood"});
    all.push_back(core::DeviceId{i});
  }
  std::vector<rules::RuleSetup> setups;
  for (std::uint32_t channel = 0; channel < plan_.channels; ++channel) {
    for (std::uint32_t n = 0; n < kRulesAChannel; ++n) {
      rules::RuleSetup setup;
      setup.id = "limit-" + std::to_string(channel) + "-" + std::to_string(n);
      setup.kind = "threshold";
      setup.channel = channel_name(channel);
      setup.devices = all;
      setup.options = above(100.0 + n);
      setups.push_back(std::move(setup));
    }
  }
  auto engine = rules::Engine::create(std::move(setups), std::move(names), random_, rules::Language::english);
  if (!engine) {
    std::fprintf(stderr, "%s\n", engine.error().message().c_str());
    std::abort();
  }
  engine_ = std::move(engine).value();
}

void Street::add_series() {
  std::uint32_t series = 0;
  for (std::uint32_t device = 0; device < plan_.devices; ++device) {
    core::Poll& poll = polls_.emplace_back();
    poll.device = core::DeviceId{device};
    for (std::uint32_t channel = 0; channel < plan_.channels; ++channel, ++series) {
      core::ChannelSpec spec;
      spec.name = channel_name(channel);
      spec.quantity = quantity_of(channel);
      spec.exponent = -3;
      batcher_.series_added(core::Series{series}, poll.device, spec);
      if (engine_) engine_->series_added(core::Series{series}, poll.device, spec);
      core::Reading& reading = poll.readings.emplace_back();
      reading.series = core::Series{series};
      reading.device = poll.device;
      reading.channel = static_cast<core::Channel>(channel);
      millimetres_.push_back(1000 + 37 * series);
    }
  }
}

// A level moves by a few millimetres from poll to poll: what a sensor in water does.
void Street::step_values() {
  for (std::int64_t& value : millimetres_) {
    noise_ = noise_ * 6364136223846793005u + 1442695040888963407u;
    value += static_cast<std::int64_t>(noise_ >> 62) - static_cast<std::int64_t>((noise_ >> 60) & 3);
  }
}

void Street::poll_all(std::vector<core::Envelope>& envelopes) {
  step_values();
  for (std::uint32_t device = 0; device < plan_.devices; ++device) {
    core::Poll& poll = polls_[device];
    // Devices take their slots beside each other.
    poll.received.boot = now_ + plan_.poll * device / plan_.devices;
    for (core::Reading& reading : poll.readings) {
      reading.received = poll.received;
      reading.value = core::Value::number(static_cast<double>(millimetres_[core::index(reading.series)]) / 1000.0);
    }
    if (poll.received.boot >= batcher_.deadline()) batcher_.tick(poll.received.boot, envelopes);
    batcher_.poll(poll, envelopes);
    if (engine_) engine_->poll(poll, *this);
  }
  now_ += plan_.poll;
}

void Street::alert(const core::Alert&) { ++alerts_; }
void Street::state(core::StateChange) {}
void Street::alert_of_gone_device(const core::Alert&, std::string_view) {}

}  // namespace afferent::bench
