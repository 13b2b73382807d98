// Devices on lines of names: what they say is what their driver reads, and what the truth holds.
#include <doctest/doctest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

#include "agent/core/codec_call.h"
#include "drivers/common/base64.h"
#include "drivers/gpio/simulated.h"
#include "tests/tools/codec_script.h"
#include "tests/tools/simulator_rig.h"

namespace afferent::test {
namespace {

using Kind = core::WireEvent::Kind;
using drivers::gpio::ChipEvent;

std::unique_ptr<core::Driver> driver_of(const StreetRig& rig) {
  const simulator::DevicePlan& plan = rig.loaded.scenario.devices.front();
  return plan.driver->create({{plan.setup}}).value();
}

core::WireEvent event_of(const StreetRig& rig, Kind kind, std::string_view name, core::ByteView bytes) {
  core::WireEvent event;
  event.kind = kind;
  event.at = rig.clock.stamp;
  event.name = name;
  event.bytes = bytes;
  return event;
}

std::string lorawan(const std::string& rest, const std::string& faults = {}) {
  return "[[line]]\nid = \"lns\"\nkind = \"mqtt\"\n[[device]]\nid = \"d\"\nline = \"lns\"\ndriver = \"lorawan\"\npush "
         "= \"10 s\"\n" +
         rest + "\n" + faults;
}
const std::string kEui = "dev_eui = \"0102030405060708\"";
const std::string kServerDecodes = "options = { " + kEui +
                                   ", field = [ { path = \"data.depth\", channel = \"level\", unit = \"cm\" } ] }\n"
                                   "channels.level = { kind = \"ramp\", rate = 0.01 }\n";

drivers::Json json_of(const std::pair<std::string, std::string>& message) {
  auto json = drivers::read_json(message.second);
  REQUIRE(json);
  return *std::move(json);
}

struct Maker {
  const char* profile;
  const char* script;
  const char* channels;
  const char* bytes;  // of the payload
};
// Values that the payload holds exactly but for 1.237 m, 12.34 deg, ... which it rounds.
constexpr Maker kMakers[] = {
    {"milesight_em500_swl", "milesight_em.js", "level = 1.237, battery = 87", "01755703777C00"},
    {"milesight_em500_pp", "milesight_em.js", "pressure = 350.4", "017500037B5E01"},
    {"milesight_tilt", "milesight_em.js", "tilt_x = -12.346, tilt_z = 90, flag_tilt_x = true, flag_tilt_z = true",
     "01750003CF2DFB0000282305"},
    {"dragino_ldds20", "dragino_distance.js", "level = 2.799, voltage = 3.387", "0D3B0AEF00000000"},
    {"dragino_llds12", "dragino_distance.js", "distance = 2.841, temperature = -3, voltage = 3.42",
     "0D5C00000B190000 00FD01"},
    {"netvox_r718pa22", "netvox.js", "level = 2.497, temperature = 25, voltage = 11.9, flag_low_battery = true",
     "019B01F709C10019000000"},
    {"netvox_r718ea", "netvox.js", "tilt_y = -50, tilt_z = -90, temperature = -10.5, voltage = 3.6",
     "019A012400CEA6FF970000"},
    {"netvox_leak", "netvox.js", "flooded = true, voltage = 3", "0132011E01000000000000"},
};

}  // namespace

TEST_CASE("a simulated LoRaWAN device sends what its maker's codec reads, and the truth is what was read") {
  for (const Maker& maker : kMakers) {
    CAPTURE(maker.profile);
    StreetRig rig(lorawan("profile = \"" + std::string(maker.profile) + "\"\noptions = { " + kEui +
                          " }\nchannels = { " + maker.channels + " }"));
    rig.timers.advance(10s);
    REQUIRE(rig.port.written_to.size() == 1);
    const auto& [topic, text] = rig.port.written_to.front();
    const drivers::Json json = json_of(rig.port.written_to.front());
    CHECK(core::to_hex(drivers::from_base64(json["data"].text()).value()) ==
          core::to_hex(core::from_hex(maker.bytes).value()));

    const auto driver = driver_of(rig);
    driver->on(event_of(rig, Kind::received, topic, core::as_bytes(text)), rig.sink);
    REQUIRE(rig.sink.sent.size() == 1);
    core::CodecCall call = core::unpack_call(rig.sink.sent.front().bytes).value();
    std::ifstream file(std::string(AFFERENT_SOURCE "/drivers/lorawan/profiles/") + maker.script);
    Script script(std::string{std::istreambuf_iterator<char>(file), {}});
    const core::Bytes answer = core::pack(core::CodecAnswer{call.id, core::CodecAnswer::Outcome::ok, script.run(call)});
    driver->on(event_of(rig, Kind::received, core::kCodecTopic, answer), rig.sink);
    CHECK(rig.sink.rejects.empty());
    rig.channels = driver->channels(core::DeviceRef{0});
    rig.check_readings();
    CHECK(rig.sink.readings.size() > 2);
  }
}

TEST_CASE("an uplink is an event of ChirpStack: who, when, how heard, counted from 0, in a session of its own") {
  StreetRig rig(lorawan(kServerDecodes));
  rig.timers.advance(100s);
  REQUIRE(rig.port.written_to.size() == 10);
  std::set<std::string> ids;
  std::set<std::size_t> gateways;
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(rig.port.written_to[i].first == "application/simulated/device/0102030405060708/event/up");
    const drivers::Json json = json_of(rig.port.written_to[i]);
    CHECK(json["fCnt"].number() == i);
    CHECK(json["deviceInfo"]["devEui"].text() == "0102030405060708");
    CHECK(json["deviceInfo"]["applicationId"].text() == "simulated");
    CHECK(json["devAddr"].text() == json_of(rig.port.written_to[0])["devAddr"].text());
    CHECK(json["deduplicationId"].text().size() == 36);
    CHECK(json["object"]["depth"].number() == doctest::Approx(std::stod(rig.truth[3 * i].at("value")) * 100));
    ids.insert(std::string(json["deduplicationId"].text()));
    gateways.insert(json["rxInfo"].items().size());
  }
  CHECK(ids.size() == 10);
  CHECK(gateways == std::set<std::size_t>{1, 2, 3});
  StreetRig other(lorawan(kServerDecodes));
  other.clock.stamp.utc += core::Micros(5'000'000);
  other.timers.advance(10s);
  CHECK(json_of(other.port.written_to[0])["devAddr"].text() != json_of(rig.port.written_to[0])["devAddr"].text());
}

