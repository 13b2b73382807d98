// What rules tell beside alerts: the summary of something that is over, and what became of a cylinder. Value types.
#pragma once

#include <string>
#include <vector>

#include "agent/core/device.h"
#include "agent/core/time.h"

namespace afferent::core {

struct Figure {  // one number of a summary
  std::string name;
  double value = 0.0;
  std::string unit;
};

// Something that happened and is over, e.g. a flood.
struct Event {
  std::string what;  // "flood"
  std::string rule;
  DeviceId device{};
  std::string domain;
  Stamp first;
  Stamp last;
  std::vector<Figure> figures;
  std::string sentence;
};

// A change in the custody of a gas cylinder.
struct Custody {
  std::string tag;       // EPC, hexadecimal
  std::string cylinder;  // its number in the inventory; empty: not registered
  std::string owner;
  std::string state;  // "arrived", "present", "moved", "departed", "missing"
  std::string rule;
  DeviceId device{};
  std::string domain;
  Stamp at;
  std::string antenna;
  double rssi = 0.0;   // dBm; 0: unknown
  double dwell = 0.0;  // s that it was there, when it has departed
  std::string sentence;
};

}  // namespace afferent::core
