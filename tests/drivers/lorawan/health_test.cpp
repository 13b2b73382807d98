// What is a device's health: scripts that cannot be run, payloads that cannot be decoded, and what comes beside them.
#include "agent/acquire/line.h"
#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

using core::Health;
using Outcome = core::CodecAnswer::Outcome;
using Kind = core::WireEvent::Kind;

const std::string kOptions = "dev_eui = 'a840415711866a85'\n";
const std::string kData = R"(,"fPort":85,"data":"AQI=","rxInfo":[{"rssi":-70,"snr":8}])";

class NoPolls final : public core::PollSink {
 public:
  void series_added(core::Series, core::DeviceId, const core::ChannelSpec&) override {}
  void poll(const core::Poll&) override {}
};

// The driver on a line as in the agent; the test plays broker and codec.
struct Street {
  FakeClock clock;
  FakeTimers timers{clock};
  RecordingLog log;
  NoPolls polls;
  acquire::SeriesTable series{polls};
  FakePort* port = nullptr;
  std::unique_ptr<acquire::Line> line;

  explicit Street(const std::vector<core::DriverDevice>& devices) {
    auto owned = std::make_unique<FakePort>(core::Port::Medium::stream);
    port = owned.get();
    line = std::make_unique<acquire::Line>(acquire::LineSetup{.id = "lns"}, std::move(owned), timers, clock, series,
                                           polls, log);
    auto driver = spec().create({devices});
    REQUIRE(driver.ok());
    std::vector<acquire::DeviceSetup> setups;
    for (const core::DriverDevice& device : devices) {
      acquire::DeviceSetup setup;
      setup.id = device.id;
      setup.device = static_cast<core::DeviceId>(setups.size());
      setups.push_back(setup);
    }
    REQUIRE(line->add(core::Scope::port, setups, std::move(*driver)).ok());
    line->start(clock.stamp);
    port->opens(clock.stamp);
  }
  void says(std::string_view topic, std::string_view text) {
    port->says(core::PortEvent{core::PortEvent::Kind::received, clock.stamp, topic, core::as_bytes(text), 0});
    timers.advance(std::chrono::milliseconds(10));
  }
  core::CodecCall call() {
    timers.advance(std::chrono::milliseconds(10));
    while (!port->written_to.empty() && port->written_to.front().first != core::kCodecTopic)
      port->written_to.erase(port->written_to.begin());
    REQUIRE_FALSE(port->written_to.empty());
    const auto call = core::unpack_call(core::as_bytes(port->written_to.front().second));
    port->written_to.erase(port->written_to.begin());
    REQUIRE(call);
    return *call;
  }
  void answers(std::uint32_t id, const std::string& text, Outcome outcome = Outcome::ok) {
    says(core::kCodecTopic, core::as_text(core::pack(core::CodecAnswer{id, outcome, text})));
  }
  acquire::DeviceHealth health(std::uint32_t device = 0) const {
    return line->health(static_cast<core::DeviceId>(device));
  }
};

TEST_CASE("a device none of whose uplinks decodes is not well, whatever else comes of it") {
  Street street({device_of("d1", kOptions + "codec = 'a.js'")});
  street.answers(street.call().id, "");
  for (unsigned i = 1; i <= 20; ++i) {
    street.says(kUpTopic, up({.fcnt = i, .rest = kData}));
    street.answers(street.call().id, "a.js: Error: no", Outcome::failed);
    CHECK(street.health().state == Health::degraded);
    CHECK(street.health().last_error == "d1: codec: a.js: Error: no");
    CHECK(street.health().frame_error_rate == 1.0);
  }
  CHECK_FALSE(street.health().last_good);
  street.says("application/app-1/device/a840415711866a85/event/status", R"({"batteryLevel":75.5})");
  CHECK(street.health().state == Health::degraded);
  street.says(kUpTopic, up({.fcnt = 21, .rest = R"(,"fPort":0,"rxInfo":[{"rssi":-70,"snr":8}])"}));
  CHECK(street.health().state == Health::degraded);
  CHECK(street.health().last_error == "d1: still: codec: a.js: Error: no");
}

