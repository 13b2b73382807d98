#include "tools/cli/rehearsal.h"

#include <map>
#include <memory>
#include <utility>

#include "agent/io/clock.h"
#include "agent/io/random.h"
#include "agent/plugin/guarded_driver.h"
#include "agent/rules/engine.h"

namespace afferent::cli {
namespace {

using DevicesOfDriver = std::map<std::pair<std::size_t, const core::DriverSpec*>, std::vector<std::size_t>>;

core::DriverDevice driver_device(const config::Config& config, std::size_t number) {
  const config::DeviceConfig& device = config.devices[number];
  const bool serial = config.ports[device.port].kind == config::PortConfig::Kind::serial;
  return {device.identity.id, device.options, device.profile,
          serial ? core::Port::Medium::serial : core::Port::Medium::stream};
}

class Rehearsal {
 public:
  explicit Rehearsal(const config::Config& config) : config_(config) {}

  config::Problems run() {
    make_engine();
    DevicesOfDriver shared;
    for (std::size_t i = 0; i < config_.devices.size(); ++i) {
      const config::DeviceConfig& device = config_.devices[i];
      if (device.driver->scope == core::Scope::port) {
        shared[{device.port, device.driver}].push_back(i);
      } else {
        make_driver(*device.driver, {i});
      }
    }
    for (const auto& [place, devices] : shared) make_driver(*place.second, devices);
    // What a driver was refused for would be said again as a channel that is missing.
    if (engine_ && problems_.empty()) {
      for (const core::Error& error : engine_->check()) note(error.message());
    }
    return std::move(problems_);
  }

 private:
  void note(const std::string& text) { config::add(problems_, {}, "", text); }

  void make_engine() {
    std::vector<rules::RuleSetup> setups;
    for (const config::RuleConfig& rule : config_.rules) {
      setups.push_back({rule.id, rule.kind, rule.channel, rule.domain, rule.devices, rule.severity, rule.sentence,
                        rule.options, rule.source});
    }
    std::vector<rules::DeviceNames> names;
    for (const config::DeviceConfig& device : config_.devices) {
      names.push_back({device.identity.id, device.identity.name, device.identity.domain});
    }
    auto engine = rules::Engine::create(std::move(setups), std::move(names), random_, rules::Language::english);
    if (engine) {
      engine_ = std::move(engine).value();
      return;
    }
    // The engine's message has a line for each mistake.
    const std::string& all = engine.error().message();
    for (std::size_t begin = 0; begin < all.size();) {
      const std::size_t end = std::min(all.find('\n', begin), all.size());
      note(all.substr(begin, end - begin));
      begin = end + 1;
    }
  }

  void make_driver(const core::DriverSpec& spec, const std::vector<std::size_t>& devices) {
    core::DriverConfig setup;
    for (const std::size_t number : devices) setup.devices.push_back(driver_device(config_, number));
    const config::DeviceConfig& first = config_.devices[devices.front()];
    auto driver = plugin::create_driver(spec, setup, clock_);
    if (!driver)
      return config::add(problems_, first.source, "device '" + first.identity.id + "'", driver.error().message());
    if (!engine_) return;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      for (const core::ChannelSpec& channel : (*driver)->channels(static_cast<core::DeviceRef>(i))) {
        engine_->series_added(core::Series{series_++}, static_cast<core::DeviceId>(devices[i]), channel);
      }
    }
  }

  const config::Config& config_;
  const io::RealClock clock_;
  io::RandomDevice random_;
  std::unique_ptr<rules::Engine> engine_;
  std::uint32_t series_ = 0;
  config::Problems problems_;
};

}  // namespace

config::Problems rehearse(const config::Config& config) { return Rehearsal(config).run(); }

}  // namespace afferent::cli
