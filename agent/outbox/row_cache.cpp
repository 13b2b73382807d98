#include "agent/outbox/row_cache.h"

#include <algorithm>
#include <utility>

namespace afferent::outbox {
namespace {

std::uint64_t cost(const Row& row) { return row.payload.size() + sizeof(Row) + 32; }

template <class Entries>
auto first_from(Entries& entries, std::uint64_t sequence) {
  return std::lower_bound(entries.begin(), entries.end(), sequence,
                          [](const auto& entry, std::uint64_t value) { return entry.row.sequence < value; });
}

}  // namespace

RowCache::Lane& RowCache::lane(std::size_t stream) {
  if (lanes_.size() <= stream) lanes_.resize(stream + 1);
  return lanes_[stream];
}

void RowCache::add(Row row, std::uint64_t age) {
  used_ += cost(row);
  Lane& own = lane(row.stream);
  own.entries.push_back({age, std::move(row)});
  while (used_ > limit_) evict();
}

void RowCache::evict() {
  Lane* oldest = nullptr;
  for (Lane& lane : lanes_) {
    if (lane.entries.empty()) continue;
    if (oldest == nullptr || lane.entries.front().age < oldest->entries.front().age) oldest = &lane;
  }
  if (oldest == nullptr) return;
  used_ -= cost(oldest->entries.front().row);
  oldest->missing = oldest->entries.front().row.sequence;
  oldest->entries.pop_front();
}

void RowCache::erase(std::size_t stream, std::uint64_t first, std::uint64_t last) {
  auto& entries = lane(stream).entries;
  const auto begin = first_from(entries, first);
  const auto end = first_from(entries, last + 1);
  for (auto entry = begin; entry != end; ++entry) used_ -= cost(entry->row);
  entries.erase(begin, end);
}

void RowCache::replace(std::size_t stream, std::uint64_t sequence, const Row& row) {
  auto& entries = lane(stream).entries;
  const auto entry = first_from(entries, sequence);
  if (entry == entries.end() || entry->row.sequence != sequence) return;
  used_ -= cost(entry->row);
  entry->row = row;
  used_ += cost(entry->row);
  while (used_ > limit_) evict();
}

bool RowCache::covers(std::size_t stream, std::uint64_t after) const {
  return stream < lanes_.size() && after >= lanes_[stream].missing;
}

const Row* RowCache::next(std::size_t stream, std::uint64_t after) const {
  if (stream >= lanes_.size()) return nullptr;
  const auto& entries = lanes_[stream].entries;
  const auto entry = first_from(entries, after + 1);
  return entry == entries.end() ? nullptr : &entry->row;
}

void RowCache::start(std::size_t stream, std::uint64_t known) { lane(stream).missing = known; }

void RowCache::clear() {
  lanes_.clear();
  used_ = 0;
}

}  // namespace afferent::outbox
