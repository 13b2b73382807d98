// Ports that carry names or many peers: MQTT topics, GPIO lines, device folders, stations that call in.
#include <doctest/doctest.h>

#include "tests/acquire/rig.h"

using namespace afferent;
using namespace afferent::test;
using Kind = WireEvent::Kind;

namespace {

// Writes down all that it is told, and sends what `reply` says.
class ListeningDriver final : public core::Driver {
 public:
  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return channels_; }
  std::vector<core::PortWish> wishes() const override { return wished; }
  bool listens() const override { return listening; }
  void on(const WireEvent& event, core::Sink& sink) override {
    told.push_back(std::string(names()[static_cast<std::size_t>(event.kind)]) + " " + std::to_string(event.peer) + " " +
                   std::string(event.name) + "=" + std::string(core::as_text(event.bytes)) + " #" +
                   std::to_string(event.count));
    at.push_back(event.at.boot);
    if (reply) reply(event, sink);
  }
  void command(const core::DeviceCommand& command, core::Sink& sink) override {
    sink.send(command_to_send);
    sink.done({});
    static_cast<void>(command);
  }
  static std::array<std::string_view, 8> names() {
    return {"opened", "closed", "turn", "received", "overheard", "timed_out", "wake", "edge"};
  }
  std::size_t count(std::string_view text) const {
    return static_cast<std::size_t>(
        std::count_if(told.begin(), told.end(), [text](const std::string& one) { return one.starts_with(text); }));
  }

  std::vector<core::PortWish> wished;
  bool listening = false;
  std::function<void(const WireEvent&, core::Sink&)> reply;
  core::Outgoing command_to_send;
  std::vector<std::string> told;
  std::vector<core::Nanos> at;

 private:
  const std::vector<core::ChannelSpec> channels_{{.name = "level"}, {.name = "rain"}};
};

struct Named : Rig {
  Named() : Rig({.id = "names"}, core::Port::Medium::stream) {}

  core::Result<ListeningDriver*> put(core::Scope scope, std::vector<core::PortWish> wishes = {}, bool listens = false) {
    auto driver = std::make_unique<ListeningDriver>();
    driver->wished = std::move(wishes);
    driver->listening = listens;
    ListeningDriver* raw = driver.get();
    acquire::DeviceSetup setup;
    setup.device = static_cast<core::DeviceId>(devices++);
    setup.id = "device-" + std::to_string(devices);
    setup.poll = 1h;
    auto added = line->add(scope, {setup}, std::move(driver));
    if (!added) return std::move(added).error();
    return raw;
  }
  void message(std::string_view topic, std::string_view text) {
    port->says(core::PortEvent{core::PortEvent::Kind::received, clock.stamp, topic, core::as_bytes(text), 0});
  }
  void edge(std::string_view name, std::string_view level, std::uint64_t count, core::Nanos ago = 0ns) {
    core::Stamp at = clock.stamp;
    at.boot -= ago;
    port->says(core::PortEvent{core::PortEvent::Kind::edge, at, name, core::as_bytes(level), count});
  }
};

core::Outgoing to_topic(std::string topic, std::string_view text, bool expects_answer = false) {
  core::Outgoing outgoing;
  outgoing.topic = std::move(topic);
  outgoing.bytes.assign(text.begin(), text.end());
  outgoing.expects_answer = expects_answer;
  return outgoing;
}

core::Outgoing to_peer(std::uint32_t peer, std::uint8_t byte) {
  core::Outgoing outgoing = request({byte});
  outgoing.peer = peer;
  outgoing.expects_answer = false;
  return outgoing;
}

}  // namespace

TEST_CASE("the port is asked for what a driver wishes, and its refusal names the port") {
  Named rig;
  rig.port->refuses = "nowhere";
  REQUIRE(rig.put(core::Scope::port, {{.name = "a/+/up"}, {.name = "b/#"}}));
  REQUIRE(rig.port->wished.size() == 2);
  CHECK(rig.port->wished[1].name == "b/#");
  const auto refused = rig.put(core::Scope::device, {{.name = "nowhere"}});
  REQUIRE(!refused);
  CHECK(refused.error().message() == "port names: no 'nowhere' here");
  CHECK(rig.line->sessions() == 1);
}

