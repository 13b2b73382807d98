#include "agent/outbox/round.h"

#include <algorithm>
#include <utility>

namespace afferent::outbox {

using core::Error;
using core::ErrorCode;
using core::Result;

Result<std::size_t> Round::stream_for(std::string_view domain, core::Kind kind) {
  if (const auto known = book_.find(domain, kind)) return *known;
  if (book_.streams.size() >= kMaxStreams) return Error(ErrorCode::bug, "more streams than the store can number");
  return book_.add(domain, kind);
}

Result<void> Round::insert(core::Envelope& envelope) {
  auto stream = stream_for(envelope.domain, envelope.kind);
  if (!stream) return std::move(stream).error();
  RowFacts facts;
  facts.boot = tools_.boot;
  facts.readings = envelope.readings;
  facts.first = envelope.first;
  facts.last = envelope.last;
  book_.committed_readings += envelope.readings;
  return insert_row(*stream, facts, &envelope.payload, {});
}

Result<void> Round::insert_row(std::size_t stream, RowFacts facts, core::Bytes* source, core::Bytes own) {
  Stream& target = book_.streams[stream];
  const core::Bytes& payload = source != nullptr ? *source : own;
  facts.sequence = target.next_sequence;
  facts.previous = facts.sequence - 1;
  facts.age = book_.age;
  auto done = tools_.tables.insert(stream, facts, payload);
  if (!done) return done;
  ++target.next_sequence;
  ++target.rows;
  book_.held[stream] += cost_of(payload.size());
  if (target.priority != core::Priority::telemetry) protected_ += cost_of(payload.size());
  effects_.inserted.push_back(
      {{stream, facts.sequence, facts.previous, facts.boot, facts.readings, std::move(own)}, source});
  return {};
}

Result<void> Round::remove(std::size_t stream, std::uint64_t first, std::uint64_t last) {
  auto totals = tools_.tables.totals(stream, first, last);
  if (!totals) return std::move(totals).error();
  if (totals->rows != 0) {
    auto done = tools_.tables.remove(stream, first, last);
    if (!done) return done;
  }
  // The sums are only kept beside the rows; should they ever disagree, they end at nothing and not below.
  Stream& target = book_.streams[stream];
  target.rows -= std::min(target.rows, totals->rows);
  book_.held[stream] -= std::min(book_.held[stream], totals->payload + totals->rows * kRowOverhead);
  effects_.removed.push_back({stream, first, last});
  return {};
}

Result<void> Round::remove_acknowledged() {
  const auto& marks = tools_.marks.all();
  for (std::size_t stream = 0; stream < std::min(marks.size(), book_.streams.size()); ++stream) {
    for (const auto& [first, last] : marks[stream].acknowledged.runs()) {
      auto done = remove(stream, first, last);
      if (!done) return done;
    }
  }
  effects_.acknowledged = true;
  return {};
}

Result<void> Round::move_to_end(std::size_t stream, std::uint64_t sequence) {
  auto known = tools_.tables.next(stream, sequence - 1);
  if (!known) return std::move(known).error();
  RowFacts facts = *known;
  if (facts.sequence != sequence) return {};
  Row row;
  auto read = tools_.tables.read(stream, sequence - 1, [&row](Row&& found) {
    row = std::move(found);
    return false;
  });
  if (!read || !row.intact) return read;
  auto done = insert_row(stream, facts, nullptr, std::move(row.payload));
  return done.ok() ? remove(stream, sequence, sequence) : done;
}

Result<bool> Round::set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason) {
  auto row = tools_.tables.next(stream, sequence - 1);
  if (!row) return std::move(row).error();
  if (row->sequence != sequence) return false;
  auto removed = remove(stream, sequence, sequence);
  if (!removed) return std::move(removed).error();
  const RowFacts& facts = *row;
  book_.dropped_readings += facts.readings;
  const Stream& from = book_.streams[stream];
  if (from.kind == core::Kind::gap) return true;
  auto accounted = account(
      {{from.domain, from.kind, sequence, sequence, facts.first, facts.last, 1, facts.readings, reason}, facts.boot});
  if (!accounted) return std::move(accounted).error();
  return true;
}

Result<void> Round::account(const Loss& loss) {
  const auto open = std::find_if(book_.gaps.begin(), book_.gaps.end(),
                                 [&](const OpenGap& gap) { return belong_together(gap.loss, loss); });
  const bool exists = open != book_.gaps.end();
  if (exists && open->sequence > tools_.marks.read(open->stream)) return grow(*open, loss);

  core::Envelope envelope = tools_.gaps.write(loss.facts);
  auto stream = stream_for(envelope.domain, envelope.kind);
  if (!stream) return std::move(stream).error();
  OpenGap gap{loss, *stream, book_.streams[*stream].next_sequence, envelope.payload.size()};
  RowFacts facts;
  facts.boot = loss.boot;
  facts.readings = envelope.readings;
  facts.first = envelope.first;
  facts.last = envelope.last;
  auto done = insert_row(*stream, facts, nullptr, std::move(envelope.payload));
  if (!done) return done;
  if (exists) {
    *open = std::move(gap);
  } else {
    book_.gaps.push_back(std::move(gap));
  }
  return {};
}

Result<void> Round::grow(OpenGap& gap, const Loss& loss) {
  merge(gap.loss, loss);
  core::Envelope envelope = tools_.gaps.write(gap.loss.facts);
  RowFacts facts;
  facts.sequence = gap.sequence;
  facts.previous = gap.sequence - 1;
  facts.boot = loss.boot;
  facts.readings = envelope.readings;
  facts.first = envelope.first;
  facts.last = envelope.last;
  auto done = tools_.tables.replace(gap.stream, facts, envelope.payload);
  if (!done) return done;
  std::uint64_t& held = book_.held[gap.stream];
  held = held - std::min(held, gap.payload) + envelope.payload.size();
  gap.payload = envelope.payload.size();
  effects_.replaced.push_back(
      {gap.stream, facts.sequence, facts.previous, loss.boot, facts.readings, std::move(envelope.payload)});
  return {};
}

bool Round::changed(std::size_t stream) const {
  if (stream >= before_.streams.size()) return true;
  const Stream& was = before_.streams[stream];
  const Stream& is = book_.streams[stream];
  return was.next_sequence != is.next_sequence || was.rows != is.rows || before_.held[stream] != book_.held[stream];
}

Result<void> Round::finish() {
  for (std::size_t stream = 0; stream < book_.streams.size(); ++stream) {
    if (!changed(stream)) continue;
    auto done = tools_.tables.put_stream(stream, book_.streams[stream], book_.held[stream]);
    if (!done) return done;
  }
  return {};
}

}  // namespace afferent::outbox
