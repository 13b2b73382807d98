#include "agent/outbox/store.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>

#include "tests/outbox/fixture.h"

using namespace afferent;
using core::ErrorCode;
using core::Kind;
using test::StoreFixture;
using Texts = std::vector<std::string>;

TEST_CASE("rows come back in order with their sequence, predecessor, boot and readings") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "a");
  fixture.put("flood", Kind::telemetry, "");
  fixture.put("flood", Kind::telemetry, "c");
  for (const bool reopened : {false, true}) {
    CAPTURE(reopened);
    if (reopened) fixture.must_open();
    const auto rows = fixture.rows("flood", Kind::telemetry);
    REQUIRE(rows.size() == 3);
    CHECK(core::as_text(rows[0].payload) == "a");
    CHECK(rows[1].payload.empty());
    for (std::size_t index = 0; index < 3; ++index) {
      CHECK(rows[index].sequence == index + 1);
      CHECK(rows[index].previous == index);
      CHECK(rows[index].boot == fixture.clock.boot_id);
      CHECK(rows[index].readings == 10);
    }
    CHECK(fixture.rows("flood", Kind::telemetry, 2).size() == 1);
    CHECK(fixture.rows("flood", Kind::telemetry, 3).empty());
    CHECK(fixture.rows("flood", Kind::telemetry, UINT64_MAX).empty());
  }
}

TEST_CASE("each stream counts for itself and keeps its index after a restart") {
  StoreFixture fixture;
  fixture.must_open();
  CHECK(fixture.put("water", Kind::telemetry, "w1") == 1);
  CHECK(fixture.put("flood", Kind::telemetry, "f1") == 1);
  CHECK(fixture.put("water", Kind::alert, "alert") == 1);
  CHECK(fixture.put("water", Kind::telemetry, "w2") == 2);
  fixture.must_open();
  REQUIRE(fixture.store->streams().size() == 3);
  CHECK(fixture.stream("water", Kind::telemetry) == 0);
  CHECK(fixture.stream("flood", Kind::telemetry) == 1);
  CHECK(fixture.stream("water", Kind::alert) == 2);
  CHECK(fixture.store->streams()[2].priority == core::Priority::alert);
  CHECK(fixture.payloads("water", Kind::telemetry) == Texts{"w1", "w2"});
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"f1"});
}

TEST_CASE("reading gives at least one row and stops at the wanted bytes") {
  StoreFixture fixture;
  fixture.must_open();
  for (int number = 0; number < 5; ++number) fixture.put("flood", Kind::telemetry, std::string(100, 'x'));
  for (const bool reopened : {false, true}) {
    if (reopened) fixture.must_open();
    CHECK(fixture.store->read(0, 0, 0)->size() == 1);
    CHECK(fixture.store->read(0, 0, 299)->size() == 2);
    CHECK(fixture.store->read(0, 0, 300)->size() == 3);
    CHECK(fixture.store->read(0, 3, 300)->size() == 2);
    CHECK(fixture.store->read(7, 0, 300)->empty());
  }
}

TEST_CASE("a row larger than the memory for recent rows is read like any other") {
  StoreFixture fixture;
  fixture.options.quota = 64 << 20;
  fixture.must_open();
  const std::string large(3 << 20, 'y');
  fixture.put("flood", Kind::telemetry, "a");
  fixture.put("flood", Kind::telemetry, large);
  fixture.put("flood", Kind::telemetry, "c");
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"a", large, "c"});
  CHECK(fixture.rows("flood", Kind::telemetry, 2).size() == 1);
}

TEST_CASE("what is acknowledged is not read again and is gone after the next commit, in whatever order it comes") {
  StoreFixture fixture;
  fixture.must_open();
  for (const char* text : {"1", "2", "3", "4", "5"}) fixture.put("flood", Kind::telemetry, text);
  for (const std::uint64_t sequence : {4u, 1u, 2u}) fixture.deliver("flood", Kind::telemetry, sequence);
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"3", "5"});
  CHECK(fixture.store->streams()[0].rows == 5);
  fixture.put("flood", Kind::telemetry, "6");
  CHECK(fixture.store->streams()[0].rows == 3);
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"3", "5", "6"});
  CHECK(fixture.store->streams()[0].rows == 3);
  CHECK(fixture.rows("flood", Kind::telemetry)[1].previous == 4);
}

TEST_CASE("an acknowledgement of what was never stored does nothing") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "1");
  fixture.store->acknowledged(0, 2);
  fixture.store->acknowledged(0, 0);
  fixture.store->acknowledged(9, 1);
  fixture.put("flood", Kind::telemetry, "2");
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"1", "2"});
}

