#include "agent/rules/desk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

using core::AlertState;
using core::Nanos;
using core::Stamp;

constexpr Nanos kSaveHoldAfter = core::Seconds(30);  // after a kill a shorter hold time begins anew

// Noise is no news: an alert has got worse when it did so by more than a hundredth of its value.
bool got_worse(const Finding& finding, double told) { return finding.badness - told > 0.01 * std::abs(finding.value); }

// What was told to be expected has not come, and is expected later now.
bool overdue(const Finding& finding, const Episode& episode, const Stamp& at) {
  const std::optional<core::Micros>& told = episode.particulars.when;
  return told && finding.when && *told <= at.utc && *told < *finding.when;
}

bool turned(Phrase phrase, const Episode& episode) {
  return of_lower_limit(phrase) != of_lower_limit(episode.told_phrase);
}

bool finite(const std::optional<double>& value) { return !value || std::isfinite(*value); }

// The difference of two numbers may leave all bounds; what is told and saved does not.
Finding clipped(Finding finding) {
  constexpr double kMost = std::numeric_limits<double>::max();
  for (double* value : {&finding.value, &finding.badness}) {
    *value = std::isnan(*value) ? 0.0 : std::clamp(*value, -kMost, kMost);
  }
  for (std::optional<double>* value : {&finding.limit, &finding.other}) {
    if (!finite(*value)) value->reset();
  }
  return finding;
}

// Keeps how it began and how it is now.
void add_evidence(std::vector<core::EvidenceSample>& evidence, const Stamp& at, double value) {
  if (evidence.size() == kMostEvidence) evidence.erase(evidence.begin() + kMostEvidence / 2);
  evidence.push_back({at, value});
}

core::AlertId new_id(core::Random& random) {
  core::AlertId id{};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t bits = random.next();
    for (std::size_t i = 0; i < 8; ++i) id[8 * half + i] = static_cast<std::uint8_t>(bits >> (8 * i));
  }
  return id;
}

}  // namespace

Desk::Desk(const DeskTools& tools) : tools_(tools), episodes_(tools.seats.size()) {}

Desk::~Desk() = default;

void Desk::find(const Voice& voice, const Stamp& at, const Finding& finding, std::optional<double> evidence) {
  const bool sound =
      std::isfinite(finding.value) && std::isfinite(finding.badness) && finite(finding.limit) && finite(finding.other);
  if (!sound) return find(voice, at, clipped(finding), evidence);
  if (finding.state == Finding::State::calm) return rest(voice, at, finding);
  Episode& episode = open(voice.seat, at);
  const bool worse = !episode.active || finding.severity > episode.alert.severity ||
                     finding.badness > episode.told_badness || turned(finding.phrase, episode);
  if (evidence && worse) add_evidence(episode.alert.evidence, at, *evidence);
  if (finding.state == Finding::State::pending) return wait(voice, at, episode);
  alert(voice, at, finding, episode);
}

Episode& Desk::open(std::uint32_t seat, const Stamp& at) {
  std::unique_ptr<Episode>& episode = episodes_[seat];
  if (episode != nullptr) {
    if (episode->resting) episode->began = at;
    episode->resting = false;
    return *episode;
  }
  episode = std::make_unique<Episode>();
  episode->began = at;
  const Seat& who = tools_.seats[seat];
  const RuleSetup& setup = tools_.rules[who.rule].setup;
  episode->alert.rule = setup.id;
  episode->alert.device = who.device;
  episode->alert.channel = setup.channel;
  episode->alert.domain = setup.domain.empty() ? tools_.devices[core::index(who.device)].domain : setup.domain;
  return *episode;
}

// All is calm.

void Desk::rest(const Voice& voice, const Stamp& at, const Finding& finding) {
  Episode* episode = episodes_[voice.seat].get();
  if (episode == nullptr) return;
  episode->worse.reset();
  episode->mute.reset();
  if (episode->active && episode->held()) {
    if (!episode->calm) {
      episode->calm.emplace(at, finding);
      save(voice, at, *episode);
    }
    episode->calm->second.detail = finding.detail;  // what is so now, which is not saved
    return schedule(voice.seat, *episode);
  }
  if (episode->active) end(voice, at, finding, *episode);
  settle(voice, at);
}

void Desk::end(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  core::Alert& alert = episode.alert;
  alert.severity = episode.told_severity;
  alert.value = finding.value;
  if (!finding.detail.empty()) episode.particulars.detail = finding.detail;
  if (finding.own_ending) episode.particulars.phrase = finding.phrase;
  if (finding.span) episode.particulars.span = finding.span;
  episode.active = false;
  tell(voice, at, AlertState::cleared, Notice::none, episode);
  if (episode.held()) episode.raises.clear();
  episode.calm.reset();
  alert.flapping = 0;
  alert.acknowledged.reset();
}

