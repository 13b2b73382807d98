#include "tools/cli/site_notes.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "agent/config/units.h"

namespace afferent::cli {
namespace {

double seconds(core::Millis duration) { return static_cast<double>(duration.count()) / 1000; }

// What it hears when it likes is asked for nothing.
bool is_polled(core::DeviceId device, const std::vector<assembly::PlacedDriver>& placed) {
  const auto of_device = std::find_if(placed.begin(), placed.end(), [device](const assembly::PlacedDriver& place) {
    return std::find(place.devices.begin(), place.devices.end(), device) != place.devices.end();
  });
  return of_device != placed.end() && of_device->spec->scope == core::Scope::device && !of_device->driver->listens();
}

// The folder of the store that is used by default comes with the agent.
void note_store(const config::Config& config, std::vector<std::string>& notes) {
  if (config.store.path_from.line == 0) return;
  const std::filesystem::path folder = std::filesystem::path(config.store.path).parent_path();
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error) || error) return;
  notes.push_back(config.store.path_from.text() + ": store.path: there is no folder '" + folder.string() +
                  "' on this machine; the agent does not make it");
}

void note_silence(const config::Config& config, const config::RuleConfig& rule,
                  const std::vector<assembly::PlacedDriver>& placed, std::vector<std::string>& notes) {
  const double after = rule.options["after"].real();
  for (const core::DeviceId id : rule.devices) {
    const config::DeviceConfig& device = config.devices[core::index(id)];
    if (device.poll.count() == 0 || after > seconds(device.poll) || !is_polled(id, placed)) continue;
    notes.push_back(rule.source.text() + ": rule '" + rule.id + "': after " + config::duration_text(after) +
                    " is no longer than the " + config::duration_text(seconds(device.poll)) +
                    " from one poll of device '" + device.identity.id + "' to the next, which it takes for silence");
  }
}

}  // namespace

std::vector<std::string> site_notes(const config::Config& config, const std::vector<assembly::PlacedDriver>& placed) {
  std::vector<std::string> notes;
  note_store(config, notes);
  for (const config::RuleConfig& rule : config.rules) {
    if (rule.kind == "silent") note_silence(config, rule, placed, notes);
  }
  return notes;
}

}  // namespace afferent::cli
