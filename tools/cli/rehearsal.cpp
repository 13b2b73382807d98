#include "tools/cli/rehearsal.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "agent/assembly/drivers.h"
#include "agent/assembly/rules.h"
#include "agent/io/clock.h"
#include "agent/io/random.h"
#include "agent/io/zone.h"
#include "tools/cli/codec_rehearsal.h"

namespace afferent::cli {
namespace {

// The engine's message has a line for each mistake.
void add_lines(config::Problems& problems, const std::string& text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    problems.push_back(config::located(std::string_view(text).substr(begin, end - begin), {}));
    begin = end + 1;
  }
}

void tell_channels(const std::vector<assembly::PlacedDriver>& placed, rules::Engine& engine) {
  std::uint32_t series = 0;
  for (const assembly::PlacedDriver& place : placed) {
    for (std::size_t i = 0; i < place.devices.size(); ++i) {
      for (const core::ChannelSpec& channel : place.driver->channels(static_cast<core::DeviceRef>(i))) {
        engine.series_added(core::Series{series++}, place.devices[i], channel);
      }
    }
  }
}

}  // namespace

Rehearsed rehearse(const config::Config& config) {
  const io::RealClock clock;
  io::RandomDevice random;
  auto zone = io::read_zone(config.node.timezone);
  auto engine = zone ? assembly::make_engine(config, random, std::move(zone).value())
                     : core::Result<std::unique_ptr<rules::Engine>>(std::move(zone).error());
  Rehearsed result;
  config::Problems& problems = result.problems;
  if (!engine) add_lines(problems, engine.error().message());
  assembly::Drivers drivers = assembly::make_drivers(config, clock);
  for (config::Problem& problem : drivers.problems) problems.push_back(std::move(problem));
  // What a driver was refused for would be said again as a channel that is missing.
  if (!problems.empty()) return result;
  for (config::Problem& problem : rehearse_codecs(config, drivers.placed)) problems.push_back(std::move(problem));
  tell_channels(drivers.placed, **engine);
  for (const core::Error& error : (*engine)->check()) add_lines(problems, error.message());
  if (problems.empty()) result.notes = (*engine)->waiting();
  return result;
}

}  // namespace afferent::cli