// Forgets what need not be remembered any longer.
void Desk::settle(const Voice& voice, const Stamp& at) {
  Episode& episode = *episodes_[voice.seat];
  const Flapping& flapping = tools_.rules[tools_.seats[voice.seat].rule].setup.flapping;
  std::erase_if(episode.raises, [&](Nanos raised) { return at.boot - raised >= flapping.within; });
  const bool shelved = episode.shelved(at.boot);
  if (!shelved) episode.alert.shelf.reset();
  episode.resting = true;
  episode.alert.evidence.clear();
  if (shelved) {
    save(voice, at, episode);
  } else if (episode.saved) {
    voice.output.state({key(voice.seat), kSavedVersion, {}});
    episode.saved = false;
  }
  schedule(voice.seat, episode);
  if (!shelved && episode.raises.empty()) episodes_[voice.seat].reset();
}

// Something is wrong.

void Desk::wait(const Voice& voice, const Stamp& at, Episode& episode) {
  if (episode.active || episode.saved || at.boot - episode.began.boot < kSaveHoldAfter) return;
  save(voice, at, episode);
}

void Desk::close(const Voice& voice, const Stamp& now) {
  const auto& episode = episodes_[voice.seat];
  if (episode != nullptr && !episode->active && !episode->saved && !episode->resting) save(voice, now, *episode);
}

void Desk::alert(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  episode.calm.reset();
  if (episode.shelved(at.boot) && finding.severity > episode.alert.shelf->above) episode.alert.shelf.reset();
  if (episode.active) return change(voice, at, finding, episode);
  if (!muted(voice, at, finding.urgent, episode)) return raise(voice, at, finding, episode);
  episode.mute.emplace(at, finding);
  schedule(voice.seat, episode);
}

bool Desk::muted(const Voice& voice, const Stamp& at, bool urgent, const Episode& episode) const {
  if (episode.shelved(at.boot)) return true;
  return !urgent && tools_.facts.holds(OperatorFact::Kind::maintenance, tools_.seats[voice.seat].device, at.boot);
}

void Desk::raise(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  episode.active = true;
  episode.mute.reset();
  episode.alert.id = new_id(tools_.random);
  episode.alert.first = at;
  const bool held = flaps(voice.seat, at, episode);
  take(finding, episode, voice.seat);
  tell(voice, at, AlertState::raised, held ? Notice::flapping : Notice::none, episode);
  save(voice, at, episode);
}

// Counts one more beginning, and holds the alert when there are too many.
bool Desk::flaps(std::uint32_t seat, const Stamp& at, Episode& episode) const {
  const Flapping& flapping = tools_.rules[tools_.seats[seat].rule].setup.flapping;
  if (flapping.raises == 0) return false;
  std::erase_if(episode.raises, [&](Nanos raised) { return at.boot - raised >= flapping.within; });
  episode.raises.push_back(at.boot);
  if (episode.raises.size() < flapping.raises) return false;
  episode.alert.flapping = static_cast<std::uint32_t>(episode.raises.size());
  return true;
}

void Desk::change(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  if (muted(voice, at, finding.urgent, episode)) {
    const bool other = finding.severity != episode.alert.severity;
    episode.worse.reset();
    take(finding, episode, voice.seat);
    episode.alert.sentence = words(voice.seat, episode, Notice::none);  // for who lists it
    if (other) save(voice, at, episode);
    return schedule(voice.seat, episode);
  }
  const bool same = finding.severity == episode.told_severity && !turned(finding.phrase, episode);
  if (same && !finding.news) {
    const bool late = overdue(finding, episode, at);
    if (late) episode.worse.reset();
    if (late || got_worse(finding, episode.told_badness)) worsen(voice, at, finding, episode);
    return;
  }
  const bool up = finding.severity > episode.told_severity;
  const bool down = finding.severity < episode.told_severity;
  if (down && episode.held()) return;  // the worst stands until it is calm
  if (!up && turned(finding.phrase, episode)) return turn(voice, at, finding, episode);
  take(finding, episode, voice.seat);
  if (up) episode.alert.acknowledged.reset();
  tell(voice, at, up ? AlertState::escalated : AlertState::updated, up ? Notice::escalated : Notice::none, episode);
  save(voice, at, episode);
}

void Desk::worsen(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  const Nanos interval = tools_.rules[tools_.seats[voice.seat].rule].rule->update;
  if (interval == Nanos::zero()) return;
  if (episode.worse && finding.badness <= episode.worse->second.badness) return;
  episode.worse.emplace(at, finding);
  if (at.boot - episode.told < interval) return schedule(voice.seat, episode);
  take(finding, episode, voice.seat);
  tell(voice, at, AlertState::updated, Notice::none, episode);
  save(voice, at, episode);
}

