#include "agent/assembly/rehearsal.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/assembly/rules.h"

namespace afferent::assembly {
namespace {

// The engine's message has a line for each mistake.
config::Problems problems_in(std::string_view text) {
  config::Problems problems;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    problems.push_back(config::located(text.substr(0, end), {}));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return problems;
}

// "rule 'road'" is the key of what the engine says.
bool is_of(const config::Problem& problem, const config::RuleConfig& rule) {
  return problem.key == "rule '" + rule.id + "'";
}

void add(config::Problems& to, config::Problems from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

void tell_channels(const std::vector<PlacedDriver>& placed, rules::Engine& engine) {
  std::uint32_t series = 0;
  for (const PlacedDriver& place : placed) {
    for (std::size_t i = 0; i < place.devices.size(); ++i) {
      for (const core::ChannelSpec& channel : place.driver->channels(static_cast<core::DeviceRef>(i))) {
        engine.series_added(core::Series{series++}, place.devices[i], channel);
      }
    }
  }
}

}  // namespace

Rehearsed rehearse(config::Loaded loaded, const core::Clock& clock, core::Random& random, const core::Zone& zone,
                   const core::Stamp& now) {
  Rehearsed all{std::move(loaded.config), std::move(loaded.problems), {}, nullptr};
  all.drivers = make_drivers(all.config, clock);
  add(all.problems, std::move(all.drivers.problems));
  for (const core::DeviceId device : all.drivers.refused) all.config.devices[core::index(device)].broken = true;
  // What rules miss may stand in the file that could not be parsed.
  if (loaded.incomplete) return all;
  auto engine = make_engine(all.config, random, zone, now);
  if (!engine) {
    config::Problems found = problems_in(engine.error().message());
    for (config::RuleConfig& rule : all.config.rules) {
      rule.broken = rule.broken || std::any_of(found.begin(), found.end(), [&rule](const config::Problem& problem) {
                      return is_of(problem, rule);
                    });
    }
    add(all.problems, std::move(found));
    engine = make_engine(all.config, random, zone, now);
  }
  if (!engine) return all;
  all.engine = std::move(engine).value();
  tell_channels(all.drivers.placed, *all.engine);
  for (const core::Error& error : all.engine->check()) add(all.problems, problems_in(error.message()));
  return all;
}

}  // namespace afferent::assembly
