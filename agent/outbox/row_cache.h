// Rows that were committed a moment ago and will be read next, so that the common read asks no database. Bounded in
// bytes: the oldest row gives way. Belongs to the deliver thread.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/outbox/store.h"

namespace afferent::outbox {

class RowCache {
 public:
  explicit RowCache(std::uint64_t limit) : limit_(limit) {}

  // Rows of a stream come in rising order of sequence, and all of them come here.
  void add(Row row, std::uint64_t age);
  // Forgets first..last, which the store holds no more.
  void erase(std::size_t stream, std::uint64_t first, std::uint64_t last);
  void replace(std::size_t stream, std::uint64_t sequence, const Row& row);

  // True when all rows of the stream with a sequence > after are here.
  bool covers(std::size_t stream, std::uint64_t after) const;
  // The first of them; null when there is none.
  const Row* next(std::size_t stream, std::uint64_t after) const;

  // `known` rows up to this sequence are in the database only.
  void start(std::size_t stream, std::uint64_t known);
  void clear();

 private:
  struct Entry {
    std::uint64_t age;
    Row row;
  };
  struct Lane {
    std::uint64_t missing = 0;  // rows up to this sequence may be in the database only
    std::deque<Entry> entries;
  };

  Lane& lane(std::size_t stream);
  void evict();

  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  std::vector<Lane> lanes_;
};

}  // namespace afferent::outbox