// It is as bad as it was, or better, but what is told of it is not true any more.
void Desk::turn(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  if (episode.held() && got_worse(finding, episode.told_badness)) return worsen(voice, at, finding, episode);
  take(finding, episode, voice.seat);
  episode.worse.reset();
  if (episode.held()) {  // whoever lists it sees the side; a value that leaps to and fro is told no more
    episode.alert.sentence = words(voice.seat, episode, Notice::none);
    return schedule(voice.seat, episode);
  }
  const bool held = flaps(voice.seat, at, episode);
  tell(voice, at, AlertState::updated, held ? Notice::flapping : Notice::none, episode);
  save(voice, at, episode);
}

// Time passes.

void Desk::look_again(const Voice& voice, const Stamp& now) {
  Episode* const found = episodes_[voice.seat].get();
  if (found == nullptr) return;
  Episode& episode = *found;
  tools_.deadlines.set(update_slot(voice.seat), episode.due, Deadlines::kNever);
  if (episode.alert.shelf && !episode.shelved(now.boot)) end_shelf(voice, now, episode);
  const RuleEntry& entry = tools_.rules[tools_.seats[voice.seat].rule];
  if (episode.calm && now.boot - episode.calm->first.boot >= entry.setup.flapping.calm) {
    const Finding last = episode.calm->second;
    end(voice, now, last, episode);
    return settle(voice, now);
  }
  if (episode.mute) {
    const Finding finding = episode.mute->second;
    return alert(voice, now, finding, episode);
  }
  const bool quiet = muted(voice, now, false, episode);
  const bool other = episode.alert.severity != episode.told_severity ||
                     (turned(episode.particulars.phrase, episode) && !episode.held());
  if (episode.active && !quiet && other) {
    const bool up = episode.alert.severity > episode.told_severity;
    if (up) episode.alert.acknowledged.reset();
    tell(voice, now, up ? AlertState::escalated : AlertState::updated, up ? Notice::escalated : Notice::none, episode);
    save(voice, now, episode);
  }
  if (episode.worse && now.boot - episode.told >= entry.rule->update) {
    take(episode.worse->second, episode, voice.seat);
    episode.worse.reset();
    episode.alert.sentence = words(voice.seat, episode, Notice::none);
    if (!quiet) tell(voice, now, AlertState::updated, Notice::none, episode);
    save(voice, now, episode);
  }
  if (episode.resting) return settle(voice, now);
  schedule(voice.seat, episode);
}

void Desk::schedule(std::uint32_t seat, Episode& episode) {
  const RuleEntry& entry = tools_.rules[tools_.seats[seat].rule];
  Nanos due = Deadlines::kNever;
  if (episode.alert.shelf) due = std::min(due, episode.alert.shelf->until);
  if (episode.worse) due = std::min(due, episode.told + entry.rule->update);
  if (episode.calm) due = std::min(due, episode.calm->first.boot + entry.setup.flapping.calm);
  if (episode.resting && !episode.raises.empty()) {
    due = std::min(due, episode.raises.back() + entry.setup.flapping.within);
  }
  tools_.deadlines.set(update_slot(seat), episode.due, due);
}

// What is told and kept.

void Desk::take(const Finding& finding, Episode& episode, std::uint32_t seat) const {
  core::Alert& alert = episode.alert;
  alert.severity = finding.severity;
  alert.value = finding.value;
  alert.limit = finding.limit;
  alert.expected = finding.when;
  alert.unit = tools_.rules[tools_.seats[seat].rule].rule->unit(tools_.seats[seat].quantity);
  episode.badness = finding.badness;
  episode.particulars = {finding.phrase, finding.detail, finding.other, finding.when, finding.span};
}

void Desk::tell(const Voice& voice, const Stamp& at, AlertState state, Notice notice, Episode& episode) {
  core::Alert& alert = episode.alert;
  alert.state = state;
  alert.last = at;
  alert.sentence = words(voice.seat, episode, notice);
  episode.told = at.boot;
  episode.told_severity = alert.severity;
  episode.told_badness = episode.badness;
  episode.told_phrase = episode.particulars.phrase;
  episode.worse.reset();
  voice.output.alert(alert);
  schedule(voice.seat, episode);
}

std::string Desk::key(std::uint32_t seat) const {
  const Seat& who = tools_.seats[seat];
  return "rule/" + tools_.rules[who.rule].setup.id + "/" + tools_.devices[core::index(who.device)].id;
}

std::vector<core::Alert> Desk::active() const {
  std::vector<core::Alert> all;
  for (const std::unique_ptr<Episode>& episode : episodes_) {
    if (episode != nullptr && episode->active) all.push_back(episode->alert);
  }
  return all;
}

std::vector<core::Alert> Desk::shelved() const {
  std::vector<core::Alert> all;
  for (const std::unique_ptr<Episode>& episode : episodes_) {
    if (episode != nullptr && !episode->active && episode->alert.shelf) all.push_back(episode->alert);
  }
  return all;
}

}  // namespace afferent::rules
