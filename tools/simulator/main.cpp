// `afferent-sim`: virtual meters and sensors, from a scenario.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

#include "agent/config/data_dir.h"
#include "agent/io/clock.h"
#include "agent/io/loop.h"
#include "agent/io/signals.h"
#include "tools/simulator/simulation.h"

namespace {

using namespace afferent;

struct Arguments {
  std::string scenario;
  std::string truth;
  std::string folder;
  std::optional<std::uint64_t> seed;
  std::optional<double> speed;
  double seconds = 0;
  bool check = false;
};

int refuse(const core::Error& error) {
  fmt::print(stderr, "afferent-sim: {}\n", error.message());
  return 2;
}

std::optional<simulator::Scenario> load(const Arguments& arguments) {
  std::string folder = arguments.folder;
  if (folder.empty()) folder = std::filesystem::path(arguments.scenario).parent_path().string();
  if (folder.empty()) folder = ".";
  auto loaded = simulator::load_scenario(arguments.scenario, folder, config::data_dir());
  for (const config::Problem& problem : loaded.problems) fmt::print(stderr, "{}\n", problem.text());
  if (!loaded.problems.empty()) return std::nullopt;
  loaded.scenario.seed = arguments.seed.value_or(loaded.scenario.seed);
  loaded.scenario.speed = arguments.speed.value_or(loaded.scenario.speed);
  return std::move(loaded.scenario);
}

int serve(const simulator::Scenario& scenario, const Arguments& arguments) {
  const io::RealClock clock;
  auto loop = io::Loop::create(clock);
  if (!loop) return refuse(loop.error());
  auto truth = simulator::TruthLog::open(arguments.truth);
  if (!truth) return refuse(truth.error());
  auto simulation = simulator::Simulation::create(scenario, **loop, **truth);
  if (!simulation) return refuse(simulation.error());
  const auto end = [&] { (*simulation)->finish([&] { (*loop)->stop(); }); };
  auto signals = io::Signals::create(**loop, {SIGTERM, SIGINT}, [&end](int) { end(); });
  if (!signals) return refuse(signals.error());
  if (auto started = (*simulation)->start(); !started) return refuse(started.error());
  if (arguments.seconds > 0) {
    (*loop)->at(clock.now().boot + core::Nanos(static_cast<std::int64_t>(arguments.seconds * 1e9)), end);
  }
  for (const std::string& place : (*simulation)->places()) fmt::print("{}\n", place);
  fmt::print("ready\n");
  std::fflush(stdout);
  (*loop)->run();
  if ((*truth)->complete()) return 0;
  fmt::print(stderr, "afferent-sim: {}: not all that was served could be written\n", arguments.truth);
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app(
      "Virtual meters and sensors that speak the real protocols, from a TOML scenario: on ptys and TCP, as a "
      "ChirpStack\n"
      "server on an MQTT broker, as a GPIO chip (unix socket) and as Industrial I/O devices (folders).",
      "afferent-sim");
  Arguments arguments;
  app.add_option("SCENARIO", arguments.scenario, "Lines, devices and faults; see tools/simulator/README.md")
      ->required();
  app.add_option("--truth", arguments.truth, "File for what was served, as JSON lines");
  app.add_option("--dir", arguments.folder,
                 "Where relative links, port files, sockets and folders are made; default: beside SCENARIO");
  app.add_option("--seed", arguments.seed, "Instead of the scenario's seed");
  app.add_option("--speed", arguments.speed, "Scenario seconds that pass in a real one, instead of the scenario's")
      ->check(CLI::Range(0.0, 10000.0));
  app.add_option("--for", arguments.seconds, "End after so many real seconds")->check(CLI::Range(0.0, 1e8));
  app.add_flag("--check", arguments.check, "Only say what is wrong with SCENARIO");
  app.footer(
      "Prints where each line is, then `ready`. Ends on SIGTERM and SIGINT.\n"
      "Exit status: 0 well, 1 the truth is incomplete or SCENARIO is wrong, 2 a line could not be served.");
  app.set_version_flag("--version", "afferent-sim " AFFERENT_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const auto scenario = load(arguments);
  if (!scenario) return 1;
  if (!arguments.check) return serve(*scenario, arguments);
  fmt::print("{}: correct: {} lines, {} devices, {} faults\n", arguments.scenario, scenario->lines.size(),
             scenario->devices.size(), scenario->faults.size());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "afferent-sim: %s\n", error.what());
    return 2;
  }
}
