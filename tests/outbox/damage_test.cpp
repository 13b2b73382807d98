// Damaged databases: set aside and kept, a new epoch, and the agent goes on.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/outbox/fixture.h"

using namespace afferent;
using core::Kind;
using test::StoreFixture;
using Texts = std::vector<std::string>;

namespace {

std::string aside_of(const StoreFixture& fixture) { return fixture.options.path + ".damaged-20260921T141320Z"; }

void fill(StoreFixture& fixture, int rows, std::size_t size = 3000) {
  while (rows > 0) {
    std::vector<core::Parcel> parcels(1);
    for (int number = 0; number < 25 && rows > 0; ++number, --rows) {
      parcels[0].envelopes.push_back(test::envelope("flood", Kind::telemetry, std::string(size, 'x')));
    }
    REQUIRE(fixture.store->commit(parcels).ok());
  }
}

// Overwrites the middle of the main file, behind the back of the running store.
void scribble(const std::string& path, std::size_t from, std::size_t size) {
  std::string content = test::read_file(path);
  REQUIRE(content.size() > from + size);
  content.replace(from, size, std::string(size, '\x5A'));
  test::write_file(path, content);
}

void check_new_life(StoreFixture& fixture) {
  CHECK(fixture.store->trouble().find("damaged store set aside as " + aside_of(fixture)) != std::string::npos);
  CHECK(fixture.log.contains("damaged"));
  CHECK(std::filesystem::exists(aside_of(fixture)));
  CHECK_FALSE(std::filesystem::exists(fixture.options.path + ".setting-aside"));
}

}  // namespace

TEST_CASE("a file of garbage is set aside unchanged and a new store begins") {
  StoreFixture fixture;
  const std::string garbage = "this is not a database " + std::string(9000, '\x07');
  test::write_file(fixture.options.path, garbage);
  test::write_file(fixture.options.path + "-wal", "old wal");
  fixture.must_open();
  check_new_life(fixture);
  CHECK(test::read_file(aside_of(fixture)) == garbage);
  CHECK(test::read_file(aside_of(fixture) + "-wal") == "old wal");
  CHECK(fixture.payloads("node", Kind::gap) == Texts{"node/telemetry 0-0 messages 0 readings 0 damaged store"});
  CHECK(fixture.put("flood", Kind::telemetry, "1") == 1);
  fixture.must_open();
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"1"});
}

TEST_CASE("a database that was cut short is set aside, with a new epoch") {
  StoreFixture fixture;
  fixture.must_open();
  const std::uint64_t epoch = fixture.store->epoch();
  fill(fixture, 100);
  fixture.close();
  std::filesystem::resize_file(fixture.options.path, std::filesystem::file_size(fixture.options.path) / 2);
  fixture.must_open();
  check_new_life(fixture);
  CHECK(fixture.store->epoch() != epoch);
  CHECK(fixture.payloads("flood", Kind::telemetry).empty());
}

TEST_CASE("damage inside a small database is found when it is opened") {
  StoreFixture fixture;
  fixture.must_open();
  fill(fixture, 100);
  fixture.close();
  scribble(fixture.options.path, 80 << 10, 32 << 10);
  fixture.must_open();
  check_new_life(fixture);
}

