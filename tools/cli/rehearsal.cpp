#include "tools/cli/rehearsal.h"

#include <utility>

#include "agent/assembly/rehearsal.h"
#include "agent/io/clock.h"
#include "agent/io/random.h"
#include "agent/io/zone.h"
#include "tools/cli/codec_rehearsal.h"
#include "tools/cli/site_notes.h"

namespace afferent::cli {

Rehearsed rehearse(config::Loaded loaded) {
  const io::RealClock clock;
  io::RandomDevice random;
  auto zone = io::read_zone(loaded.config.node.timezone);
  if (!zone && loaded.problems.empty()) config::add(loaded.problems, {}, "node.timezone", zone.error().message());
  core::Stamp now = clock.now();
  now.clock = core::ClockState::synced;  // a person looks on, who would see that it is not
  assembly::Rehearsed all =
      assembly::rehearse(std::move(loaded), clock, random, zone ? std::move(zone).value() : core::Zone(), now);
  Rehearsed result;
  result.problems = std::move(all.problems);
  for (config::Problem& problem : rehearse_codecs(all.config, all.drivers.placed))
    result.problems.push_back(std::move(problem));
  if (!result.problems.empty() || !all.engine) return result;
  result.notes = all.engine->waiting();
  for (std::string& note : site_notes(all.config, all.drivers.placed)) result.notes.push_back(std::move(note));
  for (const std::string& rule : all.engine->calendar_rules()) {
    result.notes.push_back("rule '" + rule +
                           "' needs the date or the hour; while they are not known: suspended: no clock");
  }
  return result;
}

}  // namespace afferent::cli
