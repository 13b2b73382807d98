// A street in TOML: lines, the virtual devices on them, how their values change and what goes wrong. Value types:
// whoever holds a Scenario need not check again. Reading it reports all mistakes at once. Thread-safe; reads files
// only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/config/problem.h"
#include "agent/core/driver.h"
#include "agent/core/time.h"
#include "tools/simulator/fault.h"
#include "tools/simulator/models.h"
#include "tools/simulator/signal.h"

namespace afferent::simulator {

struct LinePlan {
  enum class Kind : std::uint8_t { pty, tcp, mqtt, gpio, iio };
  std::string id;
  Kind kind = Kind::pty;
  std::string link;        // path: of the symbolic link to a pty's slave side, of the stand-in's socket (gpio), of its
                           // folder (iio)
  std::string host;        // tcp: local address; mqtt: of the broker
  std::uint16_t port = 0;  // tcp: 0: a free one; mqtt
  std::string port_file;   // tcp: where the port is written; empty: nowhere
  std::string username;    // mqtt; empty: none
  std::string password_file;  // mqtt; empty: none
  bool modbus_tcp = false;    // a request ends as its MBAP header says, else with a pause
  core::Nanos pause{};        // real time without bytes that ends a request

  Wire wire() const;
};

struct DevicePlan {
  std::string id;
  std::string line;
  const core::DriverSpec* driver = nullptr;
  core::DriverDevice setup;  // as the driver gets it
  core::Nanos latency{};     // real time from the end of a request to its answer
  core::Nanos push{};        // real time between what it says by itself; zero: it only answers
  std::vector<SignalPlan> signals;
};

struct Scenario {
  std::uint64_t seed = 1;
  double speed = 1.0;  // scenario seconds that pass in a real one
  std::vector<LinePlan> lines;
  std::vector<DevicePlan> devices;
  std::vector<Fault> faults;
};

struct LoadedScenario {
  Scenario scenario;  // complete and consistent when there is no problem, else not to be used
  config::Problems problems;
};

// Relative paths of links and port files start at `folder`; profiles are looked for beside the scenario, then in
// `data_dir`. `name` stands for the file in messages.
LoadedScenario load_scenario(const std::string& path, const std::string& folder, const std::string& data_dir);
LoadedScenario read_scenario(std::string_view text, const std::string& name, const std::string& folder,
                             const std::string& data_dir);

}  // namespace afferent::simulator
