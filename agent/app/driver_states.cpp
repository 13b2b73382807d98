#include "agent/app/driver_states.h"

#include <utility>

namespace afferent::app {

void DriverStates::add(std::string key, core::Driver& driver, const std::vector<core::DeviceId>& devices,
                       core::Nanos every) {
  for (const core::DeviceId device : devices) {
    entry_of_.emplace(static_cast<std::uint32_t>(device), entries_.size());
  }
  Entry& entry = entries_.emplace_back();
  entry.key = std::move(key);
  entry.driver = &driver;
  entry.every = every;
}

std::vector<core::Error> DriverStates::restore(const std::map<std::string, core::StateChange>& states) {
  std::vector<core::Error> errors;
  for (Entry& entry : entries_) {
    const auto state = states.find(entry.key);
    if (state == states.end() || state->second.bytes.empty()) continue;
    if (auto restored = entry.driver->restore(state->second.bytes); !restored) {
      errors.push_back(std::move(restored).error().in(entry.key));
    } else {
      entry.saved = state->second.bytes;
    }
  }
  return errors;
}

std::optional<core::StateChange> DriverStates::change_of(Entry& entry) {
  core::Bytes now = entry.driver->save();
  if (now == entry.saved) return std::nullopt;
  entry.saved = now;
  return core::StateChange{entry.key, 1, std::move(now)};
}

std::optional<core::StateChange> DriverStates::after_poll(core::DeviceId device, core::Nanos now) {
  const auto found = entry_of_.find(static_cast<std::uint32_t>(device));
  if (found == entry_of_.end()) return std::nullopt;
  Entry& entry = entries_[found->second];
  if (now < entry.due) return std::nullopt;
  entry.due = now + entry.every;
  return change_of(entry);
}

std::vector<core::StateChange> DriverStates::changed() {
  std::vector<core::StateChange> all;
  for (Entry& entry : entries_) {
    if (auto change = change_of(entry)) all.push_back(std::move(*change));
  }
  return all;
}

}  // namespace afferent::app
