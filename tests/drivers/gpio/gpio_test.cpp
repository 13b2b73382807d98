// Contacts, pulse counters and outputs, driven by the events of their line.
#include "drivers/gpio/gpio.h"

#include "agent/acquire/line.h"
#include "tests/drivers/gpio/text_frames.h"

using namespace afferent;
using namespace afferent::test;
using namespace std::chrono_literals;
using Kind = core::WireEvent::Kind;

namespace {

struct Device : Bench {
  explicit Device(const std::string& options) : Bench(drivers::gpio::spec(), "line = \"4\"\n" + options) {}
  void edge(bool level, std::uint64_t number) { happens(Kind::edge, "4", level ? "1" : "0", number); }
  void pulse() {
    edge(true, ++number_);
    edge(false, ++number_);
  }
  // A poll whose level is read as `level`.
  Texts poll(std::string_view level = "0") {
    happens(Kind::turn);
    happens(Kind::received, "4", level);
    return read();
  }
  std::string sent() const {
    std::string all;
    for (const core::Outgoing& outgoing : sink.sent) {
      all += outgoing.topic + "=" + std::string(core::as_text(outgoing.bytes)) + (outgoing.expects_answer ? "?" : "") +
             " ";
    }
    return all;
  }

 private:
  std::uint64_t number_ = 0;
};

constexpr const char* kMeter = "mode = \"pulses\"\npulse_value = 0.01\n";

core::PortWish wish_of(const std::string& options) {
  const auto wishes = make(drivers::gpio::spec(), options).value()->wishes();
  REQUIRE(wishes.size() == 1);
  return wishes[0];
}

std::string mistake_of(const std::string& options) {
  const auto made = make(drivers::gpio::spec(), options);
  return made ? "" : made.error().message();
}

}  // namespace

TEST_CASE("golden texts are read as the table says") {
  check_text_frames(drivers::gpio::spec(), AFFERENT_SOURCE "/drivers/gpio/frames.txt", 20);
}

