// A disk without room: telemetry gives way and is accounted for, alerts arrive, and all is well when space returns.
#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "tests/outbox/faulty_disk.h"
#include "tests/outbox/fixture.h"

using namespace afferent;
using core::ErrorCode;
using core::Kind;
using test::StoreFixture;
using Texts = std::vector<std::string>;

namespace {

// A tmpfs of 2 MB in a mount namespace of this process, so that nothing of it outlives the test.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& folder) : folder_(folder) {
    std::filesystem::create_directory(folder_);
    REQUIRE(::unshare(CLONE_NEWNS) == 0);
    REQUIRE(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    REQUIRE(::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=2m") == 0);
  }
  ~SmallDisk() { ::umount2(folder_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::uint64_t free() const { return std::filesystem::space(folder_).available; }
  void fill_but(std::uint64_t bytes) const {
    if (free() > bytes)
      test::write_file(folder_ + "/others", std::string(static_cast<std::size_t>(free() - bytes), 'o'));
  }
  void clear() const { std::filesystem::remove(folder_ + "/others"); }

 private:
  std::string folder_;
};

struct SmallDiskFixture : StoreFixture {
  SmallDisk disk{folder.path() + "/disk"};
  SmallDiskFixture() {
    options.path = folder.path() + "/disk/store.db";
    options.quota = 64 << 20;
    options.ballast = 512 << 10;
  }
  ~SmallDiskFixture() { close(); }
  SmallDiskFixture(const SmallDiskFixture&) = delete;
  SmallDiskFixture& operator=(const SmallDiskFixture&) = delete;
  bool ballast() const {
    struct stat facts{};
    return ::stat((options.path + ".ballast").c_str(), &facts) == 0 && facts.st_blocks * 512 >= 512 << 10;
  }
};

// Readings that Gaps with this reason tell of.
std::uint64_t told(StoreFixture& fixture, const std::string& reason) {
  std::uint64_t sum = 0;
  for (const std::string& text : fixture.payloads("flood", Kind::gap)) {
    if (!text.ends_with(reason)) continue;
    sum += std::stoull(text.substr(text.find("readings ") + 9));
  }
  return sum;
}

std::uint64_t stored(StoreFixture& fixture) {
  const auto rows = fixture.rows("flood", Kind::telemetry);
  return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const outbox::Row& row) { return sum + row.readings; });
}

}  // namespace

TEST_CASE("a first start on a full disk waits for room, and stores then") {
  SmallDiskFixture fixture;
  fixture.disk.fill_but(0);
  fixture.must_open();
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
  CHECK_FALSE(fixture.commit(test::envelope("flood", Kind::alert, "early")).ok());
  fixture.disk.clear();
  CHECK(fixture.put("flood", Kind::alert, "red") == 1);
  CHECK(fixture.store->epoch() != 0);
  CHECK(fixture.payloads("flood", Kind::alert) == Texts{"red"});
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::alert) == Texts{"red"});
}

TEST_CASE("a start on a full disk with an empty file, as a power cut may leave it, waits for room as well") {
  SmallDiskFixture fixture;
  test::write_file(fixture.options.path, "");
  fixture.disk.fill_but(0);
  fixture.must_open();
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
  fixture.disk.clear();
  CHECK(fixture.put("flood", Kind::alert, "red") == 1);
}

TEST_CASE("a damaged store on a disk that was full before the start is set aside, and the new one waits for room") {
  SmallDiskFixture fixture;
  test::write_file(fixture.options.path, "this is not a database" + std::string(9000, '\x07'));
  fixture.disk.fill_but(0);
  fixture.must_open();
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
  CHECK(fixture.store->trouble().find("damaged store set aside") != std::string::npos);
  CHECK_FALSE(fixture.commit(test::envelope("flood", Kind::alert, "early")).ok());
  fixture.disk.clear();
  CHECK(fixture.put("flood", Kind::alert, "red") == 1);
  CHECK(fixture.store->epoch() != 0);
  CHECK(fixture.payloads("node", Kind::gap) == Texts{"node/telemetry 0-0 messages 0 readings 0 damaged store"});
}

TEST_CASE("the ballast has real blocks while the disk has room") {
  SmallDiskFixture fixture;
  fixture.must_open();
  CHECK(fixture.ballast());
  CHECK(fixture.store->trouble() == "");
}

