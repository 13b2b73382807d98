// What gives way when the outbox is as large as it may be.
#include <doctest/doctest.h>

#include "tests/outbox/fixture.h"

using namespace afferent;
using core::ErrorCode;
using core::Kind;
using test::StoreFixture;
using Texts = std::vector<std::string>;

namespace {

constexpr std::uint64_t kRow = 1000;  // what one() counts for
std::string one(char letter) { return std::string(kRow - 64, letter); }

void limit(StoreFixture& fixture, std::uint64_t telemetry_rows, std::uint64_t reserved_rows) {
  fixture.options.quota = (telemetry_rows + reserved_rows) * kRow + 500;
  fixture.options.reserve = reserved_rows * kRow;
  fixture.must_open();
}

std::vector<std::uint64_t> sequences(StoreFixture& fixture, std::string_view domain, Kind kind) {
  std::vector<std::uint64_t> found;
  for (const auto& row : fixture.rows(domain, kind)) found.push_back(row.sequence);
  return found;
}

}  // namespace

TEST_CASE("the oldest telemetry goes first, whatever its stream, and Gaps tell of it") {
  StoreFixture fixture;
  limit(fixture, 4, 2);
  fixture.put("flood", Kind::telemetry, one('a'));
  fixture.put("water", Kind::telemetry, one('b'));
  fixture.put("flood", Kind::telemetry, one('c'));
  fixture.put("water", Kind::telemetry, one('d'));
  CHECK(fixture.store->dropped_readings() == 0);
  fixture.put("water", Kind::telemetry, one('e'));
  fixture.put("water", Kind::telemetry, one('f'));
  fixture.put("water", Kind::telemetry, one('g'));
  CHECK(sequences(fixture, "flood", Kind::telemetry).empty());
  CHECK(sequences(fixture, "water", Kind::telemetry) == std::vector<std::uint64_t>{2, 3, 4, 5});
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 1-2 messages 2 readings 20 quota"});
  CHECK(fixture.payloads("water", Kind::gap) == Texts{"water/telemetry 1-1 messages 1 readings 10 quota"});
  CHECK(fixture.store->dropped_readings() == 30);
  CHECK(fixture.store->committed_readings() == 70);
}

TEST_CASE("what follows dropped rows still names them as its predecessors") {
  StoreFixture fixture;
  limit(fixture, 2, 1);
  for (int number = 0; number < 6; ++number) fixture.put("flood", Kind::telemetry, one('a'));
  fixture.must_open();
  const auto rows = fixture.rows("flood", Kind::telemetry);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].sequence == 5);
  CHECK(rows[0].previous == 4);
}

TEST_CASE("thousands of dropped rows make one Gap while nobody reads it") {
  StoreFixture fixture;
  limit(fixture, 4, 2);
  for (int round = 0; round < 20; ++round) {
    std::vector<core::Parcel> parcels(1);
    for (int number = 0; number < 50; ++number) {
      parcels[0].envelopes.push_back(test::envelope("flood", Kind::telemetry, one('a')));
    }
    REQUIRE(fixture.store->commit(parcels).ok());
  }
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 1-996 messages 996 readings 9960 quota"});
  fixture.put("flood", Kind::telemetry, one('a'));
  CHECK(fixture.payloads("flood", Kind::gap).size() == 2);
}

TEST_CASE("a Gap keeps to the boot that its times belong to") {
  StoreFixture fixture;
  limit(fixture, 2, 1);
  fixture.clock.boot_id = 1;
  fixture.put("flood", Kind::telemetry, one('a'));
  fixture.clock.boot_id = 2;
  for (int number = 0; number < 3; ++number) fixture.put("flood", Kind::telemetry, one('b'));
  const auto gaps = fixture.rows("flood", Kind::gap);
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0].boot == 1);
  CHECK(gaps[1].boot == 2);
}

TEST_CASE("what was offered to the broker is never dropped") {
  StoreFixture fixture;
  limit(fixture, 4, 2);
  for (const char letter : {'a', 'b', 'c', 'd'}) fixture.put("flood", Kind::telemetry, one(letter));
  fixture.store->offered(0, 2);
  for (const char letter : {'e', 'f', 'g'}) fixture.put("flood", Kind::telemetry, one(letter));
  CHECK(sequences(fixture, "flood", Kind::telemetry) == std::vector<std::uint64_t>{1, 2, 6, 7});
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 3-5 messages 3 readings 30 quota"});
}

TEST_CASE("new telemetry goes when all the older was offered") {
  StoreFixture fixture;
  limit(fixture, 2, 2);
  fixture.put("flood", Kind::telemetry, one('a'));
  fixture.put("flood", Kind::telemetry, one('b'));
  fixture.store->offered(0, 2);
  CHECK(fixture.put("flood", Kind::telemetry, one('c')) == 3);
  CHECK(sequences(fixture, "flood", Kind::telemetry) == std::vector<std::uint64_t>{1, 2});
  CHECK(fixture.payloads("flood", Kind::gap) == Texts{"flood/telemetry 3-3 messages 1 readings 10 quota"});
  CHECK(fixture.store->dropped_readings() == 10);
  CHECK(fixture.store->committed_readings() == 20);
}

