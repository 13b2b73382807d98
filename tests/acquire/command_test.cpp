#include <doctest/doctest.h>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using core::DeviceId;

namespace {

core::DeviceCommand valve() { return {.device = {}, .verb = "valve", .arguments = {{"to", "closed"}}}; }

// The outcome of a command, as text; empty while there is none.
struct Outcome {
  std::string text;
  std::vector<acquire::Heard> heard;
  int count = 0;
  acquire::Line::Reply reply() {
    return [this](const core::Result<std::vector<acquire::Heard>>& result) {
      ++count;
      if (result) heard = *result;
      text = result ? "done" : std::string(core::name_of(result.error().code())) + ": " + result.error().message();
    };
  }
};

void sends_valve(ScriptedDriver& driver) {
  driver.on_command = [](const core::DeviceCommand&, core::Sink& sink) { sink.send(request({2, 3, 77})); };
}

}  // namespace

TEST_CASE("a command gets the next turn, before devices that are overdue, and reports how it ended") {
  Rig rig;
  for (int i = 0; i < 20; ++i) {
    auto& driver = rig.add({.poll = 1s});
    if (i == 1) sends_valve(driver);
  }
  rig.start();
  rig.run(10ms);
  Outcome outcome;
  rig.line->command(DeviceId{1}, valve(), outcome.reply());
  const std::size_t before = rig.writes.size();
  rig.run(22ms);
  CHECK(outcome.text == "done");
  CHECK(outcome.count == 1);
  REQUIRE(rig.writes.size() > before);
  CHECK(rig.writes[before].bytes == core::Bytes{2, 3, 77});
  CHECK(rig.polls.of(1) == 1);  // what was read on the way is published as well
  rig.run(10s);
  CHECK(rig.polls.of(1) >= 10);
}

TEST_CASE("a command that can not be carried out says why") {
  Rig rig;
  auto& driver = rig.add({.poll = 1h, .reply_timeout = 100ms, .retries = 1});
  rig.add({.poll = 1h});
  Outcome outcome;
  SUBCASE("port closed") {
    rig.line->start(rig.clock.stamp);
    rig.line->command(DeviceId{0}, valve(), outcome.reply());
    CHECK(outcome.text == "retry: port of line bus is closed");
  }
  SUBCASE("no such device") {
    rig.start();
    rig.line->command(DeviceId{9}, valve(), outcome.reply());
    CHECK(outcome.text == "not_found: no such device on line bus");
  }
  SUBCASE("unsupported") {
    rig.start();
    rig.run(1s);
    rig.line->command(DeviceId{0}, valve(), outcome.reply());
    rig.run(1s);
    CHECK(outcome.text == "bad_input: unsupported command 'valve'");
    CHECK(rig.health(0).state == core::Health::good);
  }
  SUBCASE("nobody answers") {
    sends_valve(driver);
    rig.start();
    rig.run(1s);
    rig.dead[2] = true;
    rig.line->command(DeviceId{0}, valve(), outcome.reply());
    rig.run(1s);
    CHECK(outcome.text == "retry: no answer");
    CHECK(rig.writes_to(2).size() == 1 + 2);  // with its retry
    CHECK_FALSE(rig.health(0).quarantined_until);
  }
  SUBCASE("port lost in mid-turn, and before its turn") {
    sends_valve(driver);
    rig.start();
    rig.run(1s);
    rig.dead[2] = true;
    Outcome second;
    rig.line->command(DeviceId{0}, valve(), outcome.reply());
    rig.line->command(DeviceId{1}, valve(), second.reply());
    rig.port->closes(rig.clock.stamp, "gone");
    CHECK(outcome.text == "retry: port closed: gone");
    CHECK(second.text == "retry: port closed: gone");
  }
  SUBCASE("too many wait") {
    sends_valve(driver);
    rig.start();
    std::vector<Outcome> outcomes(70);
    for (Outcome& one : outcomes) rig.line->command(DeviceId{0}, valve(), one.reply());
    CHECK(outcomes.back().text == "full: too many commands wait on line bus");
    rig.dead[2] = true;
    rig.run(60s);
    for (const Outcome& one : outcomes) CHECK(one.count == 1);
    return;
  }
  CHECK(outcome.count == 1);
}

TEST_CASE("a command reaches a device in quarantine at once, and its answer ends the quarantine") {
  Rig rig;
  auto& driver = rig.add({.poll = 1s, .reply_timeout = 100ms, .retries = 0});
  driver.on_command = [](const core::DeviceCommand&, core::Sink& sink) { sink.send(request({1, 3, 77})); };
  rig.dead[1] = true;
  rig.start();
  rig.run(1h);
  REQUIRE(rig.health(0).quarantined_until);
  rig.dead[1] = false;
  Outcome outcome;
  rig.line->command(DeviceId{0}, valve(), outcome.reply());
  rig.run(200ms);
  CHECK(outcome.text == "done");
  CHECK_FALSE(rig.health(0).quarantined_until);
  const std::size_t before = rig.polls.of(0);
  rig.run(3s);
  CHECK(rig.polls.of(0) == before + 3);
}

TEST_CASE("a command ends with whom it found, each once, and what others hear later is not of it") {
  Rig rig;
  auto& driver = rig.add({.poll = 1h});
  driver.on_command = [](const core::DeviceCommand&, core::Sink& sink) {
    sink.heard("00000001", "water meter");
    sink.heard("00000002", "gas meter");
    sink.heard("00000001", "water meter");
    sink.done({});
  };
  driver.scripts[core::WireEvent::Kind::overheard] = [](const core::WireEvent&, core::Sink& sink) {
    sink.heard("00000003", "a stranger");
  };
  rig.start();
  rig.run(10ms);
  Outcome first;
  rig.line->command(DeviceId{0}, valve(), first.reply());
  rig.run(10ms);
  REQUIRE(first.heard.size() == 2);
  CHECK(first.heard[0].id == "00000001");
  CHECK(first.heard[1].what == "gas meter");
  rig.says({1, 2, 3});
  driver.on_command = [](const core::DeviceCommand&, core::Sink& sink) { sink.done({}); };
  Outcome second;
  rig.line->command(DeviceId{0}, valve(), second.reply());
  rig.run(10ms);
  CHECK(second.count == 1);
  CHECK(second.heard.empty());
}

TEST_CASE("a reply may give the next command") {
  Rig rig;
  auto& driver = rig.add({.poll = 1h});
  sends_valve(driver);
  rig.start();
  int done = 0;
  acquire::Line::Reply reply = [&](const auto&) {
    if (++done < 3) rig.line->command(DeviceId{0}, valve(), reply);
  };
  rig.meter = [&rig](core::ByteView) {
    rig.later(1ms, [&rig] { rig.says({1, 0x83, 1}); });
    return true;
  };
  rig.line->command(DeviceId{0}, valve(), reply);
  rig.run(1s);
  CHECK(done == 3);
}
