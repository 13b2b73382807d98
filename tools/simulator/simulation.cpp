#include "tools/simulator/simulation.h"

#include <algorithm>
#include <utility>

namespace afferent::simulator {
namespace {

// What was written to a pty is lost when it closes before it was read.
constexpr core::Nanos kReadingTime = std::chrono::milliseconds(300);

}  // namespace

core::Result<std::unique_ptr<Simulation>> Simulation::create(const Scenario& scenario, io::Loop& loop,
                                                             TruthLog& truth) {
  Scene scene{loop.clock(), loop, truth, scenario.seed, scenario.speed, loop.clock().now().boot};
  std::unique_ptr<Simulation> simulation(new Simulation(loop, scene));
  for (const LinePlan& plan : scenario.lines) {
    if (auto added = simulation->add_line(scenario, plan); !added) return std::move(added).error();
  }
  std::copy_if(scenario.faults.begin(), scenario.faults.end(), std::back_inserter(simulation->unplugged_),
               [](const Fault& fault) { return fault.kind == FaultKind::gone; });
  return simulation;
}

Simulation::~Simulation() {
  for (const io::Loop::Handle timer : timers_) loop_.cancel(timer);
}

void Simulation::at(core::Nanos boot, std::function<void()> call) {
  timers_.push_back(loop_.at(boot, std::move(call)));
}

core::Result<void> Simulation::add_line(const Scenario& scenario, const LinePlan& plan) {
  std::vector<std::unique_ptr<VirtualDevice>> devices;
  std::vector<Fault> faults;
  const auto keep = [&](const std::string& line, const std::string& device) {
    for (const Fault& fault : scenario.faults) {
      const bool ours = line.empty() ? fault.device == device : fault.line == line;
      if (ours && fault.kind != FaultKind::gone) faults.push_back(fault);
    }
  };
  keep(plan.id, "");
  for (const DevicePlan& device : scenario.devices) {
    if (device.line != plan.id) continue;
    auto made = VirtualDevice::create(device, scenario.seed);
    if (!made) return std::move(made).error();
    devices.push_back(std::move(made).value());
    keep("", device.id);
  }
  stations_.push_back(std::make_unique<Station>(loop_, plan, std::move(devices), std::move(faults), scene_));
  return {};
}

core::Result<void> Simulation::start() {
  scene_.start = scene_.now();
  for (const auto& station : stations_) {
    if (auto opened = station->open(); !opened) return opened;
    for (const Fault& fault : unplugged_) {
      if (fault.line == station->id()) unplug(*station, fault);
    }
  }
  return {};
}

void Simulation::unplug(Station& station, const Fault& fault) {
  const core::Nanos from = scene_.when(fault.from);
  const core::Nanos to = scene_.when(fault.to);
  if (from == core::Nanos::max()) return;
  at(from, [this, &station] {
    station.close();
    scene_.truth.event(scene_.now(), {"gone", station.id()});
  });
  if (to == core::Nanos::max()) return;
  at(to, [this, &station] {
    if (finishing_) return;
    const auto opened = station.open();
    scene_.truth.event(scene_.now(), {"back", station.id(), {}, opened ? std::string() : opened.error().message()});
  });
}

void Simulation::finish(std::function<void()> ended) {
  if (std::exchange(finishing_, true)) return;
  for (const auto& station : stations_) station->quiet();
  at(loop_.clock().now().boot + kReadingTime, [this, ended = std::move(ended)] {
    for (const auto& station : stations_) station->close();
    ended();
  });
}

std::vector<std::string> Simulation::places() const {
  std::vector<std::string> places;
  for (const auto& station : stations_) places.push_back(station->place());
  return places;
}

}  // namespace afferent::simulator