TEST_CASE("a message comes with its topic, and an answer goes to the topic that the driver names") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  driver->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind == Kind::received) sink.send(to_topic(std::string(event.name) + "/reply", "ok"));
  };
  rig.start();
  rig.message("a/1/up", "hello");
  rig.message("a/2/up", "again");
  CHECK(driver->told ==
        std::vector<std::string>{"opened 0 = #0", "received 0 a/1/up=hello #0", "received 0 a/2/up=again #0"});
  CHECK(rig.port->written_to ==
        std::vector<std::pair<std::string, std::string>>{{"a/1/up/reply", "ok"}, {"a/2/up/reply", "ok"}});
  CHECK(rig.port->written.empty());
  rig.run(1min);
  CHECK(driver->count("timed_out") == 0);
}

TEST_CASE("an edge reaches each driver of the port with its line, number and time, whoever has the turn") {
  Named rig;
  ListeningDriver* one = *rig.put(core::Scope::device, {{.name = "17"}});
  ListeningDriver* two = *rig.put(core::Scope::device, {{.name = "18"}});
  two->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind == Kind::edge) sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(1));
  };
  rig.start();
  rig.run(10ms);
  const core::Nanos then = rig.clock.stamp.boot - 3ms;
  rig.edge("17", "1", 7, 3ms);
  CHECK(one->told.back() == "edge 0 17=1 #7");
  CHECK(one->at.back() == then);
  CHECK(two->told.back() == "edge 0 17=1 #7");
  REQUIRE(rig.polls.polls.size() == 1);
  CHECK(core::index(rig.polls.polls[0].poll.device) == 1);
  CHECK(rig.polls.polls[0].poll.received.boot == rig.clock.stamp.boot);
}

TEST_CASE("what is read under a name is the answer of who asked; an edge meanwhile is none") {
  Named rig;
  ListeningDriver* one = *rig.put(core::Scope::device);
  ListeningDriver* two = *rig.put(core::Scope::device);
  for (ListeningDriver* driver : {one, two}) {
    driver->reply = [](const WireEvent& event, core::Sink& sink) {
      if (event.kind == Kind::turn) sink.send(to_topic("in_voltage0_raw", "", true));
      if (event.kind == Kind::received) sink.done({});
    };
  }
  rig.start();
  REQUIRE(rig.port->written_to.size() == 1);
  rig.edge("17", "1", 1);
  CHECK(rig.port->written_to.size() == 1);
  rig.message("in_voltage1_raw", "5");
  CHECK(one->told.back() == "overheard 0 in_voltage1_raw=5 #0");
  rig.message("in_voltage0_raw", "1234");
  CHECK(one->count("received 0 in_voltage0_raw=1234") == 1);
  CHECK(two->count("received") == 0);
  CHECK(rig.port->written_to.size() == 2);
  CHECK(rig.health(0).good == 1);
}

TEST_CASE("a device that reports by itself is told so while it is alone on its port") {
  Named alone;
  ListeningDriver* reader = *alone.put(core::Scope::device, {}, true);
  alone.start();
  alone.port->says(alone.clock.stamp, core::as_bytes("report"));
  CHECK(reader->told.back() == "received 0 =report #0");

  Named shared;
  ListeningDriver* one = *shared.put(core::Scope::device, {}, true);
  REQUIRE(shared.put(core::Scope::device));
  shared.start();
  shared.port->says(shared.clock.stamp, core::as_bytes("report"));
  CHECK(one->told.back() == "overheard 0 =report #0");
}

