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
  fixture.put("water", Kind::alert, "counted");
  fixture.deliver("water", Kind::alert, 2);
  REQUIRE(fixture.store->flush_acknowledged().ok());
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
  CHECK(fixture.store->committed_readings() == 10);
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

TEST_CASE("damaged files of a store that is named without a folder are bounded, too") {
  StoreFixture fixture;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(fixture.folder.path());
  fixture.options.path = "store.db";
  for (int time = 0; time < 5; ++time) {
    test::write_file(fixture.options.path, "garbage" + std::string(600, 'g'));
    fixture.must_open();
    fixture.close();
  }
  std::filesystem::current_path(before);
  const auto names = fixture.folder.names();
  CHECK(std::count_if(names.begin(), names.end(), [](const std::string& name) {
          return name.find(".damaged-") != name.npos && !name.ends_with("-wal") && !name.ends_with("-shm");
        }) == 3);
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

TEST_CASE("a message that is not what was committed is taken out and accounted for, the others arrive") {
  StoreFixture fixture;
  fixture.must_open();
  for (const char* payload : {"first-reading", "second-reading", "third-reading"}) {
    fixture.put("flood", Kind::telemetry, payload);
  }
  std::vector<core::Parcel> states(1);
  states[0].changes = {test::state("rule/a", "level-state"), test::state("rule/b", "other-state")};
  REQUIRE(fixture.store->commit(states).ok());
  fixture.close();
  std::string content = test::read_file(fixture.options.path);
  for (const std::string_view text : {"second-reading", "level-state"}) {
    const std::size_t at = content.find(text);
    REQUIRE(at != content.npos);
    content[at] = static_cast<char>(content[at] ^ 1);
  }
  test::write_file(fixture.options.path, content);
  fixture.must_open();
  const std::uint64_t epoch = fixture.store->epoch();
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"first-reading", "third-reading"});
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 2-2 messages 1 readings 10 damaged"});
  CHECK(fixture.store->epoch() == epoch);
  CHECK(fixture.store->trouble() == "a stored message was damaged");
  CHECK(fixture.store->states().count("rule/a") == 0);
  CHECK(fixture.store->states().count("rule/b") == 1);
  CHECK(fixture.log.contains("state 'rule/a' is not what was written"));
}

TEST_CASE("a file that was emptied is a damaged store, not a new one") {
  StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "1");
  fixture.close();
  test::write_file(fixture.options.path, "");
  fixture.must_open();
  check_new_life(fixture);
  CHECK(fixture.payloads("node", Kind::gap) == Texts{"node/telemetry 0-0 messages 0 readings 0 damaged store"});
}

TEST_CASE("a WAL with damage before its end makes the store a damaged one, a WAL that a crash cut short does not") {
  StoreFixture fixture;
  fixture.must_open();
  for (int number = 0; number < 6; ++number) fixture.put("flood", Kind::telemetry, std::to_string(number));
  // As after SIGKILL: both files as they lie there now.
  const std::string main = test::read_file(fixture.options.path);
  std::string wal = test::read_file(fixture.options.path + "-wal");
  fixture.close();
  REQUIRE(wal.size() > 32 + 3 * 4120);
  bool damaged = true;
  SUBCASE("in its header") { wal.replace(0, 64, std::string(64, '\x55')); }
  SUBCASE("in its midst") { wal[32 + 24 + 100] = static_cast<char>(wal[32 + 24 + 100] ^ 4); }
  SUBCASE("all of it") { wal.assign(wal.size(), '\x55'); }
  SUBCASE("cut within the last frame") {
    damaged = false;
    wal.resize(wal.size() - 1000);
  }
  SUBCASE("a bad last frame") {
    damaged = false;
    wal.back() = static_cast<char>(wal.back() ^ 1);
  }
  SUBCASE("whole") { damaged = false; }
  test::write_file(fixture.options.path, main);
  test::write_file(fixture.options.path + "-wal", wal);
  fixture.must_open();
  if (damaged) {
    check_new_life(fixture);
  } else {
    CHECK(fixture.store->trouble() == "");
    CHECK(fixture.payloads("flood", Kind::telemetry).size() >= 5);
  }
}