TEST_CASE("damage that a call finds later costs that file, not the call") {
  StoreFixture fixture;
  fixture.options.quota = 64 << 20;
  fixture.options.reserve = 1 << 20;
  fixture.must_open();
  REQUIRE(fixture.store->remember_boot({fixture.clock.boot_id, core::Micros(5), core::ClockState::synced}).ok());
  fixture.put("water", Kind::alert, "alert");
  fill(fixture, 400, 20'000);
  fixture.deliver("water", Kind::alert, 1);
  std::vector<core::Parcel> parcels(1);
  parcels[0].changes.push_back(test::state("rule/a", "level"));
  REQUIRE(fixture.store->commit(parcels).ok());
  fixture.must_open();  // checkpointed; too large to be checked in full
  const std::uint64_t epoch = fixture.store->epoch();
  const std::size_t stream = fixture.stream("flood", Kind::telemetry);
  REQUIRE(stream == 1);
  scribble(fixture.options.path, 1 << 20, 6 << 20);

  SUBCASE("reading") {
    std::uint64_t after = 0;
    for (int calls = 0; calls < 1000 && fixture.store->epoch() == epoch; ++calls) {
      const auto rows = fixture.store->read(stream, after, 100'000);
      REQUIRE(rows.ok());
      if (!rows->empty()) after = rows->back().sequence;
    }
  }
  SUBCASE("deleting") {
    for (std::uint64_t sequence = 1; sequence <= 400; ++sequence) {
      fixture.deliver("flood", Kind::telemetry, sequence);
    }
    REQUIRE(fixture.store->flush_acknowledged().ok());
  }
  check_new_life(fixture);
  CHECK(fixture.store->epoch() != epoch);
  CHECK(fixture.stream("flood", Kind::telemetry) == stream);
  CHECK(fixture.store->streams()[0].next_sequence == 1);
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 0-0 messages 400 readings 0 damaged store"});
  CHECK(fixture.payloads("water", Kind::gap).empty());
  CHECK(fixture.put("flood", Kind::telemetry, "on") == 1);
  CHECK(fixture.store->boot(fixture.clock.boot_id).has_value());
  CHECK(core::as_text(fixture.store->states().at("rule/a").bytes) == "level");
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"on"});
  CHECK(fixture.stream("flood", Kind::telemetry) == stream);
  CHECK(fixture.store->boot(fixture.clock.boot_id).has_value());
}

TEST_CASE("a commit that finds the damage is done on the new store") {
  StoreFixture fixture;
  fixture.options.quota = 64 << 20;
  fixture.must_open();
  fill(fixture, 400, 20'000);
  fixture.must_open();
  const std::uint64_t epoch = fixture.store->epoch();
  scribble(fixture.options.path, 1 << 20, 6 << 20);
  for (std::uint64_t sequence = 1; sequence <= 400; ++sequence) fixture.deliver("flood", Kind::telemetry, sequence);
  std::vector<core::Parcel> parcels{test::parcel(test::envelope("flood", Kind::alert, "red"))};
  REQUIRE(fixture.store->commit(parcels).ok());
  check_new_life(fixture);
  CHECK(fixture.store->epoch() != epoch);
  CHECK(fixture.payloads("flood", Kind::alert) == Texts{"red"});
}

TEST_CASE("damaged files are kept under names of their own, the last three of them") {
  StoreFixture fixture;
  for (int time = 0; time < 5; ++time) {
    test::write_file(fixture.options.path, "garbage " + std::to_string(time) + std::string(600, 'g'));
    fixture.must_open();
    fixture.close();
  }
  std::set<std::string> kept;
  for (const std::string& name : fixture.folder.names()) {
    if (name.find(".damaged-") != name.npos) {
      kept.insert(test::read_file(fixture.folder.path() + "/" + name).substr(0, 9));
    }
  }
  CHECK(kept == std::set<std::string>{"garbage 2", "garbage 3", "garbage 4"});
}

TEST_CASE("setting aside that a power cut interrupted is finished before the store is opened") {
  StoreFixture fixture;
  const std::string target = fixture.options.path + ".damaged-20260101T000000Z";
  test::write_file(fixture.options.path + ".setting-aside", target + "\n");
  test::write_file(target, "was renamed already");
  test::write_file(fixture.options.path + "-wal", "was not");
  fixture.must_open();
  CHECK(test::read_file(target) == "was renamed already");
  CHECK(test::read_file(target + "-wal") == "was not");
  CHECK(fixture.store->trouble() == "");
  CHECK_FALSE(std::filesystem::exists(fixture.options.path + ".setting-aside"));
}

TEST_CASE("a note of a setting aside that was cut short is not obeyed") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "kept");
  fixture.close();
  test::write_file(fixture.options.path + ".setting-aside", fixture.options.path + ".damaged-2026");
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"kept"});
}