TEST_CASE("a LoRaWAN device goes on counting when its server comes back, and all that is served is read") {
  StreetRig rig(lorawan(kServerDecodes));
  rig.timers.advance(40s);
  rig.bus->detach();
  rig.timers.advance(40s);
  rig.bus->attach(rig.port);
  rig.port.opens(rig.clock.stamp);
  rig.timers.advance(40s);
  const auto& sent = rig.port.written_to;
  REQUIRE(sent.size() > 6);
  const auto driver = driver_of(rig);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const drivers::Json json = json_of(sent[i]);
    CHECK(json["fCnt"].number() == i);
    CHECK(json["devAddr"].text() == json_of(sent[0])["devAddr"].text());
    ids.insert(std::string(json["deduplicationId"].text()));
    driver->on(event_of(rig, Kind::received, sent[i].first, core::as_bytes(sent[i].second)), rig.sink);
  }
  CHECK(ids.size() == sent.size());
  CHECK(rig.sink.readings.size() == rig.served());
}

TEST_CASE("a script that nobody delivers gets the plain form") {
  StreetRig rig(
      lorawan("options = { " + kEui +
              ", codec = \"own.js\", fport = [\"7\"], field = [ { path = \"a\", channel = \"level\" }, { path = "
              "\"b\", channel = \"tilt\" }, { path = \"c\", channel = \"open\" } ] }\n"
              "channels = { level = -1.5, open = true }"));
  rig.timers.advance(10s);
  const drivers::Json json = json_of(rig.port.written_to.at(0));
  CHECK(core::to_hex(drivers::from_base64(json["data"].text()).value()) == "FFFFFA2480000000000003E8");
  CHECK(json["fPort"].number() == 7);
  CHECK(json["object"].is(drivers::Json::Kind::null));
}