TEST_CASE("the line is asked of the port as the options say") {
  using Bias = core::PortWish::Bias;
  CHECK(wish_of("line = \"input-1\"") == core::PortWish{.name = "input-1", .debounce = core::Micros(50'000)});
  CHECK(wish_of("line = \"4\"\nmode = \"pulses\"\nactive_low = true\nbias = \"pull-up\"") ==
        core::PortWish{.name = "4", .active_low = true, .bias = Bias::pull_up, .debounce = core::Micros(2000)});
  CHECK(wish_of("line = \"4\"\ndebounce = \"1 ms\"\nbias = \"disabled\"") ==
        core::PortWish{.name = "4", .bias = Bias::disabled, .debounce = core::Micros(1000)});
  CHECK(wish_of("line = \"4\"\nmode = \"output\"\ninitially = \"on\"") ==
        core::PortWish{.name = "4", .output = true, .on = true});
}

TEST_CASE("options that do not fit together are refused") {
  CHECK(mistake_of("line = \"4\"\nchannel = \"Open!\"") == "device:2: channel: \"Open!\" is no name of a channel");
  CHECK(mistake_of("line = \"4\"\nmode = \"output\"\nbias = \"pull-up\"") == "device:3: bias: is for inputs only");
  CHECK(mistake_of("line = \"4\"\nstart_value = 5") == "device:2: start_value: is of no use without pulse_value");
}

TEST_CASE("a contact is told at once when it changes, and with each poll") {
  Device device("");
  CHECK(device.poll("0") == Texts{"open=false"});
  CHECK(device.sent() == "4=? ");
  CHECK(device.sink.done_count == 1);
  device.edge(true, 1);
  CHECK(device.read() == Texts{"open=true"});
  device.happens(Kind::edge, "5", "0", 1);
  CHECK(device.read().empty());
  CHECK(device.poll("1") == Texts{"open=true"});
}

TEST_CASE("a line that cannot be read is an error of the device, not a reading") {
  Device device("");
  CHECK(device.poll("").empty());
  CHECK(device.sink.done_error == "line 4 cannot be read");
  device.happens(Kind::turn);
  device.happens(Kind::timed_out);
  CHECK(device.sink.done_error == "the line was not read in time");
}

TEST_CASE("pulses are counted between polls and told with them") {
  Device device(kMeter);
  CHECK(device.poll() == Texts{"pulses=0", "pulses_lost=0", "volume=0 m3"});
  for (int i = 0; i < 3; ++i) {
    device.now.boot += 18s;
    device.pulse();
  }
  CHECK(device.read().empty());
  CHECK(device.poll() == Texts{"pulses=3", "pulses_lost=0", "volume=0.03 m3", "flow=2 m3/h"});
}

TEST_CASE("flow is taken from the pulses of the poll, falls without any, and is zero after a while") {
  Device device(std::string(kMeter) + "zero_after = \"5 min\"\n");
  const auto flow = [&device]() -> std::string {
    const Texts texts = device.poll();
    return texts.size() == 4 ? texts[3] : "none";
  };
  device.pulse();
  CHECK(flow() == "none");  // one pulse has no rate
  device.now.boot += 36s;
  device.pulse();
  CHECK(flow() == "flow=1 m3/h");
  for (int i = 0; i < 2; ++i) {
    device.now.boot += 18s;
    device.pulse();
  }
  device.now.boot += 3s;
  CHECK(flow() == "flow=2 m3/h");
  device.now.boot += 69s;
  CHECK(flow() == "flow=0.5 m3/h");  // at most one pulse in 72 s
  device.now.boot += 228s;
  CHECK(flow() == "flow=0 m3/h");
  device.now.boot += 1h;
  device.pulse();
  CHECK(flow() == "flow=0 m3/h");  // the pause says nothing of what begins now
  device.now.boot += 36s;
  device.pulse();
  CHECK(flow() == "flow=1 m3/h");
}

TEST_CASE("no pulse since the start is a flow of zero once that has lasted") {
  Device device(std::string(kMeter) + "zero_after = \"1 min\"\n");
  CHECK(device.poll().size() == 3);
  device.now.boot += 60s;
  CHECK(device.poll().back() == "flow=0 m3/h");
}

TEST_CASE("pulses that the kernel dropped are counted and told as lost; a port that opened anew lost none") {
  Device device("mode = \"pulses\"\n");
  device.edge(true, 1);
  device.edge(true, 7);  // 0 1 0 1 0 between them
  CHECK(device.poll() == Texts{"pulses=4", "pulses_lost=2"});
  device.happens(Kind::closed);
  device.happens(Kind::opened);
  device.edge(true, 1);
  CHECK(device.poll() == Texts{"pulses=5", "pulses_lost=2"});
}

TEST_CASE(
    "pulses that the kernel dropped before the first edge of an opened port are counted, of others nothing is known") {
  Device device("mode = \"pulses\"\n");
  device.happens(Kind::opened);
  device.edge(true, 5);  // 1 0 1 0 before it
  CHECK(device.poll() == Texts{"pulses=3", "pulses_lost=2"});
  device.edge(false, 6);
  device.edge(true, 7);
  CHECK(device.poll() == Texts{"pulses=4", "pulses_lost=2"});
  device.happens(Kind::closed);
  device.edge(true, 100);
  CHECK(device.poll() == Texts{"pulses=5", "pulses_lost=2"});
  device.happens(Kind::opened);
  device.edge(true, 0);  // of a stand-in that counts from there
  device.edge(false, 1);
  CHECK(device.poll() == Texts{"pulses=6", "pulses_lost=2"});
}

TEST_CASE("the count survives a restart, whatever the options are then") {
  Device before(kMeter);
  before.edge(true, 1);
  before.edge(true, 5);
  const core::Bytes saved = before.driver->save();
  Device after(kMeter);
  REQUIRE(after.driver->restore(saved));
  CHECK(after.poll() == Texts{"pulses=3", "pulses_lost=1", "volume=0.03 m3"});
  Device contact("");
  CHECK(contact.driver->restore(saved));
  CHECK(contact.driver->save().empty());
  for (const char* const wrong : {"pulses", "pulses x 1", "pulses 1", "pulses 1 2 3", "pulses -1 0", "nonsense"}) {
    CAPTURE(wrong);
    CHECK_FALSE(after.driver->restore(core::as_bytes(std::string_view(wrong))));
  }
  CHECK(after.poll()[0] == "pulses=3");
}

TEST_CASE("the count can be set when the meter was changed") {
  Device device(kMeter);
  device.pulse();
  device.commands("total", {{"pulses", "123450"}});
  CHECK(device.sink.done_error == "");
  CHECK(device.poll()[2] == "volume=1234.5 m3");
  device.commands("total", {{"pulses", "-1"}});
  CHECK(device.sink.done_error == "pulses=-1: must be a whole number");
  Device contact("");
  contact.commands("total", {{"pulses", "1"}});
  CHECK(contact.sink.done_error == "the line does not count pulses");
}

TEST_CASE("an output is switched, for a time when that is asked, and is so again when the port comes back") {
  Device device("mode = \"output\"\n");
  device.commands("set", {{"state", "on"}});
  CHECK(device.sent() == "4=1 ");
  CHECK(device.sink.done_error == "");
  CHECK(device.read() == Texts{"output=true"});
  device.happens(Kind::closed);
  device.happens(Kind::opened);
  CHECK(device.sent() == "4=1 4=1 ");

  device.sink.clear();
  device.commands("set", {{"state", "off"}, {"for", "2.5"}});
  REQUIRE(device.sink.wakes.size() == 1);
  CHECK(device.sink.wakes[0] == 2500ms);
  CHECK(device.read() == Texts{"output=false"});
  device.happens(Kind::wake);
  CHECK(device.sent() == "4=0 4=1 ");
  CHECK(device.read() == Texts{"output=true"});
  device.happens(Kind::wake);
  CHECK(device.sent() == "4=0 4=1 ");

  device.sink.clear();
  device.commands("set", {{"state", "off"}, {"for", "1"}});
  device.commands("set", {{"state", "off"}});
  device.happens(Kind::wake);
  CHECK(device.sent() == "4=0 4=0 ");
}

TEST_CASE("a command that cannot be is refused with what would be right") {
  Device device("mode = \"output\"\n");
  const auto refused = [](Device& at, const std::string& verb, const std::map<std::string, std::string>& arguments) {
    at.commands(verb, arguments);
    return at.sink.done_error;
  };
  CHECK(refused(device, "set", {}) == "state=: must be on or off");
  CHECK(refused(device, "set", {{"state", "up"}}) == "state=up: must be on or off");
  for (const char* const wrong : {"x", "-1", "0", "1e9", "nan", "2 s"}) {
    CHECK(refused(device, "set", {{"state", "on"}, {"for", wrong}}) ==
          "for=" + std::string(wrong) + ": must be seconds, 0.001 to 86400");
  }
  CHECK(device.sink.sent.empty());
  CHECK(refused(device, "dance", {}) == "unsupported command 'dance'");
  Device contact("");
  CHECK(refused(contact, "set", {{"state", "on"}}) == "the line is an input; set is for outputs");
}

TEST_CASE("on a line of the agent: polls read the level, edges are polls of their own, commands switch") {
  struct Polls final : core::PollSink {
    void series_added(core::Series, core::DeviceId, const core::ChannelSpec&) override {}
    void poll(const core::Poll& poll) override {
      seen.push_back(std::to_string(core::index(poll.device)) + ":" +
                     short_number(poll.readings.back().value.as_number()));
    }
    Texts seen;
  } polls;
  FakeClock clock;
  FakeTimers timers(clock);
  RecordingLog log;
  acquire::SeriesTable series(polls);
  auto owned = std::make_unique<FakePort>(core::Port::Medium::stream);
  FakePort& port = *owned;
  acquire::Line line({.id = "chip"}, std::move(owned), timers, clock, series, polls, log);
  const char* const options[] = {"line = \"4\"", "line = \"5\"", "line = \"6\"\nmode = \"output\""};
  for (std::uint32_t i = 0; i < 3; ++i) {
    acquire::DeviceSetup setup;
    setup.device = core::DeviceId{i};
    setup.id = "device";
    setup.retries = 0;
    REQUIRE(line.add(core::Scope::device, {setup}, make(drivers::gpio::spec(), options[i]).value()).ok());
  }
  REQUIRE(port.wished.size() == 3);
  const auto answer = [&](std::string_view name, std::string_view level) {
    port.says(core::PortEvent{core::PortEvent::Kind::received, clock.stamp, name, core::as_bytes(level), 0});
  };
  line.start(clock.stamp);
  port.opens(clock.stamp);
  answer("4", "0");
  answer("5", "1");
  answer("6", "0");
  CHECK(polls.seen == Texts{"0:0", "1:1", "2:0"});
  polls.seen.clear();
  timers.advance(1s);
  port.says(core::PortEvent{core::PortEvent::Kind::edge, clock.stamp, "4", core::as_bytes("1"), 1});
  CHECK(polls.seen == Texts{"0:1"});
  polls.seen.clear();
  std::string replied = "none";
  line.command(core::DeviceId{2}, {{}, "set", {{"state", "on"}, {"for", "2"}}},
               [&replied](const auto& result) { replied = result ? "done" : result.error().message(); });
  CHECK(replied == "done");
  CHECK(port.written_to.back() == std::pair<std::string, std::string>{"6", "1"});
  timers.advance(2s);
  CHECK(port.written_to.back() == std::pair<std::string, std::string>{"6", "0"});
  CHECK(polls.seen == Texts{"2:1", "2:0"});
  CHECK(line.health(core::DeviceId{0}).state == core::Health::good);
}

TEST_CASE("blanks alone are no text of this driver") {
  for (const char* blanks : {" ", "\r\n", "\n\n \t"}) {
    Bench bench(drivers::gpio::spec(), "");
    bench.happens(Kind::received, {}, blanks);
    REQUIRE(bench.sink.rejects.size() == 1);
    CHECK(core::as_text(bench.sink.rejects[0].bytes) == blanks);
  }
}
