#include "agent/assembly/rehearsal.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "agent/assembly/broken_rules.h"
#include "agent/assembly/rules.h"

namespace afferent::assembly {
namespace {

// "rule 'road'" is the key of what the engine says.
bool is_of(const config::Problem& problem, const config::RuleConfig& rule) {
  return problem.key == "rule '" + rule.id + "'";
}

void add(config::Problems& to, config::Problems from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

}  // namespace

Rehearsed rehearse(config::Loaded loaded, const core::Clock& clock, core::Random& random, const core::Zone& zone,
                   const core::Stamp& now) {
  Rehearsed all{std::move(loaded.config), std::move(loaded.problems), {}, nullptr};
  all.drivers = make_drivers(all.config, clock);
  add(all.problems, std::move(all.drivers.problems));
  for (const core::DeviceId device : all.drivers.refused) all.config.devices[core::index(device)].broken = true;
  // What rules miss may stand in the file that could not be parsed.
  if (loaded.incomplete) return all;
  add(all.problems, further_mistakes(all.config, all.problems, all.drivers, random, zone, now));
  auto engine = make_engine(all.config, random, zone, now);
  if (!engine) {
    config::Problems found = config::located_lines(engine.error().message());
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
  for (const core::Error& error : all.engine->check()) add(all.problems, config::located_lines(error.message()));
  return all;
}

}  // namespace afferent::assembly
