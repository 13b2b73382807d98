#include "agent/outbox/schema.h"

#include <doctest/doctest.h>

#include <array>

#include "tests/outbox/fixture.h"

using namespace afferent;

TEST_CASE("a store of an older version is taken through the missing steps and keeps its rows") {
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", core::Kind::telemetry, "kept");
  fixture.close();
  auto database = outbox::Database::open(fixture.options.path);
  REQUIRE(database.ok());
  const std::array later{outbox::steps()[0], outbox::steps()[1],
                         "ALTER TABLE message ADD COLUMN tier INTEGER NOT NULL DEFAULT 5",
                         "CREATE TABLE chain(id INTEGER PRIMARY KEY)"};
  REQUIRE(outbox::check_version(*database, later).ok());
  REQUIRE(outbox::migrate(*database, later).ok());
  CHECK(*database->number("PRAGMA user_version") == 4);
  CHECK(*database->number("SELECT tier FROM message") == 5);
  CHECK(*database->number("SELECT count(*) FROM chain") == 0);
}

TEST_CASE("a step that fails leaves the store as it was") {
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", core::Kind::telemetry, "kept");
  fixture.close();
  {
    auto database = outbox::Database::open(fixture.options.path);
    REQUIRE(database.ok());
    const std::array later{outbox::steps()[0], outbox::steps()[1],
                           "DELETE FROM message; INSERT INTO missing VALUES(1)"};
    CHECK_FALSE(outbox::migrate(*database, later).ok());
    CHECK(*database->number("PRAGMA user_version") == 2);
  }
  fixture.must_open();
  CHECK(fixture.payloads("flood", core::Kind::telemetry) == std::vector<std::string>{"kept"});
}

TEST_CASE("rows of a store without checksums are believed") {
  test::StoreFixture fixture;
  fixture.must_open();
  fixture.put("flood", core::Kind::telemetry, "old");
  fixture.close();
  auto database = outbox::Database::open(fixture.options.path);
  REQUIRE(database.ok());
  REQUIRE(database
              ->run("ALTER TABLE message DROP COLUMN crc; ALTER TABLE stream DROP COLUMN crc;"
                    "ALTER TABLE state DROP COLUMN crc; PRAGMA user_version = 1")
              .ok());
  *database = *outbox::Database::open(fixture.folder.path() + "/other");  // closes the first
  fixture.must_open();
  CHECK(fixture.payloads("flood", core::Kind::telemetry) == std::vector<std::string>{"old"});
}
