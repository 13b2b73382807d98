#include "agent/io/clock.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "agent/io/random.h"
#include "tests/io/support.h"

using namespace afferent;
using namespace std::chrono_literals;

TEST_CASE("boot time goes forward, UTC is of this century, and the boot has an identity that two clocks agree on") {
  const io::RealClock clock;
  const core::Stamp first = clock.now();
  const core::Stamp second = clock.now();
  CHECK(second.boot >= first.boot);
  CHECK(first.utc > std::chrono::hours(24 * 365 * 50));
  CHECK(clock.boot() != 0);
  CHECK(clock.boot() == io::RealClock().boot());
}

TEST_CASE("random numbers differ") {
  io::RandomDevice random;
  CHECK(random.next() != random.next());
}

TEST_CASE("without a file of faults the clock is the real one") {
  const auto clock = io::make_clock("").value();
  CHECK(clock->boot() == io::RealClock().boot());
}

#ifdef AFFERENT_FAULTS

namespace {

class FaultFile {
 public:
  FaultFile() : path_("/tmp/afferent-clock-" + std::to_string(::getpid())) { std::remove(path_.c_str()); }
  ~FaultFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }
  void write(const std::string& text) const {
    std::ofstream(path_ + ".new") << text;
    REQUIRE(std::rename((path_ + ".new").c_str(), path_.c_str()) == 0);
  }

 private:
  const std::string path_;
};

template <class Condition>
bool becomes(Condition condition) {
  const io::RealClock real;
  const core::Nanos end = real.now().boot + test::kGuard;
  while (!condition() && real.now().boot < end) {
  }
  return condition();
}

}  // namespace

TEST_CASE("the fault clock steps UTC and leaves boot time alone") {
  const FaultFile file;
  const io::RealClock real;
  const auto clock = io::make_clock(file.path()).value();
  CHECK(std::chrono::abs(clock->now().utc - real.now().utc) < 1h);
  file.write("utc_offset_s = 2592000\nstate = holdover\nboot = 7\n");
  REQUIRE(becomes([&] { return clock->now().utc - real.now().utc > 29 * 24h; }));
  CHECK(clock->now().utc - real.now().utc < 31 * 24h);
  CHECK(clock->now().boot - real.now().boot < 1h);
  CHECK(clock->now().clock == core::ClockState::holdover);
  CHECK(clock->boot() == 7);
  file.write("utc_offset_s = -2592000  # back\nstate = unsynced\n");
  REQUIRE(becomes([&] { return real.now().utc - clock->now().utc > 29 * 24h; }));
  CHECK(clock->now().clock == core::ClockState::unsynced);
  CHECK(clock->boot() == real.boot());
}

TEST_CASE("boot time goes on without a jump when the speed changes, and never back") {
  const FaultFile file;
  const io::RealClock real;
  const auto clock = io::make_clock(file.path()).value();
  core::Nanos last = clock->now().boot;
  file.write("speed = 1000\n");
  const core::Nanos goal = last + 60s;
  REQUIRE(becomes([&] {
    const core::Nanos now = clock->now().boot;
    CHECK_MESSAGE(now >= last, "boot time went back");
    last = now;
    return now >= goal;
  }));
  file.write("speed = 0\n");
  REQUIRE(becomes([&] { return clock->now().boot == clock->now().boot; }));
  CHECK(clock->now().boot >= last);
}

TEST_CASE("clocks that read the same unchanged file agree, so that a restarted process does not go back in boot time") {
  const FaultFile file;
  file.write("speed = 100\n");
  const auto first = io::make_clock(file.path()).value();
  REQUIRE(becomes([&, start = first->now().boot] { return first->now().boot > start + 20s; }));
  const core::Nanos before = first->now().boot;
  const auto second = io::make_clock(file.path()).value();
  CHECK(second->now().boot >= before - 5s);
}

TEST_CASE("timers follow a clock that runs faster") {
  const FaultFile file;
  file.write("speed = 3600\n");
  const auto clock = io::make_clock(file.path()).value();
  const auto loop = io::Loop::create(*clock).value();
  const core::Nanos start = clock->now().boot;
  core::Nanos fired{};
  loop->at(start + 1h, [&] {
    fired = clock->now().boot;
    loop->stop();
  });
  const io::RealClock real;
  const core::Nanos began = real.now().boot;
  loop->run();
  CHECK(fired >= start + 1h);
  CHECK(real.now().boot - began < 10min);
}

TEST_CASE("timers follow a clock that is sped up while the loop waits") {
  const FaultFile file;
  const auto clock = io::make_clock(file.path()).value();
  const auto loop = io::Loop::create(*clock).value();
  bool fired = false;
  loop->at(clock->now().boot + 24h, [&] { fired = true; });
  file.write("speed = 100000\n");
  CHECK(becomes([&] {
    loop->run_once(1s);
    return fired;
  }));
}

TEST_CASE("a line of the fault file that cannot be read is named, and later ones change nothing") {
  const FaultFile file;
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"speed = 1\nspeed = -1\n", ":2: speed = -1: allowed is 0 to 1000000"},
      {"speed = fast\n", "speed = fast"},
      {"utc_offset_s = 1e300\n", "a number of seconds"},
      {"state = good\n", "synced, holdover or unsynced"},
      {"boot = 0\n", "an integer from 1"},
      {"utc = 5\n", "none of utc_offset_s"},
      {"speed\n", "none of utc_offset_s"},
  };
  for (const auto& row : cases) {
    file.write(row.text);
    const auto clock = io::make_clock(file.path());
    REQUIRE_FALSE(clock);
    CHECK(clock.error().code() == core::ErrorCode::bad_config);
    CHECK_MESSAGE(clock.error().message().find(row.message) != std::string::npos, clock.error().message());
  }
}

#else

TEST_CASE("a build without faults refuses a file of faults") {
  CHECK(io::make_clock("/nowhere").error().code() == core::ErrorCode::bad_config);
}

#endif
