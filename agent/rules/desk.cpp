#include "agent/rules/desk.h"

#include <cmath>

namespace afferent::rules {
namespace {

using core::AlertState;
using core::Nanos;
using core::Stamp;

constexpr Nanos kSaveHoldAfter = core::Seconds(30);  // a shorter hold time begins anew after a restart

// Noise is no news: an alert has got worse when it did so by more than a hundredth of its value.
bool got_worse(const Finding& finding, double published) {
  return finding.badness - published > 0.01 * std::abs(finding.value);
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

// Boot times of another boot mean nothing in this one.
void forget_boot(Stamp& stamp) { stamp.boot = Nanos::zero(); }

}  // namespace

// From the first sign of trouble until all is calm again.
struct Desk::Episode {
  core::Alert alert;
  bool active = false;
  Phrase phrase = Phrase::above;
  Stamp began;
  bool saved = false;  // there is a state in the store
  double published_badness = 0.0;
  Nanos published{};
  std::optional<std::pair<Stamp, Finding>> worse;  // not yet published
  Nanos update_at = Deadlines::kNever;
};

Desk::Desk(const std::vector<RuleEntry>& rules, const std::vector<Seat>& seats, const std::vector<DeviceNames>& devices,
           core::Random& random, Language language, Deadlines& deadlines)
    : rules_(rules),
      seats_(seats),
      devices_(devices),
      random_(random),
      language_(language),
      deadlines_(deadlines),
      episodes_(seats.size()) {}

Desk::~Desk() = default;

void Desk::find(const Voice& voice, const Stamp& at, const Finding& finding, std::optional<double> evidence) {
  if (finding.state == Finding::State::calm) return rest(voice, at, finding);
  Episode& episode = open(voice.seat, at);
  const bool worse =
      !episode.active || finding.severity > episode.alert.severity || finding.badness > episode.published_badness;
  if (evidence && worse) add_evidence(episode.alert.evidence, at, *evidence);
  if (finding.state == Finding::State::pending) return wait(voice, at, episode);
  alert(voice, at, finding, episode);
}

Desk::Episode& Desk::open(std::uint32_t seat, const Stamp& at) {
  std::unique_ptr<Episode>& episode = episodes_[seat];
  if (episode != nullptr) return *episode;
  episode = std::make_unique<Episode>();
  episode->began = at;
  const Seat& who = seats_[seat];
  const RuleSetup& setup = rules_[who.rule].setup;
  episode->alert.rule = setup.id;
  episode->alert.device = who.device;
  episode->alert.channel = setup.channel;
  episode->alert.domain = setup.domain.empty() ? devices_[core::index(who.device)].domain : setup.domain;
  return *episode;
}

void Desk::rest(const Voice& voice, const Stamp& at, const Finding& finding) {
  std::unique_ptr<Episode>& episode = episodes_[voice.seat];
  if (episode == nullptr) return;
  deadlines_.set(update_slot(voice.seat), episode->update_at, Deadlines::kNever);
  if (episode->active) {
    Finding last = finding;
    last.severity = episode->alert.severity;
    last.phrase = episode->phrase;
    last.limit = episode->alert.limit;
    publish(voice, at, last, AlertState::cleared, *episode);
  }
  if (episode->saved) voice.output.state({key(voice.seat), kSavedVersion, {}});
  episode.reset();
}

void Desk::wait(const Voice& voice, const Stamp& at, Episode& episode) {
  if (episode.active || episode.saved || at.boot - episode.began.boot < kSaveHoldAfter) return;
  save(voice, at, episode);
}

void Desk::alert(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  if (!episode.active) {
    episode.active = true;
    episode.alert.id = new_id(random_);
    episode.alert.first = at;
    publish(voice, at, finding, AlertState::raised, episode);
  } else if (finding.severity != episode.alert.severity) {
    const bool up = finding.severity > episode.alert.severity;
    publish(voice, at, finding, up ? AlertState::escalated : AlertState::updated, episode);
  } else if (got_worse(finding, episode.published_badness)) {
    return worsen(voice, at, finding, episode);
  } else {
    return;
  }
  save(voice, at, episode);
}

void Desk::worsen(const Voice& voice, const Stamp& at, const Finding& finding, Episode& episode) {
  const Nanos interval = rules_[seats_[voice.seat].rule].rule->update;
  if (interval == Nanos::zero()) return;
  if (episode.worse && finding.badness <= episode.worse->second.badness) return;
  if (at.boot - episode.published >= interval) {
    publish(voice, at, finding, AlertState::updated, episode);
    return save(voice, at, episode);
  }
  episode.worse.emplace(at, finding);
  deadlines_.set(update_slot(voice.seat), episode.update_at, episode.published + interval);
}

void Desk::update_due(const Voice& voice, const Stamp& now) {
  Episode* episode = episodes_[voice.seat].get();
  if (episode == nullptr) return;
  deadlines_.set(update_slot(voice.seat), episode->update_at, Deadlines::kNever);
  if (!episode->worse) return;
  const Finding worst = episode->worse->second;
  publish(voice, now, worst, AlertState::updated, *episode);
  save(voice, now, *episode);
}

void Desk::publish(const Voice& voice, const Stamp& at, const Finding& finding, AlertState state, Episode& episode) {
  core::Alert& alert = episode.alert;
  const Seat& seat = seats_[voice.seat];
  alert.severity = finding.severity;
  alert.state = state;
  alert.last = at;
  alert.value = finding.value;
  alert.limit = finding.limit;
  alert.unit = rules_[seat.rule].rule->unit(seat.quantity);
  alert.sentence = words(voice.seat, alert, finding.phrase);
  episode.phrase = finding.phrase;
  episode.published = at.boot;
  episode.published_badness = finding.badness;
  episode.worse.reset();
  deadlines_.set(update_slot(voice.seat), episode.update_at, Deadlines::kNever);
  voice.output.alert(alert);
}

void Desk::save(const Voice& voice, const Stamp& at, Episode& episode) {
  Saved saved;
  saved.kind = rules_[seats_[voice.seat].rule].setup.kind;
  saved.boot = boot_;
  saved.at = at;
  if (episode.active) {
    saved.alert = SavedAlert{episode.alert, episode.phrase, episode.published_badness, at.boot - episode.published};
  }
  Packer own;
  voice.instance.save(at.boot, own);
  saved.own = own.take();
  episode.saved = true;
  voice.output.state({key(voice.seat), kSavedVersion, pack(saved)});
}

void Desk::resume(std::uint32_t seat, const Saved& saved, const Elapsed& elapsed, bool same_boot) {
  Stamp now = saved.at;
  now.boot = elapsed.now;
  Episode& episode = open(seat, now);
  episode.saved = true;
  if (!saved.alert) return;
  const core::Alert& old = saved.alert->alert;
  core::Alert& alert = episode.alert;
  alert.id = old.id;
  alert.severity = old.severity;
  alert.state = old.state;
  alert.first = old.first;
  alert.last = old.last;
  alert.value = old.value;
  alert.limit = old.limit;
  alert.unit = old.unit;
  alert.evidence = old.evidence;
  if (!same_boot) {
    forget_boot(alert.first);
    forget_boot(alert.last);
    for (core::EvidenceSample& sample : alert.evidence) forget_boot(sample.at);
  }
  alert.sentence = words(seat, alert, saved.alert->phrase);
  episode.active = true;
  episode.phrase = saved.alert->phrase;
  episode.published_badness = saved.alert->badness;
  episode.published = elapsed.boot_time(saved.alert->published_age).value_or(elapsed.now);
}

std::string Desk::key(std::uint32_t seat) const {
  const Seat& who = seats_[seat];
  return "rule/" + rules_[who.rule].setup.id + "/" + devices_[core::index(who.device)].id;
}

std::string Desk::words(std::uint32_t seat, const core::Alert& alert, Phrase phrase) const {
  const RuleEntry& entry = rules_[seats_[seat].rule];
  const DeviceNames& device = devices_[core::index(seats_[seat].device)];
  const Facts facts{.name = device.name.empty() ? device.id : device.name,
                    .device = device.id,
                    .rule = entry.setup.id,
                    .channel = entry.setup.channel,
                    .unit = alert.unit,
                    .severity = alert.severity,
                    .value = alert.value,
                    .limit = alert.limit,
                    .span = entry.rule->span};
  const bool cleared = alert.state == AlertState::cleared;
  if (!cleared && !entry.own_sentence.empty()) return entry.own_sentence.fill(language_, facts);
  return sentence(language_, phrase, cleared, facts);
}

std::string Desk::words_of_gone(std::string_view rule, std::string_view device) const {
  const bool english = language_ == Language::english;
  std::string text = english ? "Rule " : "规则";
  text += rule;
  text += english ? " no longer judges " : "不再判断";
  text += device;
  return text + (english ? "." : "。");
}

std::vector<core::Alert> Desk::active() const {
  std::vector<core::Alert> all;
  for (const std::unique_ptr<Episode>& episode : episodes_) {
    if (episode != nullptr && episode->active) all.push_back(episode->alert);
  }
  return all;
}

}  // namespace afferent::rules
