// What the rules are told at start: the rules themselves and the names they use in sentences. Value types.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/config_tree.h"
#include "agent/core/device.h"

namespace afferent::rules {

class Inventories;

// An alert that is raised `raises` times within `within` is reported once more and then held until nothing was wrong
// for `calm`. 0 raises: never.
struct Flapping {
  std::uint32_t raises = 5;
  core::Nanos within = std::chrono::minutes(10);
  core::Nanos calm = std::chrono::minutes(10);
};

struct RuleSetup {
  std::string id;
  std::string kind;                        // one of kinds()
  std::string channel;                     // empty: any channel of the device, where the kind allows it
  std::string domain;                      // empty: each device's own
  std::vector<core::DeviceId> devices;     // judged each on its own
  std::optional<core::Severity> severity;  // nothing: yellow
  core::ConfigNode sentence;               // own wording while active, with {placeholders}; empty: the kind's
  core::ConfigNode options;                // the keys of the kind's table; durations as seconds
  core::Source source;
  Flapping flapping = {};
  core::Source channel_source = {};               // where its channel stands,
  core::Source devices_source = {};               // its devices
  core::Source severity_source = {};              // and its severity; line 0: not known
  std::shared_ptr<Inventories> inventories = {};  // set by Engine::create: a file that several rules name is read once
  bool broken = false;  // it has mistakes that were told already: only its name counts, and nothing is said of it
};

struct DeviceNames {  // in the order of DeviceId
  std::string id;
  std::string name;  // for people; empty: the id
  std::string domain;
  const std::string& shown() const { return name.empty() ? id : name; }
  bool open = false;  // it may come to have channels that only the wire tells of: rules wait for them
};

enum class Language : std::uint8_t { english, chinese };
std::optional<Language> language_named(std::string_view name);  // "en", "zh"

}  // namespace afferent::rules