TEST_CASE("bytes fall to nothing when all is delivered") {
  StoreFixture fixture;
  fixture.must_open();
  for (int number = 0; number < 20; ++number) fixture.put("flood", Kind::telemetry, std::string(5000, 'x'));
  CHECK(fixture.store->bytes() >= 100'000);
  const std::uint64_t bytes = fixture.store->bytes();
  fixture.must_open();
  CHECK(fixture.store->bytes() == bytes);
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) fixture.deliver("flood", Kind::telemetry, sequence);
  REQUIRE(fixture.store->flush_acknowledged().ok());
  CHECK(fixture.store->bytes() == 0);
}

TEST_CASE("a sequence is never used again, not after all rows are gone and the store was closed") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "1");
  fixture.put("flood", Kind::telemetry, "2");
  const std::uint64_t epoch = fixture.store->epoch();
  CHECK(epoch != 0);
  fixture.deliver("flood", Kind::telemetry, 1);
  fixture.deliver("flood", Kind::telemetry, 2);
  REQUIRE(fixture.store->flush_acknowledged().ok());
  fixture.must_open();
  CHECK(fixture.store->epoch() == epoch);
  CHECK(fixture.store->streams()[0].rows == 0);
  CHECK(fixture.put("flood", Kind::telemetry, "3") == 3);
  CHECK(fixture.rows("flood", Kind::telemetry)[0].previous == 2);
}

TEST_CASE("two stores have different epochs") {
  StoreFixture one;
  StoreFixture other;
  other.random.next();
  one.must_open();
  other.must_open();
  CHECK(one.store->epoch() != other.store->epoch());
}

TEST_CASE("state is committed with its envelope, replaced, forgotten and read back") {
  StoreFixture fixture;
  fixture.must_open();
  std::vector<core::Parcel> parcels(1);
  parcels[0].envelopes.push_back(test::envelope("flood", Kind::alert, "raised"));
  parcels[0].changes = {test::state("rule/a", "old"), test::state("rule/b", "kept", 7), test::state("rule/c", "gone")};
  REQUIRE(fixture.store->commit(parcels).ok());
  CHECK(parcels.empty());
  parcels.resize(1);
  parcels[0].changes = {test::state("rule/a", "new"), test::state("rule/c", "")};
  REQUIRE(fixture.store->commit(parcels).ok());
  fixture.must_open();
  const auto states = fixture.store->states();
  REQUIRE(states.size() == 2);
  CHECK(core::as_text(states.at("rule/a").bytes) == "new");
  CHECK(states.at("rule/b").version == 7);
  CHECK(states.at("rule/b").key == "rule/b");
}

TEST_CASE("a message that the broker refuses for good leaves its stream with a Gap") {
  StoreFixture fixture;
  fixture.must_open();
  for (const char* text : {"1", "2", "3"}) fixture.put("flood", Kind::telemetry, text);
  fixture.store->offered(0, 3);
  REQUIRE(fixture.store->set_aside(0, 2, "too large").ok());
  const auto rows = fixture.rows("flood", Kind::telemetry);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].previous == 2);
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 2-2 messages 1 readings 10 too large"});
  CHECK(fixture.store->dropped_readings() == 10);
  REQUIRE(fixture.store->set_aside(0, 2, "too large").ok());
  CHECK(fixture.payloads("flood", Kind::gap).size() == 1);
}

TEST_CASE("a Gap that was not read yet grows; one that was read stays as it is") {
  StoreFixture fixture;
  fixture.must_open();
  for (const char* text : {"1", "2", "3"}) fixture.put("flood", Kind::telemetry, text);
  REQUIRE(fixture.store->set_aside(0, 1, "too large").ok());
  REQUIRE(fixture.store->set_aside(0, 2, "too large").ok());
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 1-2 messages 2 readings 20 too large"});
  REQUIRE(fixture.store->set_aside(0, 3, "too large").ok());
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 1-2 messages 2 readings 20 too large",
                                                      "flood/telemetry 3-3 messages 1 readings 10 too large"});
}

TEST_CASE("a refused Gap makes no further Gap") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::gap, "gap");
  REQUIRE(fixture.store->set_aside(0, 1, "malformed").ok());
  CHECK(fixture.store->streams().size() == 1);
  CHECK(fixture.store->streams()[0].rows == 0);
  CHECK(fixture.log.contains("malformed"));
}

