#include "agent/app/downlink.h"

#include <algorithm>
#include <iterator>

namespace afferent::app {
namespace {

constexpr std::size_t kItemOverhead = 128;

bool is_telemetry(const core::Envelope& envelope) {
  return core::priority_of(envelope.kind) == core::Priority::telemetry;
}

std::size_t cost_of(const core::Parcel& parcel) {
  std::size_t cost = kItemOverhead;
  for (const core::Envelope& envelope : parcel.envelopes) cost += envelope.payload.size() + kItemOverhead;
  for (const core::StateChange& change : parcel.changes) cost += change.bytes.size() + kItemOverhead;
  return cost;
}

bool only_telemetry(const core::Parcel& parcel) {
  return parcel.changes.empty() && std::all_of(parcel.envelopes.begin(), parcel.envelopes.end(), is_telemetry);
}

// Telemetry of a parcel that has to wait: it needs not wait with the rest, since it is a stream of its own.
core::Parcel take_telemetry(core::Parcel& parcel) {
  core::Parcel telemetry;
  std::vector<core::Envelope> others;
  for (core::Envelope& envelope : parcel.envelopes) {
    (is_telemetry(envelope) ? telemetry.envelopes : others).push_back(std::move(envelope));
  }
  parcel.envelopes = std::move(others);
  return telemetry;
}

// What the reserve is for. A state that goes with telemetry is replaced by the next one.
bool has_alert(const core::Parcel& parcel) {
  return !std::all_of(parcel.envelopes.begin(), parcel.envelopes.end(), is_telemetry);
}

bool only_state(const core::Parcel& parcel) { return parcel.envelopes.empty(); }

}  // namespace

bool Downlink::push(core::Parcel& parcel, bool reserve) {
  const std::size_t cost = cost_of(parcel);
  const std::size_t extra = reserve || has_alert(parcel) ? kReserve : 0;
  core::DownItem item(std::move(parcel));
  if (queue_.push(item, cost, extra)) return true;
  parcel = std::move(std::get<core::Parcel>(item));
  return false;
}

void Downlink::drop(const core::Envelope& envelope) {
  core::GapFacts& facts = dropped_[{envelope.domain, envelope.kind}];
  if (facts.messages == 0) facts.first = envelope.first;
  facts.domain = envelope.domain;
  facts.kind = envelope.kind;
  facts.last = envelope.last;
  ++facts.messages;
  facts.readings += envelope.readings;
  facts.reason = "queue full";
  dropped_readings_ += envelope.readings;
}

void Downlink::send(core::Parcel parcel) {
  if (parcel.envelopes.empty() && parcel.changes.empty()) return;
  // Alerts keep their order: behind one that waits, all others wait too.
  if ((waiting_.empty() || only_telemetry(parcel)) && push(parcel)) return;
  core::Parcel telemetry = take_telemetry(parcel);
  if (!telemetry.envelopes.empty() && !push(telemetry)) {
    for (const core::Envelope& envelope : telemetry.envelopes) drop(envelope);
  }
  if (parcel.envelopes.empty() && parcel.changes.empty()) return;
  if (only_state(parcel)) {
    keep_state(std::move(parcel));
  } else {
    keep(std::move(parcel));
  }
}

void Downlink::keep(core::Parcel parcel) {
  if (alerts_waiting_ < kMostWaiting && bytes_waiting_ < kWaitingRoom) {
    ++alerts_waiting_;
    bytes_waiting_ += cost_of(parcel);
    waiting_.push_back(std::move(parcel));
    return;
  }
  for (const core::Envelope& envelope : parcel.envelopes) drop(envelope);
  parcel.envelopes.clear();
  if (!parcel.changes.empty()) keep_state(std::move(parcel));
}

// Behind an alert, which is to be committed before what came after it; so there are no more parcels of states than of
// alerts, and one.
void Downlink::keep_state(core::Parcel parcel) {
  forget_older(parcel);
  if (!waiting_.empty() && only_state(waiting_.back())) {
    std::move(parcel.changes.begin(), parcel.changes.end(), std::back_inserter(waiting_.back().changes));
  } else {
    waiting_.push_back(std::move(parcel));
  }
}

// A state that waits by itself is not worth keeping when a newer one of its key comes.
void Downlink::forget_older(const core::Parcel& newer) {
  const auto is_newer = [&newer](const core::StateChange& old) {
    return std::any_of(newer.changes.begin(), newer.changes.end(),
                       [&old](const core::StateChange& change) { return change.key == old.key; });
  };
  std::erase_if(waiting_, [&is_newer](core::Parcel& parcel) {
    return only_state(parcel) && std::erase_if(parcel.changes, is_newer) != 0 && parcel.changes.empty();
  });
}

bool Downlink::send(core::SlotMessage message) {
  const std::size_t cost = message.payload.size() + kItemOverhead;
  core::DownItem item(core::SlotUpdate{std::move(message)});
  return queue_.push(item, cost, kReserve);
}

bool Downlink::send(const core::BootFact& fact) {
  core::DownItem item(fact);
  return queue_.push(item, kItemOverhead, kReserve);
}

void Downlink::drain() {
  for (; !waiting_.empty(); waiting_.pop_front()) {
    core::DownItem item(std::move(waiting_.front()));
    (void)queue_.push(item, 0, kRoom);  // costs nothing, so it is taken
  }
  alerts_waiting_ = bytes_waiting_ = 0;
  retry();  // the Gap
}

void Downlink::retry() {
  // A state has the reserve too while an alert waits behind it: alerts keep their place, and are not to wait for it.
  auto ahead = waiting_.rend() - std::find_if(waiting_.rbegin(), waiting_.rend(), has_alert);
  while (!waiting_.empty()) {
    const bool alert = has_alert(waiting_.front());
    const std::size_t bytes = cost_of(waiting_.front());
    if (!push(waiting_.front(), ahead-- > 0)) break;
    waiting_.pop_front();
    if (!alert) continue;
    --alerts_waiting_;
    bytes_waiting_ -= bytes;
  }
  if (!waiting_.empty() || dropped_.empty()) return;
  core::Parcel account;
  for (const auto& [stream, facts] : dropped_) account.envelopes.push_back(gaps_.write(facts));
  if (push(account)) dropped_.clear();
}

}  // namespace afferent::app
