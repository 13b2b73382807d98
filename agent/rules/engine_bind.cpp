// Engine: which series, device or rule each instance listens to. Nothing is looked up by name after this.
#include <fmt/format.h>

#include <algorithm>

#include "agent/rules/engine.h"
#include "agent/rules/wiring.h"

namespace afferent::rules {

void Engine::make_seats() {
  seats_of_device_.resize(devices_.size());
  for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
    for (const core::DeviceId device : rules_[rule].setup.devices) {
      if (rules_[rule].kind->channel_allowed) {
        seats_of_device_[core::index(device)].push_back(static_cast<std::uint32_t>(seats_.size()));
      }
      seats_.push_back({.rule = rule, .device = device, .bound = !rules_[rule].kind->channel_allowed});
      instances_.push_back(rules_[rule].rule->make());
    }
  }
  wakes_.assign(seats_.size(), Deadlines::kNever);
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) wire(seat);
}

void Engine::wire(std::uint32_t seat) {
  const Seat& who = seats_[seat];
  const Rule& rule = *rules_[who.rule].rule;
  if (rule.learns) learners_.push_back(seat);
  if (rule.by_poll) {
    polled_.resize(devices_.size());
    polled_[core::index(who.device)].push_back(seat);
  }
  std::uint16_t number = 0;
  for (const Input& input : rule.inputs()) {
    const Ear ear{seat, ++number};
    const auto target = find_target(rules_, devices_, input, who.device);
    if (!target) continue;  // create() has refused it
    if (target->rule) {
      const auto spoken = std::find_if(seats_.begin(), seats_.end(), [&](const Seat& other) {
        return other.rule == *target->rule && other.device == target->device;
      });
      spoken->watched = true;
      listeners_[static_cast<std::uint32_t>(spoken - seats_.begin())].push_back(ear);
      continue;
    }
    ears_of_device_.resize(devices_.size());
    ears_of_device_[core::index(target->device)].push_back(ear);
    if (input.required) unbound_.insert({seat, ear.input});
    if (!rule.by_poll) continue;
    std::vector<std::uint32_t>& polled = polled_[core::index(target->device)];
    if (polled.empty() || polled.back() != seat) polled.push_back(seat);
  }
}

void Engine::series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) {
  const std::size_t at = core::index(series);
  const std::size_t owner = core::index(device);
  if (at >= bound_.size()) bound_.resize(at + 1);
  bound_[at] = {static_cast<std::uint32_t>(bands_.size()), 0, core::kind_of(channel.quantity)};
  const bool has_ears = owner < ears_of_device_.size() && !ears_of_device_[owner].empty();
  if (owner >= devices_.size() || (seats_of_device_[owner].empty() && !has_ears)) return;
  std::string& channels = channels_[device];
  channels += (channels.empty() ? "" : ", ") + channel.name;
  for (const std::uint32_t seat : seats_of_device_[owner]) {
    const std::string& wanted = rules_[seats_[seat].rule].setup.channel;
    if (wanted.empty() || wanted == channel.name) bind({seat, 0}, channel, bound_[at]);
  }
  if (!has_ears) return;
  for (const Ear ear : ears_of_device_[owner]) {
    const Input& input = rules_[seats_[ear.seat].rule].rule->inputs()[ear.input - 1U];
    if (input.channel == channel.name) bind(ear, channel, bound_[at]);
  }
}

void Engine::bind(Ear ear, const core::ChannelSpec& channel, Bound& to) {
  Seat& seat = seats_[ear.seat];
  const RuleEntry& entry = rules_[seat.rule];
  const bool own = ear.input == 0;
  if (own) seat.bound = true;
  unbound_.erase({ear.seat, ear.input});
  const std::string_view objection = own ? entry.rule->objection(channel) : entry.rule->objection(ear.input, channel);
  if (!objection.empty()) {
    const std::string_view key = own ? "channel" : entry.rule->inputs()[ear.input - 1U].key;
    objections_.emplace_back(
        core::ErrorCode::bad_config,
        fmt::format("{}: rule '{}': {}: '{}' of device '{}' is {}: {}", entry.setup.source.text(), entry.setup.id, key,
                    channel.name, devices_[core::index(own ? seat.device : input_device(ear))].id,
                    core::name_of(channel.quantity), objection));
    return;
  }
  if (own) seat.quantity = channel.quantity;
  bands_.push_back({.instance = ear.seat, .input = ear.input});
  ++to.count;
}

core::DeviceId Engine::input_device(Ear ear) const {
  const Seat& seat = seats_[ear.seat];
  const Input& input = rules_[seat.rule].rule->inputs()[ear.input - 1U];
  const auto target = find_target(rules_, devices_, input, seat.device);
  return target ? target->device : seat.device;
}

core::Error Engine::missing(Ear ear) const {
  const Seat& seat = seats_[ear.seat];
  const RuleEntry& entry = rules_[seat.rule];
  const bool own = ear.input == 0;
  const core::DeviceId device = own ? seat.device : input_device(ear);
  const auto channels = channels_.find(device);
  return {core::ErrorCode::bad_config,
          fmt::format("{}: rule '{}': {}: device '{}' has no channel '{}'; it has: {}", entry.setup.source.text(),
                      entry.setup.id, own ? "channel" : entry.rule->inputs()[ear.input - 1U].key,
                      devices_[core::index(device)].id,
                      own ? entry.setup.channel : entry.rule->inputs()[ear.input - 1U].channel,
                      channels == channels_.end() ? "none yet" : channels->second)};
}

std::vector<core::Error> Engine::check() const {
  std::vector<core::Error> errors = objections_;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
    if (!seats_[seat].bound) errors.push_back(missing({seat, 0}));
  }
  for (const auto& [seat, input] : unbound_) errors.push_back(missing({seat, input}));
  return errors;
}

}  // namespace afferent::rules
