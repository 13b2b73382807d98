// The golden frames of drivers/lorawan/frames.txt through the driver, its profiles and their codecs.
#include <fstream>
#include <iterator>
#include <sstream>

#include "agent/config/profile.h"
#include "drivers/common/base64.h"
#include "drivers/lorawan/lorawan.h"
#include "tests/support/fakes.h"
#include "tests/tools/codec_script.h"

namespace afferent::test {
namespace {

struct Golden {
  std::string name;
  std::string profile;  // empty: an event
  int port = 0;
  core::Bytes bytes;
  std::string expected;
};

std::vector<Golden> golden_frames() {
  std::ifstream file(AFFERENT_SOURCE "/drivers/lorawan/frames.txt");
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> columns;
    for (std::size_t at = 0; at != line.npos + 3;) {
      const std::size_t bar = line.find(" | ", at);
      columns.push_back(line.substr(at, bar == line.npos ? bar : bar - at));
      at = bar == line.npos ? line.npos + 3 : bar + 3;
    }
    REQUIRE(columns.size() == 4);
    Golden golden{columns[0], {}, 0, core::from_hex(columns[2]).value(), columns[3]};
    if (const std::size_t blank = columns[1].find(' '); blank != line.npos) {
      golden.profile = columns[1].substr(0, blank);
      golden.port = std::stoi(columns[1].substr(blank + 1));
    }
    all.push_back(golden);
  }
  REQUIRE(all.size() > 20);
  return all;
}

// The driver with one device, and the codec that its calls go to.
struct Station {
  core::DriverDevice device;
  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;

  explicit Station(const std::string& profile) {
    device.id = "d";
    if (!profile.empty()) {
      config::Profile loaded = config::load_profile(
          drivers::lorawan::spec(), AFFERENT_SOURCE "/drivers/lorawan/profiles/" + profile + ".toml", {});
      REQUIRE_MESSAGE(loaded.problems.empty(), loaded.problems.front().text());
      device.profile = std::move(loaded.node);
    }
    auto made = drivers::lorawan::spec().create({{device}});
    REQUIRE_MESSAGE(made, made.error().message());
    driver = *std::move(made);
    sink.first_declared = static_cast<std::uint16_t>(driver->channels(core::DeviceRef{0}).size());
  }

  void tell(std::string_view name, core::ByteView bytes) {
    core::WireEvent event;
    event.kind = core::WireEvent::Kind::received;
    event.name = name;
    event.bytes = bytes;
    driver->on(event, sink);
  }

  void decode() {
    for (const core::Outgoing& outgoing : std::exchange(sink.sent, {})) {
      const auto call = core::unpack_call(outgoing.bytes);
      REQUIRE(call);
      std::ifstream file(call->script);
      Script script(std::string(std::istreambuf_iterator<char>(file), {}));
      REQUIRE(script.refused.empty());
      tell(core::kCodecTopic,
           core::pack(core::CodecAnswer{call->id, core::CodecAnswer::Outcome::ok, script.run(*call)}));
    }
  }

  std::string read() const {
    std::string all;
    const auto fixed = driver->channels(core::DeviceRef{0});
    for (const auto& reading : sink.readings) {
      const auto number = core::index(reading.channel);
      const core::ChannelSpec& spec = number < fixed.size() ? fixed[number] : sink.declared.at(number - fixed.size());
      std::string value = reading.text;
      if (reading.kind == core::Value::Kind::boolean) value = reading.number != 0 ? "true" : "false";
      if (reading.kind == core::Value::Kind::number) {
        std::ostringstream text;
        text << reading.number;
        value = text.str();
      }
      const std::string_view unit = core::unit_of(spec.quantity);
      all += (all.empty() ? "" : "; ") + spec.name + "=" + value + (unit.empty() ? "" : " ") + std::string(unit);
    }
    return all.empty() ? "none" : all;
  }
};

TEST_CASE("golden frames are read as the table says") {
  for (const Golden& golden : golden_frames()) {
    CAPTURE(golden.name);
    Station station(golden.profile);
    if (golden.profile.empty()) {
      station.tell("", golden.bytes);
    } else {
      const std::string event = R"({"deviceInfo":{"devEui":"0000000000000001"},"fPort":)" +
                                std::to_string(golden.port) + R"(,"data":")" + drivers::to_base64(golden.bytes) + "\"}";
      station.tell("", core::as_bytes(event));
      station.decode();
    }
    if (golden.expected.starts_with("reject: ")) {
      REQUIRE(station.sink.rejects.size() == 1);
      CHECK_MESSAGE(station.sink.rejects[0].why.find(golden.expected.substr(8)) != std::string::npos,
                    station.sink.rejects[0].why);
      CHECK(station.sink.readings.empty());
    } else {
      CHECK(station.sink.rejects.empty());
      CHECK(station.read() == golden.expected);
    }
  }
}

}  // namespace
}  // namespace afferent::test
