// A scenario that runs: its lines, its time and what is unplugged when. Loop-bound.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "agent/io/loop.h"
#include "tools/simulator/scenario.h"
#include "tools/simulator/scene.h"
#include "tools/simulator/station.h"

namespace afferent::simulator {

class Simulation {
 public:
  // `loop` and `truth` outlive the simulation. Scenario time begins with start().
  static core::Result<std::unique_ptr<Simulation>> create(const Scenario& scenario, io::Loop& loop, TruthLog& truth);

  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  core::Result<void> start();
  // Nothing more is served; after what was sent has had time to be read, the lines close and `ended` is called.
  void finish(std::function<void()> ended);
  std::vector<std::string> places() const;

 private:
  Simulation(io::Loop& loop, Scene scene) : loop_(loop), scene_(scene) {}
  core::Result<void> add_line(const Scenario& scenario, const LinePlan& plan);
  void unplug(Station& station, const Fault& fault);
  void at(core::Nanos boot, std::function<void()> call);

  io::Loop& loop_;
  Scene scene_;
  std::vector<Fault> unplugged_;  // faults of kind gone
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<io::Loop::Handle> timers_;
  bool finishing_ = false;
};

}  // namespace afferent::simulator
