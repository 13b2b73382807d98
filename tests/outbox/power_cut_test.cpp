// The power fails at each single change of the disk in turn; what commit() called stored must be there afterwards.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/outbox/faulty_disk.h"
#include "tests/outbox/fixture.h"

using namespace afferent;
using core::Kind;

namespace {

// What the outside has been told: rows stored, rows delivered, and the state.
struct Promise {
  std::map<std::uint64_t, std::string> stored;  // sequence -> payload of flood/telemetry, unless delivered
  std::map<std::uint64_t, std::string> under_way;
  std::uint64_t highest = 0;         // sequence that was ever seen
  std::set<std::string> states{""};  // values that are allowed
};

std::string payload_of(int round, int number) {
  return "round " + std::to_string(round) + " row " + std::to_string(number) + std::string(20'000, 'x');
}

core::Parcel parcel_of(int round) {
  core::Parcel parcel;
  for (int number = 0; number < 4; ++number) {
    parcel.envelopes.push_back(test::envelope("flood", Kind::telemetry, payload_of(round, number)));
  }
  parcel.envelopes.push_back(test::envelope("flood", Kind::alert, "alert " + std::to_string(round)));
  parcel.changes.push_back(test::state("rule/water", std::to_string(round)));
  return parcel;
}

// Commits, delivers the oldest rows out of order, checkpoints now and then; stops when the power fails.
void work(outbox::Store& store, Promise& promise, test::FaultyDisk& disk, int from) {
  for (int round = from; round < from + 14 && !disk.is_dead(); ++round) {
    const std::uint64_t next = store.streams().empty() ? 1 : store.streams()[0].next_sequence;
    promise.under_way.clear();
    for (int number = 0; number < 4; ++number) {
      promise.under_way[next + static_cast<std::uint64_t>(number)] = payload_of(round, number);
    }
    const auto state = std::to_string(round);
    promise.states.insert(state);
    std::vector<core::Parcel> parcels{parcel_of(round)};
    if (!store.commit(parcels)) return;
    promise.stored.merge(promise.under_way);
    promise.under_way.clear();
    promise.states = {state};
    const auto rows = store.read(0, 0, 50'000);
    if (!rows) return;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
      promise.highest = std::max(promise.highest, row->sequence);
      store.offered(0, row->sequence);
      store.acknowledged(0, row->sequence);
      promise.stored.erase(row->sequence);
    }
    if (round % 3 == 2) {
      if (!store.flush_acknowledged()) return;
      store.tidy();
    }
  }
}

void check(test::StoreFixture& fixture, Promise& promise, std::uint64_t epoch) {
  REQUIRE(fixture.store->epoch() == epoch);
  CHECK(fixture.store->trouble() == "");
  CHECK_FALSE(fixture.log.contains("damaged"));
  std::map<std::uint64_t, std::string> found;
  std::uint64_t last = 0;
  const auto rows =
      fixture.store->streams().empty() ? std::vector<outbox::Row>() : fixture.rows("flood", Kind::telemetry);
  for (const outbox::Row& row : rows) {
    CHECK(row.previous == row.sequence - 1);
    if (last != 0) CHECK(row.sequence == last + 1);
    last = row.sequence;
    found[row.sequence] = std::string(core::as_text(row.payload));
  }
  for (const auto& [sequence, payload] : promise.stored) CHECK(found[sequence] == payload);
  const bool all = std::all_of(promise.under_way.begin(), promise.under_way.end(),
                               [&](const auto& row) { return found.contains(row.first); });
  const bool none = std::none_of(promise.under_way.begin(), promise.under_way.end(),
                                 [&](const auto& row) { return found.contains(row.first); });
  CHECK((all || none));
  if (!fixture.store->streams().empty()) CHECK(fixture.store->streams()[0].next_sequence > promise.highest);
  const auto states = fixture.store->states();
  const auto state = states.find("rule/water");
  const std::string value = state == states.end() ? "" : std::string(core::as_text(state->second.bytes));
  CHECK(promise.states.contains(value));
  promise.states = {value};
  promise.stored = found;
  promise.under_way.clear();
}

}  // namespace

TEST_CASE("the outbox keeps what it called stored when the power fails between any two lines") {
  std::uint64_t cut = 1;
  for (bool reached = true; reached; ++cut) {
    CAPTURE(cut);
    test::FaultyDisk disk;
    test::StoreFixture fixture;
    fixture.options.ballast = 0;
    fixture.options.quota = 64 << 20;
    fixture.must_open();
    const std::uint64_t epoch = fixture.store->epoch();
    Promise promise;
    disk.cut_power_at(cut);
    work(*fixture.store, promise, disk, 0);
    reached = disk.is_dead();
    fixture.close();
    disk.power_on(cut);
    fixture.must_open();
    check(fixture, promise, epoch);
    work(*fixture.store, promise, disk, 100);
    fixture.must_open();
    check(fixture, promise, epoch);
  }
  CHECK(cut > 300);  // else the script ended before its first checkpoint
}

TEST_CASE("a power cut while the store is made leaves one that opens") {
  for (std::uint64_t cut = 1; cut < 40; ++cut) {
    CAPTURE(cut);
    test::FaultyDisk disk;
    test::StoreFixture fixture;
    fixture.options.ballast = 0;
    disk.cut_power_at(cut);
    [[maybe_unused]] auto opened = fixture.open();
    fixture.close();
    disk.power_on(cut);
    fixture.must_open();
    CHECK(fixture.store->trouble() == "");
    CHECK(fixture.put("flood", Kind::telemetry, "first") == 1);
  }
}

TEST_CASE("each commit is on disk before it returns, with one sync") {
  test::FaultyDisk disk;
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "a");
  const std::uint64_t before = disk.syncs;
  fixture.put("flood", Kind::telemetry, "b");
  CHECK(disk.syncs == before + 1);
}

TEST_CASE("acknowledgements alone write nothing") {
  test::FaultyDisk disk;
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "a");
  fixture.deliver("flood", Kind::telemetry, 1);
  const std::uint64_t before = disk.changes();
  std::vector<core::Parcel> none;
  REQUIRE(fixture.store->commit(none).ok());
  CHECK(disk.changes() == before);
  REQUIRE(fixture.store->flush_acknowledged().ok());
  CHECK(disk.changes() > before);
}

TEST_CASE("an I/O error changes nothing, and the same parcels can be given again") {
  test::FaultyDisk disk;
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "a");
  fixture.deliver("flood", Kind::telemetry, 1);
  disk.broken = true;
  std::vector<core::Parcel> parcels{test::parcel(test::envelope("flood", Kind::telemetry, "b"))};
  const auto failed = fixture.store->commit(parcels);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code() == core::ErrorCode::retry);
  REQUIRE(parcels.size() == 1);
  CHECK(core::as_text(parcels[0].envelopes.at(0).payload) == "b");
  CHECK(fixture.store->trouble() != "");
  CHECK(fixture.store->streams()[0].next_sequence == 2);

  disk.broken = false;
  REQUIRE(fixture.store->commit(parcels).ok());
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.payloads("flood", Kind::telemetry) == std::vector<std::string>{"b"});
  CHECK(fixture.store->streams()[0].rows == 1);
}
