#include "agent/io/loop.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>
#include <vector>

#include "agent/io/helper.h"
#include "agent/io/signals.h"
#include "agent/io/timer_heap.h"
#include "tests/io/support.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;
using test::RealLoop;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    out = io::UniqueFd(ends[0]);
    in = io::UniqueFd(ends[1]);
  }
  void put(char c) const { REQUIRE(::write(in.get(), &c, 1) == 1); }
  io::UniqueFd out;
  io::UniqueFd in;
};

}  // namespace

TEST_CASE("timers fire in the order of their times, and those of one time in the order in which they were set") {
  test::FakeClock clock;
  const auto loop = io::Loop::create(clock).value();
  const core::Nanos start = clock.stamp.boot;
  std::vector<int> fired;
  for (const int ms : {30, 10, 20, 10}) {
    loop->at(start + ms * 1ms, [&fired, ms, n = static_cast<int>(fired.size())] { fired.push_back(ms + n); });
  }
  loop->at(start + 10ms, [&fired] { fired.push_back(11); });
  loop->run_once(0ns);
  CHECK(fired.empty());
  clock.stamp.boot = start + 20ms;
  loop->run_once(0ns);
  CHECK(fired == std::vector<int>{10, 10, 11, 20});
  clock.stamp.boot = start + 30ms - 1ns;
  loop->run_once(0ns);
  CHECK(fired.size() == 4);
  clock.stamp.boot = start + 30ms;
  loop->run_once(0ns);
  CHECK(fired.back() == 30);
}

TEST_CASE("a cancelled timer never fires, and its handle does not harm whoever gets its place") {
  test::FakeClock clock;
  const auto loop = io::Loop::create(clock).value();
  int first = 0;
  int second = 0;
  const auto gone = loop->at(clock.stamp.boot + 1ms, [&first] { ++first; });
  loop->cancel(gone);
  const auto kept = loop->at(clock.stamp.boot + 1ms, [&second] { ++second; });
  CHECK(kept != gone);
  loop->cancel(gone);
  loop->cancel(0);
  clock.stamp.boot += 1ms;
  loop->run_once(0ns);
  CHECK(first == 0);
  CHECK(second == 1);
  loop->cancel(kept);
}

TEST_CASE("a timer may cancel another that is due at the same time, and set itself again without starving others") {
  test::FakeClock clock;
  const auto loop = io::Loop::create(clock).value();
  int cancelled = 0;
  int eager = 0;
  int patient = 0;
  core::Timers::Handle victim = 0;
  std::function<void()> again = [&] {
    ++eager;
    loop->at(core::Nanos(0), again);
    loop->cancel(victim);
  };
  loop->at(clock.stamp.boot, again);
  victim = loop->at(clock.stamp.boot, [&] { ++cancelled; });
  loop->at(clock.stamp.boot, [&] { ++patient; });
  loop->run_once(0ns);
  CHECK(eager == 1);
  CHECK(patient == 1);
  CHECK(cancelled == 0);
  loop->run_once(0ns);
  CHECK(eager == 2);
}

TEST_CASE("arming and cancelling a time-out per request does not grow the heap") {
  io::TimerHeap heap;
  heap.add(core::Nanos(5), [] {});
  for (int i = 0; i < 1000; ++i) heap.cancel(heap.add(core::Nanos(1000 + i), [] {}));
  CHECK(heap.size() == 1);
}

TEST_CASE("the heap keeps its order through any mixture of adding and cancelling") {
  io::TimerHeap heap;
  test::CountingRandom random;
  std::vector<io::TimerHeap::Handle> handles;
  for (int i = 0; i < 500; ++i) {
    handles.push_back(heap.add(core::Nanos(static_cast<std::int64_t>(random.next() % 97)), [] {}));
    if (i % 3 == 0) heap.cancel(handles[static_cast<std::size_t>(random.next()) % handles.size()]);
  }
  core::Nanos last(-1);
  std::uint64_t order = 0;
  std::size_t count = 0;
  for (; !heap.empty(); ++count) {
    CHECK(heap.next_due() >= last);
    if (heap.next_due() == last) CHECK(heap.next_order() > order);
    last = heap.next_due();
    order = heap.next_order();
    heap.take_first();
  }
  CHECK(count > 300);
  CHECK(count < 500);
}

TEST_CASE("a timer wakes a waiting loop by the real clock, not before its time") {
  const RealLoop real;
  const core::Nanos due = real.clock.now().boot + 3ms;
  core::Nanos fired{};
  real.loop->at(due, [&] { fired = real.clock.now().boot; });
  REQUIRE(real.run_until([&] { return fired != core::Nanos(); }));
  CHECK(fired >= due);
}

