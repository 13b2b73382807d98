// `afferentd`: reads the configuration, runs the agent until a signal, tells systemd how it does.
#include <systemd/sd-daemon.h>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include "agent/app/agent.h"
#include "agent/app/log.h"
#include "agent/app/version.h"
#include "agent/assembly/rehearsal.h"
#include "agent/config/data_dir.h"
#include "agent/config/load.h"
#include "agent/io/clock.h"
#include "agent/io/random.h"
#include "agent/io/signals.h"
#include "agent/io/trim.h"
#include "agent/io/zone.h"
#include "agent/plugin/loader.h"
#include "agent/rules/engine.h"
#include "drivers/registry.h"

namespace {

using namespace afferent;

constexpr int kFailed = 1;      // systemd starts us again
constexpr int kBadConfig = 78;  // EX_CONFIG of sysexits.h: a person has to correct something, so systemd does not

struct Options {
  std::string config = "/etc/afferent/afferent.toml";
  std::string level = "info";
  std::string clock;
};

int refuse(const core::Error& why) {
  std::fprintf(stderr, "afferentd: %s\n", why.message().c_str());
  return why.code() == core::ErrorCode::bad_config ? kBadConfig : kFailed;
}

// What is wrong is told as `afferent check` tells it, and all of it.
int refuse(const config::Loaded& loaded, const core::Error& otherwise) {
  const io::RealClock clock;
  io::RandomDevice random;
  auto zone = io::read_zone(loaded.config.node.timezone);
  core::Stamp now = clock.now();
  now.clock = core::ClockState::synced;
  const assembly::Rehearsed all =
      assembly::rehearse(loaded, clock, random, zone ? std::move(zone).value() : core::Zone(), now);
  for (const config::Problem& problem : all.problems) std::fprintf(stderr, "afferentd: %s\n", problem.text().c_str());
  return all.problems.empty() ? refuse(otherwise) : kBadConfig;
}

config::Loaded load(const std::string& path, plugin::Loader& plugins) {
  const auto load_driver = [&plugins](const std::string& file) { return plugins.load(file); };
  return config::load(path, {drivers::built_in(), rules::kinds(), config::data_dir(), load_driver});
}

// Keeps systemd's watchdog content for as long as the loop turns.
void feed_watchdog(io::Loop& loop, core::Nanos period) {
  sd_notify(0, "WATCHDOG=1");
  loop.at(loop.clock().now().boot + period, [&loop, period] { feed_watchdog(loop, period); });
}

int run(const Options& options) {
  io::share_one_heap();
  auto log = app::make_log(options.level);
  if (!log) return refuse(log.error());
  plugin::Loader plugins(drivers::built_in());
  config::Loaded loaded = load(options.config, plugins);
  if (!loaded.problems.empty()) return refuse(loaded, {core::ErrorCode::bad_config, ""});
  auto clock = io::make_clock(options.clock);
  if (!clock) return refuse(clock.error());
  auto agent = app::Agent::create(std::move(loaded.config), **clock, **log);
  if (!agent) {
    if (agent.error().code() != core::ErrorCode::bad_config) return refuse(agent.error());
    plugin::Loader anew(drivers::built_in());
    return refuse(load(options.config, anew), agent.error());
  }
  io::Loop& loop = (*agent)->loop();
  auto signals = io::Signals::create(loop, {SIGTERM, SIGINT}, [&loop](int) { loop.stop(); });
  if (!signals) return refuse(signals.error());
  if (auto started = (*agent)->start(); !started) return refuse(started.error());
  std::uint64_t watchdog_us = 0;
  if (sd_watchdog_enabled(0, &watchdog_us) > 0)
    feed_watchdog(loop, core::Micros(static_cast<std::int64_t>(watchdog_us / 3)));
  sd_notify(0, "READY=1");
  (*log)->info("agent", std::string(app::kVersion) + " runs with " + options.config);
  loop.run();
  sd_notify(0, "STOPPING=1");
  (*log)->info("agent", "stopping");
  (*agent)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app("Afferent, the agent: reads the devices of a street, judges them and publishes over MQTT.",
                 "afferentd");
    Options options;
    app.add_option("--config", options.config, "Configuration; conf.d/*.toml beside it are read too")
        ->capture_default_str();
    app.add_option("--log-level", options.level, "debug, info, warning or error")->capture_default_str();
    app.add_option("--clock", options.clock, "File by which tests steer time; only in builds with AFFERENT_FAULTS");
    app.footer(
        "Exit status: 0 ended by a signal, 1 failed and may be started again, 2 wrong options, 78 a person has to\n"
        "correct the configuration, or to see to a store that is in use or of a newer version.");
    app.set_version_flag("--version", std::string(app::kVersion));
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "afferentd: %s\n", error.what());
    return 1;
  }
}
