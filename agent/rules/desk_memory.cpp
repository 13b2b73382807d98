// Desk: what an alert keeps over a restart, and its sentences.
#include <algorithm>

#include "agent/rules/desk.h"

namespace afferent::rules {
namespace {

using core::AlertState;
using core::Nanos;
using core::Stamp;

// Boot times of another boot mean nothing in this one.
void forget_boot(Stamp& stamp) { stamp.boot = Nanos::zero(); }

// How long the alert lasted; nothing where a restart has hidden it.
std::optional<Nanos> lasted(const core::Alert& alert) {
  if (alert.first.boot != Nanos::zero()) return alert.last.boot - alert.first.boot;
  const bool known = alert.first.clock == core::ClockState::synced && alert.last.clock == core::ClockState::synced;
  if (!known || alert.last.utc < alert.first.utc) return std::nullopt;
  return alert.last.utc - alert.first.utc;
}

// What lies ahead comes nearer: seen from when it is told.
std::optional<Nanos> span_left(const Particulars& more, const Stamp& told) {
  if (!more.when || told.clock == core::ClockState::unsynced) return more.span;
  return std::max(Nanos::zero(), Nanos(*more.when - told.utc));
}

}  // namespace

void Desk::save(const Voice& voice, const Stamp& at, Episode& episode) {
  Saved saved;
  saved.kind = tools_.rules[tools_.seats[voice.seat].rule].setup.kind;
  saved.boot = boot_;
  saved.at = at;
  saved.shelf = episode.alert.shelf;
  if (episode.active) {
    SavedAlert& kept = saved.alert.emplace();
    kept.alert = episode.alert;
    kept.particulars = episode.particulars;
    kept.told_severity = episode.told_severity;
    kept.badness = episode.told_badness;
    kept.published_age = at.boot - episode.told;
    for (const Nanos raised : episode.raises) kept.raise_ages.push_back(at.boot - raised);
    if (episode.calm) kept.calm = SavedCalm{at.boot - episode.calm->first.boot, episode.calm->second.value};
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
  if (saved.shelf) {
    episode.alert.shelf = saved.shelf;
    episode.alert.shelf->until =
        elapsed.now - elapsed.since_save.value_or(Nanos::zero()) + (saved.shelf->until - saved.at.boot);
    episode.resting = !saved.alert;
  }
  if (saved.alert) take_up(seat, *saved.alert, elapsed, same_boot, episode);
  schedule(seat, episode);
}

void Desk::take_up(std::uint32_t seat, const SavedAlert& kept, const Elapsed& elapsed, bool same_boot,
                   Episode& episode) const {
  core::Alert named = std::move(episode.alert);
  core::Alert& alert = episode.alert;
  alert = kept.alert;
  alert.rule = named.rule;
  alert.device = named.device;
  alert.channel = named.channel;
  alert.domain = named.domain;
  alert.shelf = named.shelf;
  alert.expected = kept.particulars.when;
  if (!same_boot) {
    forget_boot(alert.first);
    forget_boot(alert.last);
    if (alert.acknowledged) forget_boot(alert.acknowledged->at);
    for (core::EvidenceSample& sample : alert.evidence) forget_boot(sample.at);
  }
  episode.active = true;
  episode.particulars = kept.particulars;
  episode.told_phrase = kept.particulars.phrase;
  episode.told_severity = kept.told_severity;
  episode.told_badness = episode.badness = kept.badness;
  episode.told = elapsed.boot_time(kept.published_age).value_or(elapsed.now);
  for (const Nanos age : kept.raise_ages) {
    if (const auto raised = elapsed.boot_time(age)) episode.raises.push_back(*raised);
  }
  if (kept.calm) {
    Stamp since = kept.alert.last;
    since.boot = elapsed.boot_time(kept.calm->age).value_or(elapsed.now);
    Finding last;
    last.value = kept.calm->value;
    episode.calm.emplace(since, last);
  }
  alert.sentence = words(seat, episode, Notice::none);
}

std::string Desk::words(std::uint32_t seat, const Episode& episode, Notice notice) const {
  const core::Alert& alert = episode.alert;
  const RuleEntry& entry = tools_.rules[tools_.seats[seat].rule];
  const DeviceNames& device = tools_.devices[core::index(tools_.seats[seat].device)];
  const Particulars& more = episode.particulars;
  Facts facts{.name = device.shown(),
              .device = device.id,
              .rule = entry.setup.id,
              .channel = entry.setup.channel,
              .unit = alert.unit,
              .severity = alert.severity,
              .value = alert.value,
              .limit = alert.limit,
              .span = span_left(more, alert.last).value_or(entry.rule->span),
              .detail = more.detail,
              .other = more.other,
              .when = more.when ? moment_text(tools_.zone, alert.last, *more.when) : std::string()};
  const bool cleared = alert.state == AlertState::cleared;
  std::string text = !cleared && !entry.own_sentence.empty() ? entry.own_sentence.fill(tools_.language, facts)
                                                             : sentence(tools_.language, more.phrase, cleared, facts);
  NoticeFacts told{.notice = notice, .from = episode.told_severity, .severity = alert.severity};
  if (cleared) told.lasted = lasted(alert);
  if (alert.acknowledged && notice == Notice::acknowledged) {
    told.who = alert.acknowledged->who;
    told.note = alert.acknowledged->note;
  } else if (alert.shelf && notice == Notice::shelved) {
    told.who = alert.shelf->who;
    told.note = alert.shelf->note;
    told.until = until_text(tools_.language, tools_.zone, alert.last, alert.shelf->until);
  } else if (notice == Notice::flapping) {
    told.times = alert.flapping;
    told.within = entry.setup.flapping.within;
    told.calm = entry.setup.flapping.calm;
  }
  return with_notice(tools_.language, told, text);
}

std::string Desk::words_of_gone(std::string_view rule, std::string_view device) const {
  const bool english = tools_.language == Language::english;
  std::string text = english ? "Rule " : "规则";
  text += rule;
  text += english ? " no longer judges " : "不再判断";
  text += device;
  return text + (english ? "." : "。");
}

}  // namespace afferent::rules