TEST_CASE("on a full disk alerts arrive, lost telemetry is accounted for, and all is well when space returns") {
  SmallDiskFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "before");
  fixture.disk.fill_but(0);
  std::uint64_t given = 10;
  for (int number = 0; number < 100; ++number) {
    REQUIRE(fixture.commit(test::envelope("flood", Kind::telemetry, std::string(8000, 't'))).ok());
    REQUIRE(fixture.commit(test::envelope("flood", Kind::alert, "alert " + std::to_string(number))).ok());
    given += 10;
  }
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
  CHECK(fixture.log.contains("disk full"));
  CHECK(fixture.payloads("flood", Kind::alert).size() == 100);
  CHECK(told(fixture, "disk full") > 0);
  CHECK(told(fixture, "disk full") == fixture.store->dropped_readings());
  CHECK(stored(fixture) + told(fixture, "disk full") == given);

  fixture.disk.clear();
  REQUIRE(fixture.commit(test::envelope("flood", Kind::telemetry, "after")).ok());
  CHECK(fixture.payloads("flood", Kind::telemetry).back() == "after");
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.ballast());
  fixture.must_open();
  CHECK(fixture.payloads("flood", Kind::alert).size() == 100);
  CHECK(stored(fixture) + told(fixture, "disk full") == given + 10);
}

TEST_CASE("the ballast is released for alerts, not for telemetry") {
  SmallDiskFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "before");
  fixture.disk.fill_but(0);
  for (int number = 0; number < 300 && fixture.ballast(); ++number) {
    REQUIRE(fixture.commit(test::envelope("flood", Kind::alert, std::string(2000, '!'))).ok());
  }
  CHECK_FALSE(fixture.ballast());
  CHECK(fixture.log.contains("ballast released"));
  const std::uint64_t before = fixture.store->streams()[0].next_sequence;
  for (int number = 0; number < 10; ++number) {
    REQUIRE(fixture.commit(test::envelope("flood", Kind::telemetry, "t")).ok());
  }
  CHECK(fixture.store->streams()[0].next_sequence == before);
  CHECK(told(fixture, "disk full") == 100);
}

TEST_CASE("a full disk can be drained: deletes work and make room for alerts") {
  SmallDiskFixture fixture;
  fixture.must_open();
  std::uint64_t last = 0;
  while (fixture.disk.free() > 200'000) last = fixture.put("flood", Kind::telemetry, std::string(8000, 't'));
  fixture.disk.fill_but(0);
  int alerts = 0;
  for (; alerts < 2000; ++alerts) {
    if (!fixture.commit(test::envelope("flood", Kind::alert, std::string(2000, '!')))) break;
  }
  // Telemetry was given up for the alerts before one was refused, and a Gap says so.
  CHECK(fixture.payloads("flood", Kind::telemetry).empty());
  CHECK(told(fixture, "disk full") == last * 10);
  CHECK(alerts > 100);
  for (std::uint64_t sequence = 1; sequence <= last; ++sequence) fixture.deliver("flood", Kind::telemetry, sequence);
  for (std::uint64_t sequence = 1; sequence <= 50; ++sequence) fixture.deliver("flood", Kind::alert, sequence);
  REQUIRE(fixture.store->flush_acknowledged().ok());
  REQUIRE(fixture.commit(test::envelope("flood", Kind::alert, "the last")).ok());
  CHECK(fixture.payloads("flood", Kind::alert).back() == "the last");
}

TEST_CASE("a disk that the store itself filled is usable again when the rows are delivered") {
  SmallDiskFixture fixture;
  fixture.must_open();
  const auto telemetry = test::envelope("flood", Kind::telemetry, std::string(8000, 't'));
  while (fixture.store->trouble().empty()) REQUIRE(fixture.commit(telemetry).ok());
  while (fixture.ballast()) REQUIRE(fixture.commit(test::envelope("flood", Kind::alert, std::string(2000, '!'))).ok());
  for (const Kind kind : {Kind::telemetry, Kind::alert, Kind::gap}) {
    for (const outbox::Row& row : fixture.rows("flood", kind)) fixture.deliver("flood", kind, row.sequence);
  }
  REQUIRE(fixture.store->flush_acknowledged().ok());
  const std::uint64_t dropped = fixture.store->dropped_readings();
  REQUIRE(fixture.commit(telemetry).ok());
  CHECK(fixture.store->dropped_readings() == dropped);
  CHECK(fixture.payloads("flood", Kind::telemetry).size() == 1);
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.ballast());
}

