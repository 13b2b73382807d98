// How a round makes room: the oldest telemetry that the broker cannot have goes first.
#include <algorithm>

#include "agent/outbox/round.h"

namespace afferent::outbox {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

// A quota that was made much smaller is reached over several rounds, so that none of them takes seconds.
constexpr std::size_t kRowsARound = 10'000;
// The Gap that says why must still fit when alerts have used up the quota.
constexpr std::uint64_t kRoomForGaps = 4096;

}  // namespace

std::uint64_t Round::excess() const {
  const std::uint64_t telemetry = book_.telemetry_bytes();
  const std::uint64_t all = book_.bytes();
  const std::uint64_t over_telemetry = telemetry - std::min(telemetry, tools_.quota.telemetry);
  return std::max(over_telemetry, all - std::min(all, tools_.quota.total));
}

Result<void> Round::enforce_quota(bool indivisible) {
  const std::size_t limit = kRowsARound + 2 * effects_.inserted.size();
  while (excess() > 0 && dropped_ < limit) {
    auto losses = drop_oldest(excess(), "quota");
    if (!losses) return std::move(losses).error();
    if (losses->empty()) {
      const std::uint64_t all = book_.bytes();
      const bool had_room = all - std::min(all, protected_) <= tools_.quota.total;
      over_quota_ = all > tools_.quota.total + kRoomForGaps && !(indivisible && had_room);
      if (over_quota_) return Error(ErrorCode::full, "the quota is used up by what must not be dropped");
      return {};
    }
    for (const Loss& loss : *losses) {
      auto done = account(loss);
      if (!done) return done;
    }
  }
  return {};
}

Result<void> Round::make_room(std::uint64_t bytes, const std::string& reason) {
  auto losses = drop_oldest(bytes, reason);
  if (!losses) return std::move(losses).error();
  for (const Loss& loss : *losses) {
    auto done = account(loss);
    if (!done) return done;
  }
  return {};
}

Result<std::vector<Round::Head>> Round::heads() {
  std::vector<Head> found;
  for (std::size_t stream = 0; stream < book_.streams.size(); ++stream) {
    if (book_.streams[stream].priority != core::Priority::telemetry) continue;
    auto row = tools_.tables.next(stream, tools_.marks.offered(stream));
    if (!row) return std::move(row).error();
    if (row->sequence != 0) found.push_back({stream, *row});
  }
  return found;
}

Result<std::vector<Loss>> Round::drop_oldest(std::uint64_t bytes, const std::string& reason) {
  auto heads = this->heads();
  if (!heads) return std::move(heads).error();
  std::vector<Loss> losses;
  std::vector<RoundEffects::Removed> runs(book_.streams.size());
  const std::size_t limit = dropped_ + kRowsARound + 2 * effects_.inserted.size();
  for (std::uint64_t freed = 0; freed < bytes && !heads->empty() && dropped_ < limit; ++dropped_) {
    const auto oldest = std::min_element(heads->begin(), heads->end(), [](const Head& one, const Head& other) {
      return one.facts.age < other.facts.age;
    });
    const RowFacts row = oldest->facts;
    const Stream& from = book_.streams[oldest->stream];
    freed += cost_of(row.payload);
    book_.dropped_readings += row.readings;
    // What goes in the round that it came with was never committed.
    if (row.age == book_.age) book_.committed_readings -= row.readings;
    merge(losses, {{from.domain, from.kind, row.sequence, row.sequence, row.first, row.last, 1, row.readings, reason},
                   row.boot});
    RoundEffects::Removed& run = runs[oldest->stream];
    if (run.first == 0) run = {oldest->stream, row.sequence, row.sequence};
    run.last = row.sequence;

    auto next = tools_.tables.next(oldest->stream, row.sequence);
    if (!next) return std::move(next).error();
    if (next->sequence != 0) {
      oldest->facts = *next;
    } else {
      heads->erase(oldest);
    }
  }
  for (const RoundEffects::Removed& run : runs) {
    if (run.first == 0) continue;
    auto done = remove(run.stream, run.first, run.last);
    if (!done) return std::move(done).error();
  }
  return losses;
}

}  // namespace afferent::outbox