TEST_CASE("uplinks get lost, come late and twice; the driver reads each once, and that is the truth") {
  const std::string every = "line = \"lns\"\nprobability = ";
  StreetRig rig("seed = 4\n" +
                lorawan(kServerDecodes, "[[fault]]\nkind = \"silence\"\n" + every +
                                            "0.2\n[[fault]]\nkind = \"delay\"\ndelay = \"15 s\"\n" + every +
                                            "0.3\n[[fault]]\nkind = \"copy\"\ndelay = \"3 s\"\n" + every + "0.5\n"));
  rig.timers.advance(2000s);
  CHECK(rig.events("silence") > 20);
  CHECK(rig.events("delay") > 30);
  CHECK(rig.events("copy") > 50);
  CHECK(rig.port.written_to.size() > 200);
  const auto driver = driver_of(rig);
  std::set<std::string> same;
  std::set<double> counters;
  std::size_t again = 0;
  std::size_t other_gateway = 0;
  for (const auto& [topic, text] : rig.port.written_to) {
    driver->on(event_of(rig, Kind::received, topic, core::as_bytes(text)), rig.sink);
    const bool repeated = !same.insert(text).second;
    again += repeated ? 1 : 0;
    other_gateway += !counters.insert(json_of({topic, text})["fCnt"].number()).second && !repeated ? 1 : 0;
  }
  CHECK(again > 20);
  CHECK(other_gateway > 20);
  const auto channels = driver->channels(core::DeviceRef{0});
  std::vector<std::pair<std::string, double>> read;
  std::vector<std::pair<std::string, double>> served;
  for (const auto& one : rig.sink.readings) read.emplace_back(channels[core::index(one.channel)].name, one.number);
  for (const auto& line : rig.truth) {
    if (line.contains("channel")) served.emplace_back(line.at("channel"), std::stod(line.at("value")));
  }
  CHECK(read.size() == served.size());
  for (std::size_t i = 0; i < std::min(read.size(), served.size()); ++i) {
    CAPTURE(i);
    REQUIRE(read[i].first == served[i].first);
    REQUIRE(read[i].second == doctest::Approx(served[i].second).epsilon(1e-12));
  }
  CHECK(rig.sink.rejects.empty());
}

namespace {

std::string gpio(const std::string& rest, const std::string& channels = {}) {
  return "[[line]]\nid = \"chip\"\nkind = \"gpio\"\n[[device]]\nid = \"d\"\nline = \"chip\"\ndriver = \"gpio\"\n" +
         rest + channels;
}

std::vector<ChipEvent> chip_events(const StreetRig& rig) {
  std::vector<ChipEvent> events;
  for (const core::Bytes& bytes : rig.port.written) {
    CHECK(bytes.size() % sizeof(ChipEvent) == 0);
    for (std::size_t at = 0; at + sizeof(ChipEvent) <= bytes.size(); at += sizeof(ChipEvent)) {
      std::memcpy(&events.emplace_back(), bytes.data() + at, sizeof(ChipEvent));
    }
  }
  return events;
}

// What the driver counts of them, told as the port does.
double counted(StreetRig& rig, std::size_t channel) {
  const auto driver = driver_of(rig);
  driver->on(event_of(rig, Kind::opened, {}, {}), rig.sink);
  for (const ChipEvent& one : chip_events(rig)) {
    core::WireEvent edge = event_of(rig, Kind::edge, "4", core::as_bytes(one.id == 1 ? "1" : "0"));
    edge.count = one.line_seqno;
    driver->on(edge, rig.sink);
  }
  driver->on(event_of(rig, Kind::received, "4", core::as_bytes("0")), rig.sink);
  return rig.sink.readings.at(channel).number;
}

}  // namespace

TEST_CASE("pulses of a simulated line are counted as they are served, lost ones and too many at once too") {
  const std::string counter = "push = \"1 s\"\noptions = { line = \"4\", mode = \"pulses\"";
  for (const std::string count : {"rising", "falling", "both"}) {
    CAPTURE(count);
    StreetRig rig(gpio(counter + ", count = \"" + count + "\" }\n",
                       "channels.pulses = { kind = \"ramp\", rate = 1.7 }\n[[fault]]\nkind = \"silence\"\nline = "
                       "\"chip\"\nprobability = 0.3\nto = \"40 s\"\n"));
    rig.timers.advance(60s);
    CHECK(rig.events("silence") > 5);
    CHECK(counted(rig, 0) == std::stod(rig.truth.back().at("value")));
    CHECK(rig.sink.readings[1].number > 5);
  }
  StreetRig flood(gpio(counter + ", pulse_value = 0.01, start_value = 5.0 }\n",
                       "channels.volume = { kind = \"storm\", points = [[0, 5], [5, 5.05], [10, 5.1], [20, 705]] }\n"));
  flood.timers.advance(25s);
  CHECK(flood.port.written.back().size() == 1024 * sizeof(ChipEvent));
  CHECK(counted(flood, 2) == std::stod(flood.truth.back().at("value")));
  CHECK(flood.truth.back().at("channel") == "volume");
}