TEST_CASE("free pages of the file count as room while the rest is too much to be moved") {
  SmallDiskFixture fixture;
  fixture.options.ballast = 64 << 10;
  fixture.must_open();
  const auto telemetry = test::envelope("flood", Kind::telemetry, std::string(8000, 't'));
  while (fixture.store->trouble().empty()) REQUIRE(fixture.commit(telemetry).ok());
  while (std::filesystem::exists(fixture.options.path + ".ballast")) {
    REQUIRE(fixture.commit(test::envelope("flood", Kind::alert, std::string(2000, '!'))).ok());
  }
  const std::vector<outbox::Row> rows = fixture.rows("flood", Kind::telemetry);
  constexpr std::size_t kKept = 20;
  REQUIRE(rows.size() > 3 * kKept);
  for (std::size_t row = kKept; row < rows.size(); ++row) {
    fixture.deliver("flood", Kind::telemetry, rows[row].sequence);
  }
  REQUIRE(fixture.store->flush_acknowledged().ok());
  const std::uint64_t dropped = fixture.store->dropped_readings();
  REQUIRE(fixture.commit(telemetry).ok());
  CHECK(fixture.store->dropped_readings() == dropped);
  CHECK(fixture.payloads("flood", Kind::telemetry).size() == kKept + 1);
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
}

TEST_CASE("an alert that cannot be stored at all is handed back") {
  SmallDiskFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::alert, "before");
  fixture.disk.fill_but(0);
  std::vector<core::Parcel> parcels{test::parcel(test::envelope("flood", Kind::alert, std::string(2 << 20, '!')))};
  parcels[0].envelopes.push_back(test::envelope("flood", Kind::telemetry, "t"));
  parcels[0].changes.push_back(test::state("rule/a", "raised"));
  const auto refused = fixture.store->commit(parcels);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == ErrorCode::full);
  REQUIRE(parcels.size() == 1);
  CHECK(parcels[0].envelopes.size() == 1);
  CHECK(parcels[0].changes.size() == 1);
  CHECK(fixture.store->states().empty());
  CHECK(fixture.store->dropped_readings() == 10);
  CHECK(fixture.store->committed_readings() == 10);
  CHECK_FALSE(fixture.store->commit(parcels).ok());
  const std::string once = "nothing more fits on the disk";
  CHECK(std::count_if(fixture.log.lines.begin(), fixture.log.lines.end(),
                      [&](const std::string& line) { return line.find(once) != std::string::npos; }) == 1);

  parcels[0].envelopes[0].payload.resize(100);
  REQUIRE(fixture.store->commit(parcels).ok());
  CHECK(fixture.payloads("flood", Kind::alert).size() == 2);
  CHECK(told(fixture, "disk full") == 10);
  CHECK(fixture.store->committed_readings() == 20);
  CHECK(fixture.store->trouble().find(once) == std::string::npos);
}

TEST_CASE("a store on a disk that was full before the start comes up and says so") {
  SmallDiskFixture fixture;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "kept");
  fixture.close();
  std::filesystem::remove(fixture.options.path + ".ballast");
  fixture.disk.fill_but(0);
  fixture.must_open();
  CHECK(fixture.store->trouble().find("disk full") != std::string::npos);
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"kept"});
  fixture.disk.clear();
  fixture.put("flood", Kind::telemetry, "more");
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"kept", "more"});
}

TEST_CASE("a ballast that cannot be made is not taken for a full disk") {
  StoreFixture fixture;
  std::filesystem::create_directory(fixture.options.path + ".ballast");
  fixture.must_open();
  CHECK(fixture.store->trouble() == "");
  CHECK(fixture.put("flood", Kind::telemetry, "a") == 1);
}

TEST_CASE("a full disk in the middle of a transaction leaves nothing of it") {
  test::FaultyDisk disk;
  StoreFixture fixture;
  fixture.options.quota = 64 << 20;
  fixture.must_open();
  fixture.put("flood", Kind::telemetry, "a");
  disk.capacity = disk.used() + 30'000;
  std::vector<core::Parcel> parcels{
      test::parcel(test::envelope("flood", Kind::telemetry, std::string(3 << 20, 't'), 7)),
      test::parcel(test::envelope("flood", Kind::alert, "red"))};
  parcels[0].changes.push_back(test::state("rule/a", "level"));
  REQUIRE(fixture.store->commit(parcels).ok());
  CHECK(parcels.empty());
  CHECK(fixture.payloads("flood", Kind::telemetry) == Texts{"a"});
  CHECK(fixture.payloads("flood", Kind::alert) == Texts{"red"});
  CHECK(core::as_text(fixture.store->states().at("rule/a").bytes) == "level");
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 0-0 messages 1 readings 7 disk full"});
  disk.capacity = UINT64_MAX;
  CHECK(fixture.put("flood", Kind::telemetry, "b") == 2);
}
