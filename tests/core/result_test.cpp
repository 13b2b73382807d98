#include "agent/core/result.h"

#include <doctest/doctest.h>

#include <memory>

using afferent::core::Error;
using afferent::core::ErrorCode;
using afferent::core::Result;

TEST_CASE("an error gathers context from the inside out") {
  Error error = Error(ErrorCode::retry, "no such file").in("open /dev/ttyUSB0").in("port rs485-1");
  CHECK(error.message() == "port rs485-1: open /dev/ttyUSB0: no such file");
  CHECK(error.code() == ErrorCode::retry);
}

TEST_CASE("a result carries a value that can only be moved") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  REQUIRE(result.ok());
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 7);
}

TEST_CASE("a result without a value still says whether it worked") {
  CHECK(Result<void>().ok());
  const Result<void> failed = Error(ErrorCode::full, "disk full");
  CHECK_FALSE(failed.ok());
  CHECK(failed.error().code() == ErrorCode::full);
}