TEST_CASE("it is well again once its uplinks decode") {
  Street street({device_of("d1", kOptions + "codec = 'a.js'")});
  street.answers(street.call().id, "");
  street.says(kUpTopic, up({.fcnt = 1, .rest = kData}));
  street.answers(street.call().id, "a.js gave no answer within 200 ms", Outcome::late);
  CHECK(street.health().state == Health::degraded);
  street.says(kUpTopic, up({.fcnt = 2, .rest = kData}));
  street.answers(street.call().id, R"({"data":{"x":1}})");
  CHECK(street.health().state == Health::good);
  CHECK(street.health().last_good);
  street.says("application/app-1/device/a840415711866a85/event/status", R"({"batteryLevel":75.5})");
  CHECK(street.health().state == Health::good);
}

TEST_CASE("one field that cannot be read is a fault of a good frame; all of them are a bad frame") {
  const std::string map =
      "codec = 'a.js'\n[[field]]\npath = 'a'\nchannel = 'level'\n[[field]]\npath = 'b'\nchannel = 'depth'\n";
  Street street({device_of("d1", kOptions + map)});
  street.answers(street.call().id, "");
  street.says(kUpTopic, up({.fcnt = 1, .rest = kData}));
  street.answers(street.call().id, R"({"data":{"a":1,"b":"x"}})");
  CHECK(street.health().state == Health::good);
  CHECK(street.health().rejects == 1);
  street.says(kUpTopic, up({.fcnt = 2, .rest = kData}));
  street.answers(street.call().id, R"({"data":{"a":"x","b":"x"}})");
  CHECK(street.health().state == Health::degraded);
}

TEST_CASE("a script that cannot be run is said of its devices as soon as the port is open") {
  Street street({device_of("d1", kOptions + "codec = 'a.js'"), device_of("d2", "dev_eui = '2222222222222222'"),
                 device_of("d3", "dev_eui = '3333333333333333'\ncodec = 'a.js'"),
                 device_of("d4", "dev_eui = '4444444444444444'\ncodec = 'b.js'")});
  const auto first = street.call();
  CHECK(first.verb == core::CodecCall::Verb::load);
  CHECK(first.script == folder() + "/a.js");
  street.answers(first.id, "a.js: SyntaxError: line 1", Outcome::failed);
  const auto second = street.call();
  CHECK(second.script == folder() + "/b.js");
  street.answers(second.id, "");
  for (const std::uint32_t bad : {0U, 2U}) {
    CHECK(street.health(bad).state == Health::degraded);
    CHECK(street.health(bad).last_error.ends_with(": codec: a.js: SyntaxError: line 1"));
  }
  CHECK(street.health(1).rejects == 0);
  CHECK(street.health(3).rejects == 0);
}

TEST_CASE("a command with data ends on the line as the codec and the broker say") {
  Street street({device_of("d1", kOptions + "codec = 'a.js'\napplication = 'app'")});
  street.answers(street.call().id, "");
  std::string outcome;
  const auto order = [&] {
    outcome.clear();
    street.line->command(core::DeviceId{0}, {{}, "downlink", {{"data", "{}"}}},
                         [&](const auto& result) { outcome = result ? "done" : result.error().message(); });
  };
  order();
  auto call = street.call();
  CHECK(outcome.empty());
  street.says(kUpTopic, up({.fcnt = 1, .rest = kData}));  // is decoded meanwhile
  const auto uplink = street.call();
  street.answers(uplink.id, R"({"data":{"x":1}})");
  CHECK(street.health().state == Health::good);
  CHECK(outcome.empty());
  street.answers(call.id, "a.js: TypeError: the script has none of encodeDownlink, Encode and Encoder",
                 Outcome::failed);
  CHECK(outcome == "codec: a.js: TypeError: the script has none of encodeDownlink, Encode and Encoder");
  order();
  street.answers(street.call().id, R"({"bytes":[1,2],"fPort":3})");
  CHECK(outcome == "done");
  REQUIRE_FALSE(street.port->written_to.empty());
  CHECK(street.port->written_to.back().first == "application/app-1/device/a840415711866a85/command/down");
  order();
  call = street.call();
  street.timers.advance(std::chrono::seconds(16));
  CHECK(outcome == "codec: it gave no answer");
}

}  // namespace
}  // namespace afferent::test::lorawan
