#include "agent/acquire/schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using acquire::Grid;
using acquire::Schedule;

namespace {

constexpr Schedule::Due kNobody{0ns, 99};

}  // namespace

TEST_CASE("a grid's slots stay where they are, before its base too") {
  const Grid grid{10s, 4s};
  CHECK(grid.after(9s) == 10s);
  CHECK(grid.after(10s) == 14s);
  CHECK(grid.after(13'999ms) == 14s);
  CHECK(grid.after(1s) == 2s);
  CHECK(grid.slots_between(10s, 22s) == 3);
  CHECK(grid.slots_between(10s, 13s) == 0);
  CHECK(grid.slots_between(9s, 10s) == 1);
}

TEST_CASE("phases divide the interval evenly over devices and lines") {
  CHECK(acquire::phase_of(0, 4, 0, 1, 8s) == 0s);
  CHECK(acquire::phase_of(3, 4, 0, 1, 8s) == 6s);
  CHECK(acquire::phase_of(0, 4, 1, 2, 8s) == 1s);
  CHECK(acquire::phase_of(0, 0, 0, 0, 8s) == 0s);
  CHECK(acquire::phase_of(3, 4, 9, 10, 8s) < 8s);
}

TEST_CASE("sixteen lines have a phase each, of more up to four share one, evenly") {
  const auto sharing = [](std::size_t lines) {
    std::map<core::Nanos, std::size_t> counts;
    for (std::size_t line = 0; line < lines; ++line) ++counts[acquire::phase_of(0, 1, line, lines, 8s)];
    return counts;
  };
  CHECK(sharing(16).size() == 16);
  CHECK(sharing(50).size() == 16);
  CHECK(sharing(400).size() == 100);
  for (const std::size_t lines : {17U, 50U, 63U, 64U, 65U, 400U}) {
    for (const auto& [phase, count] : sharing(lines)) CHECK(count <= 4);
  }
}

TEST_CASE(
    "the earliest due session comes first, equals in the order in which they were set, and a new time replaces the "
    "old") {
  Schedule schedule;
  CHECK_FALSE(schedule.next());
  schedule.set(0, 5s);
  schedule.set(1, 3s);
  schedule.set(2, 3s);
  CHECK(schedule.next().value_or(kNobody).session == 1);
  schedule.clear(1);
  CHECK(schedule.next().value_or(kNobody).session == 2);
  schedule.set(2, 9s);
  CHECK(schedule.next().value_or(kNobody).session == 0);
  schedule.set(0, 10s);
  CHECK(schedule.next().value_or(kNobody).session == 2);
}

TEST_CASE("devices of a line are asked at once first, then each in its own part of the interval") {
  Rig rig;
  for (int i = 0; i < 4; ++i) rig.add({.poll = 8s});
  const core::Nanos start = rig.clock.stamp.boot;
  rig.start();
  rig.run(1s);
  REQUIRE(rig.writes.size() == 4);                                   // the first round does not wait for the slots
  CHECK(rig.writes[0].at == start + acquire::silence_of(rig.base));  // the opening may have cut into a frame
  CHECK(rig.writes[3].at - start < 100ms);
  rig.run(23s);
  for (std::uint8_t device = 0; device < 4; ++device) {
    const auto times = rig.writes_to(static_cast<std::uint8_t>(device + 1));
    REQUIRE(times.size() >= 3);
    for (std::size_t i = 1; i < times.size(); ++i) CHECK((times[i] - start) % 8s == device * 2s);
  }
}

TEST_CASE("a late poll does not shift the later ones, and slots without time are skipped and counted") {
  Rig rig;
  rig.add({.poll = 1s, .reply_timeout = 10s});
  const core::Nanos start = rig.clock.stamp.boot;
  bool slow = false;
  rig.meter = [&](core::ByteView request) {
    if (!slow) return false;
    const core::Bytes answer{request[0], 0x83, 1};
    rig.later(3300ms, [&rig, answer] { rig.says(answer); });
    slow = false;
    return true;
  };
  rig.start();
  rig.run(1500ms);
  slow = true;
  rig.run(8s);  // the poll of second 2 lasts until 5.3
  std::vector<core::Nanos> offsets;
  for (const core::Nanos at : rig.writes_to(1)) offsets.push_back(std::chrono::floor<core::Millis>(at - start));
  CHECK(offsets == std::vector<core::Nanos>{3ms, 1s, 2s, 6s, 7s, 8s, 9s});
  CHECK(rig.health(0).missed == 3);
}

TEST_CASE("ten thousand polls later the schedule has not drifted") {
  Rig rig;
  rig.add({.poll = 700ms});
  const core::Nanos start = rig.clock.stamp.boot;
  rig.start();
  rig.run(10'000 * 700ms + 1ms);
  const auto times = rig.writes_to(1);
  REQUIRE(times.size() == 10'001);
  CHECK(times.back() - start == 10'000 * 700ms);
  CHECK(rig.health(0).missed == 0);
}

TEST_CASE("two hundred devices on a line that is too slow for them get equal shares") {
  Rig rig;
  for (int i = 0; i < 200; ++i) rig.add({.poll = 500ms});
  rig.start();
  rig.run(5min);
  std::vector<std::size_t> shares;
  shares.reserve(200);
  for (std::uint32_t i = 0; i < 200; ++i) shares.push_back(rig.polls.of(i));
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
  CHECK(*least > 50);
  CHECK(*most - *least <= 2);
  CHECK(rig.health(7).missed > 100);
}

TEST_CASE("devices polled without pause take turns, also beside one with an interval") {
  Rig rig({.id = "tcp"}, core::Port::Medium::stream);
  rig.add({.poll = 0s});
  rig.add({.poll = 0s});
  rig.add({.poll = 1s});
  rig.start();
  rig.run(10s);
  CHECK(rig.polls.of(0) > 900);  // 5 ms each
  CHECK(rig.polls.of(0) - rig.polls.of(1) + 1 <= 2);
  CHECK(rig.polls.of(2) == 11);
}

TEST_CASE("a device polled without pause waits while storing is behind, one with an interval does not") {
  bool crowded = false;
  Rig rig({.id = "bus", .crowded = [&crowded] { return crowded; }}, core::Port::Medium::stream);
  rig.add({.poll = 0s});
  rig.add({.poll = 100ms});
  rig.start();
  rig.run(1s);
  CHECK(rig.writes_to(1).size() > 50);
  crowded = true;
  rig.run(50ms);  // what was under way ends
  const std::size_t freely = rig.writes_to(1).size();
  const std::size_t in_time = rig.writes_to(2).size();
  rig.run(1s);
  CHECK(rig.writes_to(1).size() == freely);
  CHECK(rig.writes_to(2).size() >= in_time + 9);
  crowded = false;
  rig.run(1s);
  CHECK(rig.writes_to(1).size() > freely + 50);
}

TEST_CASE("a device can be polled faster for a time, keeps to its slots, and then goes back to its interval") {
  Rig rig;
  rig.add({.poll = 60s});
  rig.add({.poll = 60s});
  rig.start();
  rig.run(61s);
  const std::size_t before = rig.polls.of(0);
  rig.line->set_poll(core::DeviceId{0}, 5s);
  rig.line->set_poll(core::DeviceId{7}, 5s);  // nobody
  rig.run(60s);
  CHECK(rig.polls.of(0) == before + 12);
  CHECK(rig.polls.of(1) <= 3);  // the other goes on as before
  CHECK(rig.health(0).missed == 0);
  rig.line->set_poll(core::DeviceId{0}, 0s);
  rig.run(10min);
  CHECK(rig.polls.of(0) >= before + 12 + 9);
  CHECK(rig.polls.of(0) <= before + 12 + 11);
}

TEST_CASE("a slower interval than the configured one is not taken") {
  Rig rig;
  rig.add({.poll = 1s});
  rig.start();
  rig.run(500ms);
  rig.line->set_poll(core::DeviceId{0}, 30s);
  rig.run(10s);
  CHECK(rig.polls.of(0) >= 10);
}

TEST_CASE("a device that does not answer stays in quarantine, whatever the interval") {
  Rig rig;
  rig.add({.poll = 10s, .reply_timeout = 100ms, .retries = 0});
  rig.dead[1] = true;
  rig.start();
  rig.run(60s);
  const std::size_t asked = rig.writes_to(1).size();
  rig.line->set_poll(core::DeviceId{0}, 1s);
  rig.run(20s);
  CHECK(rig.writes_to(1).size() <= asked + 10);
  rig.dead[1] = false;
  rig.run(10min);
  const std::size_t now = rig.polls.of(0);
  rig.run(10s);
  CHECK(rig.polls.of(0) == now + 10);
}