TEST_CASE("calls posted by another thread run on the loop in their order, and stop ends run") {
  const RealLoop real;
  std::vector<int> seen;
  const auto loop_thread = std::this_thread::get_id();
  bool same_thread = true;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) {
      real.loop->post([&, i] {
        seen.push_back(i);
        same_thread = same_thread && std::this_thread::get_id() == loop_thread;
      });
    }
    real.loop->post([&] { real.loop->stop(); });
  });
  real.loop->run();
  other.join();
  REQUIRE(seen.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i);
  CHECK(same_thread);
}

TEST_CASE("stop before run is not lost") {
  const RealLoop real;
  std::thread([&real] { real.loop->stop(); }).join();
  real.loop->run();
}

TEST_CASE("a removed descriptor is not called, even if it was ready in the same wake") {
  const RealLoop real;
  const Pipe a;
  const Pipe b;
  int calls = 0;
  // Whichever comes first removes both.
  const auto ready = [&](std::uint32_t, const core::Stamp&) {
    ++calls;
    real.loop->remove(a.out.get());
    real.loop->remove(b.out.get());
  };
  REQUIRE(real.loop->add(a.out.get(), EPOLLIN, ready));
  REQUIRE(real.loop->add(b.out.get(), EPOLLIN, ready));
  a.put('x');
  b.put('x');
  real.loop->run_once(1s);
  real.loop->run_once(0ns);
  CHECK(calls == 1);
}

TEST_CASE("a descriptor that takes the number of one closed in the same wake gets no event of it") {
  const RealLoop real;
  Pipe a;
  Pipe b;
  Pipe fresh;
  int stale = 0;
  int calls = 0;
  const auto replace = [&](io::UniqueFd& other) {
    ++calls;
    const int number = other.get();
    real.loop->remove(number);
    REQUIRE(::dup2(fresh.out.get(), number) == number);
    REQUIRE(real.loop->add(number, EPOLLIN, [&](std::uint32_t, const core::Stamp&) { ++stale; }));
  };
  REQUIRE(real.loop->add(a.out.get(), EPOLLIN, [&](std::uint32_t, const core::Stamp&) { replace(b.out); }));
  REQUIRE(real.loop->add(b.out.get(), EPOLLIN, [&](std::uint32_t, const core::Stamp&) { replace(a.out); }));
  a.put('x');
  b.put('x');
  real.loop->run_once(1s);
  CHECK(calls == 1);
  CHECK(stale == 0);
}

TEST_CASE("a descriptor that cannot be watched is refused") {
  const RealLoop real;
  CHECK_FALSE(real.loop->add(-1, EPOLLIN, {}));
  CHECK_FALSE(real.loop->modify(1000, EPOLLIN));
  real.loop->remove(1000);
}

TEST_CASE("the helper brings results back to the loop in order") {
  const RealLoop real;
  io::Helper helper(*real.loop);
  std::vector<int> results;
  std::thread::id worker;
  for (int i = 0; i < 10; ++i) {
    helper.run(
        [i, &worker] {
          worker = std::this_thread::get_id();
          return i;
        },
        [&](int value) { results.push_back(value); });
  }
  REQUIRE(real.run_until([&] { return results.size() == 10; }));
  CHECK(results.front() == 0);
  CHECK(results.back() == 9);
  CHECK(worker != std::this_thread::get_id());
}

TEST_CASE("a helper that goes drops a hanging call's result and does not wait for it") {
  const RealLoop real;
  Pipe gate;
  bool called = false;
  auto hanging = std::make_shared<std::atomic<bool>>(false);
  {
    io::Helper helper(*real.loop);
    helper.run(
        [fd = gate.out.get(), hanging] {
          *hanging = true;
          char c = 0;
          return ::read(fd, &c, 1);
        },
        [&](ssize_t) { called = true; });
    REQUIRE(real.run_until([&] { return hanging->load(); }));
  }
  gate.put('x');
  real.loop->run_once(1ms);
  CHECK_FALSE(called);
}

TEST_CASE("a signal comes as a call on the loop and does nothing else") {
  const RealLoop real;
  std::vector<int> signals;
  {
    const auto watch =
        io::Signals::create(*real.loop, {SIGTERM, SIGHUP}, [&](int signal) { signals.push_back(signal); }).value();
    REQUIRE(::raise(SIGHUP) == 0);
    REQUIRE(real.run_until([&] { return signals.size() == 1; }));
    REQUIRE(::raise(SIGTERM) == 0);
    REQUIRE(real.run_until([&] { return signals.size() == 2; }));
  }
  CHECK(signals == std::vector<int>{SIGHUP, SIGTERM});
}