TEST_CASE("alerts fit while telemetry fills its part, without a row dropped") {
  StoreFixture fixture;
  limit(fixture, 4, 3);
  for (int number = 0; number < 4; ++number) fixture.put("flood", Kind::telemetry, one('a'));
  for (int number = 0; number < 3; ++number) fixture.put("flood", Kind::alert, one('!'));
  CHECK(sequences(fixture, "flood", Kind::telemetry).size() == 4);
  CHECK(sequences(fixture, "flood", Kind::alert).size() == 3);
}

TEST_CASE("alerts beyond the reserve push telemetry out, and when there is none left they are refused whole") {
  StoreFixture fixture;
  limit(fixture, 3, 3);
  for (int number = 0; number < 3; ++number) fixture.put("flood", Kind::telemetry, one('a'));
  for (int number = 0; number < 6; ++number) fixture.put("flood", Kind::alert, one('!'));
  CHECK(sequences(fixture, "flood", Kind::telemetry).empty());
  for (int number = 0; number < 3; ++number) fixture.put("flood", Kind::alert, one('!'));

  std::vector<core::Parcel> parcels{test::parcel(test::envelope("flood", Kind::alert, std::string(3 * kRow, '!')))};
  parcels[0].envelopes.push_back(test::envelope("flood", Kind::telemetry, "t", 3));
  const auto refused = fixture.store->commit(parcels);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == ErrorCode::full);
  REQUIRE(parcels.size() == 1);
  REQUIRE(parcels[0].envelopes.size() == 1);
  CHECK(parcels[0].envelopes[0].payload.size() == 3 * kRow);
  CHECK(sequences(fixture, "flood", Kind::alert).size() == 9);
  CHECK(fixture.store->committed_readings() == 3 * 10 + 9 * 10);
  CHECK(fixture.log.contains("the quota is used up"));

  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) fixture.deliver("flood", Kind::alert, sequence);
  REQUIRE(fixture.store->commit(parcels).ok());
  CHECK(parcels.empty());
  CHECK(sequences(fixture, "flood", Kind::alert).size() == 4);
  CHECK(fixture.payloads("flood", Kind::gap) ==
        Texts{"flood/telemetry 1-3 messages 3 readings 30 quota", "flood/telemetry 0-0 messages 1 readings 3 quota"});
}

TEST_CASE("what waits in more parcels than fit is stored as far as it fits, the rest once there is room again") {
  StoreFixture fixture;
  limit(fixture, 3, 3);
  std::vector<core::Parcel> parcels;
  for (char letter = 'a'; letter <= 't'; ++letter) {
    parcels.push_back(test::parcel(test::envelope("flood", Kind::alert, one(letter))));
    parcels.back().changes.push_back(test::state("rule", std::string(1, letter)));
  }
  Texts stored;
  int rounds = 0;
  for (; !parcels.empty() && rounds < 20; ++rounds) {
    const auto result = fixture.store->commit(parcels);
    CHECK(result.ok() == parcels.empty());
    if (!result) CHECK(result.error().code() == ErrorCode::full);
    CHECK(fixture.store->bytes() <= fixture.options.quota + 4096);
    CHECK(fixture.store->trouble().empty() == parcels.empty());
    for (const auto& row : fixture.rows("flood", Kind::alert)) {
      stored.push_back(std::string(1, static_cast<char>(row.payload[0])));
      CHECK(fixture.store->states().at("rule").bytes[0] >= row.payload[0]);
      fixture.deliver("flood", Kind::alert, row.sequence);
    }
  }
  CHECK(parcels.empty());
  CHECK(rounds < 10);
  REQUIRE(stored.size() == 20);
  for (std::size_t index = 0; index < 20; ++index) CHECK(stored[index][0] == static_cast<char>('a' + index));
}

TEST_CASE("a parcel that alone exceeds the quota is stored when there is room for some of it") {
  StoreFixture fixture;
  limit(fixture, 1, 1);
  std::vector<core::Parcel> parcels{test::parcel(test::envelope("flood", Kind::alert, std::string(20 * kRow, '!')))};
  CHECK(fixture.store->commit(parcels).ok());
  CHECK(fixture.rows("flood", Kind::alert).size() == 1);
  parcels.push_back(test::parcel(test::envelope("flood", Kind::alert, "?")));
  CHECK_FALSE(fixture.store->commit(parcels).ok());
  fixture.deliver("flood", Kind::alert, 1);
  CHECK(fixture.store->commit(parcels).ok());
}

TEST_CASE("the quota holds for a backlog of an earlier run") {
  StoreFixture fixture;
  limit(fixture, 20, 2);
  for (int number = 0; number < 20; ++number) fixture.put("flood", Kind::telemetry, one('a'));
  limit(fixture, 5, 2);
  fixture.put("flood", Kind::telemetry, one('b'));
  CHECK(sequences(fixture, "flood", Kind::telemetry) == std::vector<std::uint64_t>{17, 18, 19, 20, 21});
  CHECK(fixture.store->bytes() <= 7 * kRow);
}

TEST_CASE("a reserve as large as the quota leaves telemetry half of it") {
  StoreFixture fixture;
  fixture.options.quota = 10 * kRow;
  fixture.options.reserve = 20 * kRow;
  fixture.must_open();
  for (int number = 0; number < 20; ++number) fixture.put("flood", Kind::telemetry, one('a'));
  CHECK(sequences(fixture, "flood", Kind::telemetry).size() == 5);
}
