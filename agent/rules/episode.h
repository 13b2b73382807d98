// One alert of a seat, from the first sign of trouble until all is calm and nothing has to be remembered. Value type;
// times are boot times.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "agent/core/alert.h"
#include "agent/rules/deadlines.h"
#include "agent/rules/kind.h"
#include "agent/rules/saved.h"

namespace afferent::rules {

struct Episode {
  core::Alert alert;  // as it is now, told or not; its shelf also while nothing is wrong
  bool active = false;
  bool resting = false;  // all is calm; kept for its shelf or because it may flap
  bool saved = false;    // there is a state in the store
  Particulars particulars;
  core::Stamp began;

  double badness = 0.0;
  core::Severity told_severity = core::Severity::blue;
  double told_badness = 0.0;
  Phrase told_phrase = Phrase::above;
  core::Nanos told{};                                    // when it was last published
  std::optional<std::pair<core::Stamp, Finding>> worse;  // not yet told: too soon after the last update
  std::optional<std::pair<core::Stamp, Finding>> mute;   // not yet raised: shelved, or somebody works there

  std::vector<core::Nanos> raises;                      // the latest, at most Flapping::raises
  std::optional<std::pair<core::Stamp, Finding>> calm;  // since when nothing is wrong with an alert that is held
  core::Nanos due = Deadlines::kNever;                  // when the desk looks at it next

  bool shelved(core::Nanos now) const { return alert.shelf && now < alert.shelf->until; }
  bool held() const { return alert.flapping != 0; }
};

}  // namespace afferent::rules
