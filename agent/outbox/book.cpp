#include "agent/outbox/book.h"

#include <algorithm>
#include <numeric>

namespace afferent::outbox {

bool belong_together(const Loss& one, const Loss& other) {
  const bool same_sort = (one.facts.first_sequence == 0) == (other.facts.first_sequence == 0);
  return same_sort && one.boot == other.boot && one.facts.kind == other.facts.kind &&
         one.facts.domain == other.facts.domain && one.facts.reason == other.facts.reason;
}

void merge(Loss& into, const Loss& more) {
  core::GapFacts& facts = into.facts;
  const core::GapFacts& other = more.facts;
  facts.first_sequence = std::min(facts.first_sequence, other.first_sequence);
  facts.last_sequence = std::max(facts.last_sequence, other.last_sequence);
  facts.first = std::min(facts.first, other.first);
  facts.last = std::max(facts.last, other.last);
  facts.messages += other.messages;
  facts.readings += other.readings;
}

void merge(std::vector<Loss>& into, const Loss& more) {
  const auto same =
      std::find_if(into.begin(), into.end(), [&](const Loss& loss) { return belong_together(loss, more); });
  if (same == into.end()) {
    into.push_back(more);
  } else {
    merge(*same, more);
  }
}

std::optional<std::size_t> Book::find(std::string_view domain, core::Kind kind) const {
  for (std::size_t stream = 0; stream < streams.size(); ++stream) {
    if (streams[stream].kind == kind && streams[stream].domain == domain) return stream;
  }
  return std::nullopt;
}

std::size_t Book::add(std::string_view domain, core::Kind kind) {
  streams.push_back({std::string(domain), kind, core::priority_of(kind), 1, 0});
  held.push_back(0);
  return streams.size() - 1;
}

std::uint64_t Book::bytes() const { return std::accumulate(held.begin(), held.end(), std::uint64_t{0}); }

std::uint64_t Book::telemetry_bytes() const {
  std::uint64_t sum = 0;
  for (std::size_t stream = 0; stream < streams.size(); ++stream) {
    if (streams[stream].priority == core::Priority::telemetry) sum += held[stream];
  }
  return sum;
}

}  // namespace afferent::outbox