TEST_CASE("stations are told apart by peer, from the opening of a connection to its end") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  driver->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind == Kind::received) sink.send(to_peer(event.peer, event.bytes[0]));
  };
  rig.line->start(rig.clock.stamp);
  rig.port->opens(1, rig.clock.stamp);
  rig.port->opens(2, rig.clock.stamp);
  rig.port->says(2, rig.clock.stamp, core::as_bytes("b"));
  rig.port->says(1, rig.clock.stamp, core::as_bytes("a"));
  rig.port->closes(2, rig.clock.stamp);
  rig.port->says(1, rig.clock.stamp, core::as_bytes("c"));
  CHECK(driver->told == std::vector<std::string>{"opened 1 = #0", "opened 2 = #0", "received 2 =b #0",
                                                 "received 1 =a #0", "closed 2 = #0", "received 1 =c #0"});
  CHECK(rig.port->written == std::vector<core::Bytes>{{'b'}, {'a'}, {'c'}});
  CHECK(rig.port->written_to_peer == std::vector<std::uint32_t>{2, 1, 1});
}

TEST_CASE("an answer to a station that has hung up does not take the answers to the others with it") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  driver->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind != Kind::received) return;
    for (const std::uint32_t peer : {1u, 2u, 3u}) sink.send(to_peer(peer, static_cast<std::uint8_t>(peer)));
  };
  rig.line->start(rig.clock.stamp);
  for (const std::uint32_t peer : {1u, 2u, 3u}) rig.port->opens(peer, rig.clock.stamp);
  rig.port->gone = {2};
  rig.port->says(1, rig.clock.stamp, core::as_bytes("a"));
  CHECK(rig.port->written_to_peer == std::vector<std::uint32_t>{1, 3});
  CHECK(rig.log.contains("peer 2 is gone"));
}

TEST_CASE("a command goes out at once though a port driver's own timer runs for hours after an answer") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  driver->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind != Kind::received) return;
    sink.wake_in(core::Millis(3'600'000));
    sink.send(to_topic("reply", "ok"));
  };
  driver->command_to_send = to_topic("command/down", "{}");
  rig.start();
  rig.message("up", "x");
  std::string answer = "none";
  rig.line->command(core::DeviceId{0}, {{}, "send", {}},
                    [&answer](const auto& result) { answer = result ? "sent" : "failed"; });
  CHECK(answer == "sent");
  REQUIRE(rig.port->written_to.size() == 2);
  CHECK(rig.port->written_to[1].first == "command/down");
}

TEST_CASE("groups of readings in one push are as many polls, each beginning with the same channel") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  driver->reply = [](const WireEvent& event, core::Sink& sink) {
    if (event.kind != Kind::received) return;
    for (std::uint16_t i = 0; i < 3; ++i) {
      sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(i));
      sink.reading(core::DeviceRef{0}, core::Channel{1}, core::Value::number(10 + i));
      sink.reading(core::DeviceRef{0}, core::Channel{1}, core::Value::number(20 + i));
    }
  };
  rig.start();
  for (int round = 0; round < 2; ++round) {
    rig.polls.polls.clear();
    rig.message("up", "x");
    REQUIRE(rig.polls.polls.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      const core::Poll& poll = rig.polls.polls[i].poll;
      REQUIRE(poll.readings.size() == 3);
      CHECK(core::index(poll.device) == 0);
      CHECK(poll.received.boot == rig.clock.stamp.boot);
      CHECK(poll.readings[0].value.as_number() == static_cast<double>(i));
      CHECK(poll.readings[2].value.as_number() == static_cast<double>(20 + i));
    }
  }
}

TEST_CASE("a message that comes while another is being handled keeps its name") {
  Named rig;
  ListeningDriver* driver = *rig.put(core::Scope::port);
  bool once = false;
  driver->reply = [&](const WireEvent& event, core::Sink&) {
    if (event.kind != Kind::received || std::exchange(once, true)) return;
    std::string topic = "short";
    rig.message(topic, "inner");
    topic = "gone!";
  };
  rig.start();
  rig.message("a/long/topic/that/does/not/fit/into/a/short/string", "outer");
  CHECK(driver->told.back() == "received 0 short=inner #0");
}
