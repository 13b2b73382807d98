#include "agent/core/queue.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using afferent::core::BoundedQueue;
using afferent::core::Nanos;

TEST_CASE("a full queue refuses and leaves the item to its owner, but keeps reserved room") {
  BoundedQueue<std::string> queue(10);
  std::string first = "telemetry";
  CHECK(queue.push(first, 10));
  std::string second = "more telemetry";
  CHECK_FALSE(queue.push(second, 1));
  CHECK(second == "more telemetry");
  std::string alert = "alert";
  CHECK(queue.push(alert, 5, 5));
  CHECK(queue.take(Nanos::zero()) == std::vector<std::string>{"telemetry", "alert"});
}

TEST_CASE("take stops at the cost that is asked for, and always takes at least one") {
  BoundedQueue<int> queue(100);
  for (int item : {1, 2, 3}) CHECK(queue.push(item, 40U / static_cast<std::size_t>(item)));
  CHECK(queue.take(Nanos::zero(), 1) == std::vector<int>{1});
  CHECK(queue.take(Nanos::zero(), 33) == std::vector<int>{2, 3});
  CHECK(queue.take(Nanos::zero()).empty());
}

TEST_CASE("a waiting take ends when another thread pushes or notifies") {
  BoundedQueue<int> queue(4);
  std::thread other([&queue] {
    int item = 5;
    CHECK(queue.push(item));
  });
  std::vector<int> taken;
  while (taken.empty()) taken = queue.take(std::chrono::seconds(1));
  other.join();
  CHECK(taken == std::vector<int>{5});
  queue.notify();
  CHECK(queue.take(std::chrono::hours(1)).empty());
}

TEST_CASE("a rest ends with a notify and takes nothing") {
  BoundedQueue<int> queue(4);
  int item = 5;
  REQUIRE(queue.push(item));
  queue.notify();
  queue.rest(std::chrono::hours(1));
  std::thread other([&queue] { queue.notify(); });
  queue.rest(std::chrono::hours(1));
  other.join();
  queue.rest(Nanos::zero());
  CHECK(queue.take(Nanos::zero()) == std::vector<int>{5});
}

TEST_CASE("a queue is crowded from a mark on, or while its consumer says that it is behind") {
  afferent::core::BoundedQueue<int> queue(100);
  int item = 1;
  CHECK_FALSE(queue.crowded(10));
  REQUIRE(queue.push(item, 10));
  CHECK(queue.crowded(10));
  CHECK_FALSE(queue.crowded(11));
  queue.set_behind(true);
  CHECK(queue.crowded(11));
  queue.set_behind(false);
  CHECK(queue.take({}).size() == 1);
  CHECK_FALSE(queue.crowded(10));
}
