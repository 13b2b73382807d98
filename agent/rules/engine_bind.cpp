// Engine: which series, device or rule each instance listens to. Nothing is looked up by name after this.
#include <fmt/format.h>

#include <algorithm>

#include "agent/rules/engine.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/wiring.h"

namespace afferent::rules {
namespace {

constexpr std::uint16_t kAny = 0xFFFF;

// Whether an input of that name is a channel of this one.
bool means(std::string_view wanted, std::string_view name) {
  if (!wanted.ends_with('*')) return wanted == name;
  return name.starts_with(wanted.substr(0, wanted.size() - 1));
}

}  // namespace

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
  if (rule.brief) briefs_.push_back(seat);
  if (rule.needs_one_input()) deaf_.insert(seat);
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
    if (wanted.empty() || wanted == channel.name) bind({seat, 0}, series, channel, bound_[at]);
  }
  if (!has_ears) return;
  for (const Ear ear : ears_of_device_[owner]) {
    const Input& input = rules_[seats_[ear.seat].rule].rule->inputs()[ear.input - 1U];
    if (means(input.channel, channel.name)) bind(ear, series, channel, bound_[at]);
  }
}

void Engine::bind(Ear ear, core::Series series, const core::ChannelSpec& channel, Bound& to) {
  Seat& seat = seats_[ear.seat];
  const RuleEntry& entry = rules_[seat.rule];
  const bool own = ear.input == 0;
  if (own) seat.bound = true;
  unbound_.erase({ear.seat, ear.input});
  deaf_.erase(ear.seat);
  const std::string_view objection = own ? entry.rule->objection(channel) : entry.rule->objection(ear.input, channel);
  if (!objection.empty()) {
    objections_.emplace_back(
        core::ErrorCode::bad_config,
        fmt::format("{}: rule '{}': {}: '{}' of device '{}' is {}: {}", place_of(entry.setup, key_of(ear)).text(),
                    entry.setup.id, key_of(ear), channel.name, devices_[core::index(device_of(ear))].id,
                    core::name_of(channel.quantity), objection));
    return;
  }
  if (own) seat.quantity = channel.quantity;
  instances_[ear.seat]->bound(ear.input, channel.quantity);
  bands_.push_back({.instance = ear.seat, .input = ear.input});
  ++to.count;
  if (!own && entry.rule->inputs()[ear.input - 1U].channel.ends_with('*')) names_[series] = channel.name;
}

core::DeviceId Engine::input_device(Ear ear) const {
  const Seat& seat = seats_[ear.seat];
  const Input& input = rules_[seat.rule].rule->inputs()[ear.input - 1U];
  const auto target = find_target(rules_, devices_, input, seat.device);
  return target ? target->device : seat.device;
}

// Input 0 is the rule's own channel; kAny stands for whichever of its inputs.
core::DeviceId Engine::device_of(Ear ear) const {
  return ear.input == 0 || ear.input == kAny ? seats_[ear.seat].device : input_device(ear);
}

std::string_view Engine::key_of(Ear ear) const {
  if (ear.input == 0) return "channel";
  return rules_[seats_[ear.seat].rule].rule->inputs()[ear.input == kAny ? 0 : ear.input - 1U].key;
}

bool Engine::open(Ear ear) const { return devices_[core::index(device_of(ear))].open; }

std::string Engine::wanted(Ear ear) const {
  const RuleEntry& entry = rules_[seats_[ear.seat].rule];
  if (ear.input == 0) return entry.setup.channel.empty() ? "channel" : fmt::format("channel '{}'", entry.setup.channel);
  if (ear.input != kAny) return fmt::format("channel '{}'", entry.rule->inputs()[ear.input - 1U].channel);
  std::string names;
  for (const Input& input : entry.rule->inputs()) names += (names.empty() ? "" : ", ") + input.channel;
  return fmt::format("channel that kind '{}' judges ({})", entry.setup.kind, names);
}

core::Error Engine::missing(Ear ear) const {
  const RuleSetup& setup = rules_[seats_[ear.seat].rule].setup;
  const core::DeviceId device = device_of(ear);
  const auto channels = channels_.find(device);
  return {core::ErrorCode::bad_config,
          fmt::format("{}: rule '{}': {}: device '{}' has no {}; it has: {}", place_of(setup, key_of(ear)).text(),
                      setup.id, key_of(ear), devices_[core::index(device)].id, wanted(ear),
                      channels == channels_.end() ? "none yet" : channels->second)};
}

std::vector<Engine::Ear> Engine::unbound() const {
  std::vector<Ear> ears;
  for (std::uint32_t seat = 0; seat < seats_.size(); ++seat) {
    if (!seats_[seat].bound) ears.push_back({seat, 0});
  }
  for (const auto& [seat, input] : unbound_) ears.push_back({seat, input});
  for (const std::uint32_t seat : deaf_) ears.push_back({seat, kAny});
  return ears;
}

std::vector<core::Error> Engine::check() const {
  std::vector<core::Error> errors = objections_;
  for (const Ear ear : unbound()) {
    if (!open(ear)) errors.push_back(missing(ear));
  }
  return errors;
}

std::vector<std::string> Engine::waiting() const {
  std::vector<std::string> lines;
  for (const core::Error& objection : objections_) lines.push_back(objection.message());
  for (const Ear ear : unbound()) {
    lines.push_back(fmt::format("rule '{}' waits for a {} of device '{}'", rules_[seats_[ear.seat].rule].setup.id,
                                wanted(ear), devices_[core::index(device_of(ear))].id));
  }
  return lines;
}

std::vector<std::string> Engine::calendar_rules() const {
  std::vector<std::string> ids;
  for (const RuleEntry& entry : rules_) {
    if (entry.rule != nullptr && entry.rule->calendar) ids.push_back(entry.setup.id);
  }
  return ids;
}

}  // namespace afferent::rules