TEST_CASE(
    "a simulated contact tells its level when somebody comes, then each change; an output is what it was driven to") {
  StreetRig rig(gpio("push = \"1 s\"\noptions = { line = \"17\" }\n",
                     "channels.open = { kind = \"steps\", points = [[0, false], [10, true], [20, false]] }\n"));
  rig.timers.advance(15s);
  rig.bus->port_closed(0, rig.clock.stamp, "gone");
  rig.bus->port_opened(0, rig.clock.stamp);
  rig.timers.advance(15s);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> told;
  for (const ChipEvent& event : chip_events(rig)) {
    CHECK(event.offset == 17);
    told.emplace_back(event.id, event.line_seqno);
  }
  CHECK(told == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{2, 1}, {1, 2}, {1, 1}, {2, 2}});
  CHECK(rig.served() == 4);

  StreetRig pump(gpio("options = { line = \"6\", mode = \"output\" }\n"));
  ChipEvent on{};
  on.id = 1;
  on.offset = 6;
  CHECK(pump.ask({reinterpret_cast<const std::uint8_t*>(&on), sizeof on}, 20).empty());
  on.offset = 7;
  pump.ask({reinterpret_cast<const std::uint8_t*>(&on), sizeof on});
  REQUIRE(pump.truth.size() == 1);
  CHECK(pump.truth[0].at("channel") == "output");
  CHECK(pump.truth[0].at("value") == "1");
}

namespace {

struct Attribute {
  const char* options;
  const char* channels;
  std::size_t readings;
};

}  // namespace

TEST_CASE("what a simulated folder of attributes says is what the driver reads") {
  constexpr Attribute kAttributes[] = {
      {"samples = 1", "tilt = 37.5", 2},
      {"samples = 1, reference = [1.0, -2.0, 9.0], scale = 0.00981", "tilt = 120, vibration = 0.4", 2},
      {"mode = \"loop\", shunt = 100, high = 5.0", "level = 1.2345", 4},
      {"mode = \"loop\", shunt = 150, high = 5.0, scale_unit = \"volt\", input = \"in_voltage3\"", "level = 4.9", 4},
      {"mode = \"loop\", shunt = 100, high = 5.0", "level = 2, flag_broken_wire = true", 4},
      {"mode = \"loop\", input = \"in_current1\", low = 3.0, high = 0.0, offset = -7", "level = 3.5", 4},
      {"mode = \"value\", input = \"in_temp_input\", channel = \"temperature\", quantity = \"temperature\", high = "
       "0.001",
       "temperature = -12.345", 1},
      {"mode = \"value\", input = \"in_pressure\", channel = \"pressure\", quantity = \"pressure\"",
       "pressure = 101.33", 1},
  };
  for (const Attribute& one : kAttributes) {
    CAPTURE(one.options);
    CAPTURE(one.channels);
    StreetRig rig(
        "[[line]]\nid = \"f\"\nkind = \"iio\"\n[[device]]\nid = \"d\"\nline = \"f\"\ndriver = \"iio\"\npush = \"1 s\"\n"
        "options = { " +
        std::string(one.options) + " }\nchannels = { " + one.channels + " }\n");
    rig.timers.advance(5s);
    const auto driver = driver_of(rig);
    for (const core::Bytes& bytes : rig.port.written) driver->on(event_of(rig, Kind::received, {}, bytes), rig.sink);
    CHECK(rig.sink.rejects.empty());
    rig.channels = driver->channels(core::DeviceRef{0});
    CHECK(rig.sink.readings.size() == one.readings);
    CHECK(rig.served() == one.readings);  // said once, since nothing changed
    rig.check_readings();
  }
}

}  // namespace afferent::test
