#include "agent/outbox/lock.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "tests/outbox/fixture.h"

using namespace afferent;
using core::ErrorCode;
using core::Kind;
using test::StoreFixture;

TEST_CASE("a second agent is refused and told which process has the store") {
  StoreFixture fixture;
  fixture.must_open();
  auto second = outbox::Store::open(fixture.options, {fixture.clock, fixture.random, fixture.gaps, fixture.log});
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code() == ErrorCode::bad_config);
  CHECK(second.error().message() ==
        "store: " + fixture.options.path + ": already used by process " + std::to_string(::getpid()));
  fixture.put("flood", Kind::telemetry, "still works");
  fixture.close();
  fixture.must_open();
}

TEST_CASE(
    "a second agent that comes by a link is told who has the store, and a link that leads nowhere yet is followed") {
  StoreFixture fixture;
  const std::string link = fixture.folder.path() + "/link.db";
  std::filesystem::create_symlink("store.db", link);
  outbox::StoreOptions by_link = fixture.options;
  by_link.path = link;
  std::swap(fixture.options, by_link);
  fixture.must_open();
  std::swap(fixture.options, by_link);
  CHECK(std::filesystem::exists(fixture.options.path + ".lock"));
  CHECK_FALSE(std::filesystem::exists(link + ".lock"));
  CHECK_FALSE(std::filesystem::exists(link + ".ballast"));
  for (const std::string& path : {link, fixture.options.path}) {
    by_link.path = path;
    auto second = outbox::Store::open(by_link, {fixture.clock, fixture.random, fixture.gaps, fixture.log});
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().message() == "store: " + path + ": already used by process " + std::to_string(::getpid()));
  }
}

TEST_CASE("a second agent that comes by another name of the same file is told who has the store") {
  StoreFixture fixture;
  fixture.must_open();
  outbox::StoreOptions twin = fixture.options;
  twin.path = fixture.folder.path() + "/hard.db";
  std::filesystem::create_hard_link(fixture.options.path, twin.path);
  const std::string expected = "store: " + twin.path + ": already used by process " + std::to_string(::getpid());
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto second = outbox::Store::open(twin, {fixture.clock, fixture.random, fixture.gaps, fixture.log});
    const bool told =
        !second.ok() && second.error().code() == ErrorCode::bad_config && second.error().message() == expected;
    ::_exit(told ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  fixture.put("flood", Kind::telemetry, "still works");
}

TEST_CASE("a lock that cannot be taken for want of something passing is no mistake of the configuration") {
  StoreFixture fixture;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto opened = fixture.open();
  ::setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code() == ErrorCode::retry);
  CHECK(fixture.open().ok());
}
