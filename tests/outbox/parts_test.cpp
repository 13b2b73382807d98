#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "agent/outbox/book.h"
#include "agent/outbox/row_cache.h"
#include "agent/outbox/sequence_set.h"

using namespace afferent;
using outbox::RowCache;
using outbox::SequenceSet;

namespace {

outbox::Row row(std::size_t stream, std::uint64_t sequence, std::size_t size) {
  outbox::Row made;
  made.stream = stream;
  made.sequence = sequence;
  made.payload.resize(size);
  return made;
}

}  // namespace

TEST_CASE("a set of sequences keeps one run for neighbours, in whatever order they come") {
  std::vector<std::uint64_t> order{1, 2, 3, 5, 6, 8};
  do {
    SequenceSet set;
    for (const std::uint64_t sequence : order) set.add(sequence);
    for (const std::uint64_t sequence : order) set.add(sequence);
    REQUIRE(set.runs() == SequenceSet::Runs{{1, 3}, {5, 6}, {8, 8}});
    for (std::uint64_t sequence = 0; sequence < 10; ++sequence) {
      REQUIRE(set.contains(sequence) == (std::count(order.begin(), order.end(), sequence) == 1));
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("the memory for recent rows gives way to the oldest of all streams and says what it misses") {
  RowCache cache(5000);
  cache.add(row(0, 1, 1000), 1);
  cache.add(row(1, 1, 1000), 2);
  cache.add(row(0, 2, 1000), 3);
  CHECK(cache.covers(0, 0));
  cache.add(row(0, 3, 1000), 4);
  cache.add(row(0, 4, 1000), 5);
  CHECK_FALSE(cache.covers(0, 0));
  CHECK(cache.covers(0, 1));
  REQUIRE(cache.next(0, 1) != nullptr);
  CHECK(cache.next(0, 1)->sequence == 2);
  CHECK(cache.next(0, 4) == nullptr);
  CHECK(cache.covers(1, 0));
}

TEST_CASE("rows that are deleted make room in memory for others") {
  RowCache cache(5000);
  for (std::uint64_t sequence = 1; sequence <= 100; ++sequence) {
    cache.add(row(0, sequence, 1000), sequence);
    cache.erase(0, sequence, sequence);
  }
  CHECK(cache.covers(0, 0));
  CHECK(cache.next(0, 0) == nullptr);
}

TEST_CASE("rows of an earlier run are not taken for rows in memory") {
  RowCache cache(5000);
  CHECK_FALSE(cache.covers(0, 0));
  cache.start(0, 7);
  CHECK_FALSE(cache.covers(0, 6));
  CHECK(cache.covers(0, 7));
}

TEST_CASE("losses merge into one account for each stream, reason and boot") {
  const auto loss = [](std::uint64_t sequence, const char* reason, std::uint64_t boot) {
    return outbox::Loss{{"flood", core::Kind::telemetry, sequence, sequence, core::Nanos(sequence),
                         core::Nanos(sequence), 1, 5, reason},
                        boot};
  };
  std::vector<outbox::Loss> losses;
  for (const std::uint64_t sequence : {4u, 3u, 9u}) outbox::merge(losses, loss(sequence, "quota", 1));
  outbox::merge(losses, loss(1, "disk full", 1));
  outbox::merge(losses, loss(1, "quota", 2));
  REQUIRE(losses.size() == 3);
  CHECK(losses[0].facts.first_sequence == 3);
  CHECK(losses[0].facts.last_sequence == 9);
  CHECK(losses[0].facts.first == core::Nanos(3));
  CHECK(losses[0].facts.last == core::Nanos(9));
  CHECK(losses[0].facts.messages == 3);
  CHECK(losses[0].facts.readings == 15);
}