TEST_CASE("boots are remembered with their rows, improved, and forgotten when no row refers to them") {
  StoreFixture fixture;
  fixture.must_open();
  const auto remember = [&](std::uint64_t boot, std::int64_t utc) {
    fixture.clock.boot_id = boot;
    REQUIRE(fixture.store->remember_boot({boot, core::Micros(utc), core::ClockState::holdover}).ok());
  };
  remember(1, 1000);
  fixture.put("flood", Kind::telemetry, "of the first boot");
  remember(2, 2000);
  remember(2, 2500);
  fixture.put("flood", Kind::telemetry, "of the second boot");
  remember(3, 3000);
  fixture.must_open();
  const core::BootFact second = fixture.store->boot(2).value_or(core::BootFact{});
  CHECK(second.utc_at_boot == core::Micros(2500));
  CHECK(second.clock == core::ClockState::holdover);
  CHECK(fixture.store->boot(1).has_value());
  CHECK_FALSE(fixture.store->boot(4).has_value());
  CHECK(fixture.rows("flood", Kind::telemetry)[0].boot == 1);

  fixture.deliver("flood", Kind::telemetry, 1);
  fixture.must_open();
  CHECK_FALSE(fixture.store->boot(1).has_value());
  CHECK(fixture.store->boot(2).has_value());
  CHECK(fixture.store->boot(3).has_value());
}

TEST_CASE("a row that is moved to the end of its stream keeps all but its place, also after a restart") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.clock.boot_id = 3;
  for (const char letter : {'a', 'b', 'c', 'd'}) fixture.put("flood", Kind::telemetry, std::string(1, letter));
  const std::uint64_t bytes = fixture.store->bytes();
  const std::size_t stream = fixture.stream("flood", Kind::telemetry);
  fixture.store->offered(stream, 4);
  fixture.deliver("flood", Kind::telemetry, 2);
  fixture.clock.boot_id = 4;
  const std::vector<std::uint64_t> moved{1, 3, 9};
  REQUIRE(fixture.store->move_to_end(stream, moved).ok());
  fixture.put("flood", Kind::telemetry, "e");
  for (int open = 0; open < 2; ++open) {
    CAPTURE(open);
    const auto rows = fixture.rows("flood", Kind::telemetry);
    REQUIRE(rows.size() == 4);
    std::string all;
    for (const auto& row : rows) {
      all += std::to_string(row.sequence) + "<" + std::to_string(row.previous) +
             std::string(row.payload.begin(), row.payload.end()) + " ";
    }
    CHECK(all == "4<3d 5<4a 6<5c 7<6e ");
    CHECK(rows[1].boot == 3);
    CHECK(rows[1].readings == 10);
    CHECK(fixture.store->streams()[stream].rows == 4);
    CHECK(fixture.store->bytes() == bytes);
    fixture.must_open();
  }
  CHECK(fixture.store->dropped_readings() == 0);
}

TEST_CASE("a folder that does not exist is named") {
  StoreFixture fixture;
  fixture.options.path = fixture.folder.path() + "/missing/store.db";
  const auto opened = fixture.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code() == ErrorCode::bad_config);
  CHECK(opened.error().message() ==
        "store: " + fixture.options.path + ": there is no such folder; make it for the agent");
}

namespace {

void run_sql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

}  // namespace

TEST_CASE("a store of a newer version is refused and not touched") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "precious");
  fixture.close();
  run_sql(fixture.options.path, "PRAGMA user_version = 7");
  const std::string before = test::read_file(fixture.options.path);
  const auto opened = fixture.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code() == ErrorCode::bad_config);
  CHECK(opened.error().message().find("version 7") != std::string::npos);
  CHECK(opened.error().message().find("up to 2") != std::string::npos);
  CHECK(test::read_file(fixture.options.path) == before);
  run_sql(fixture.options.path, "PRAGMA user_version = 2");
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"precious"});
}

TEST_CASE("somebody else's database is refused and not touched") {
  StoreFixture fixture;
  run_sql(fixture.options.path, "CREATE TABLE recipes(name TEXT); INSERT INTO recipes VALUES('soup')");
  const std::string before = test::read_file(fixture.options.path);
  const auto opened = fixture.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code() == ErrorCode::bad_config);
  CHECK(test::read_file(fixture.options.path) == before);
}

TEST_CASE("a store that another program has open is refused and not touched") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "kept");
  fixture.close();
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(fixture.options.path.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN; SELECT count(*) FROM message", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto opened = fixture.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code() == ErrorCode::bad_config);
  CHECK(opened.error().message().find("locked") != std::string::npos);
  sqlite3_close(other);
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"kept"});
}

TEST_CASE("an empty file that was never a store becomes one") {
  StoreFixture fixture;
  test::write_file(fixture.options.path, "");
  fixture.must_open();
  CHECK(fixture.put("flood", Kind::telemetry, "1") == 1);
  CHECK(fixture.store->trouble() == "");
}

TEST_CASE("the WAL stays short over many rounds") {
  StoreFixture fixture;
  fixture.options.quota = 64 << 20;
  fixture.must_open();
  for (int number = 0; number < 100; ++number) {
    fixture.put("flood", Kind::telemetry, std::string(80'000, 'x'));
    if (number % 2 == 0) fixture.store->tidy();
  }
  CHECK(std::filesystem::file_size(fixture.options.path + "-wal") < 3u << 20);
}
