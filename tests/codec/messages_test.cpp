#include "agent/codec/messages.h"

#include <doctest/doctest.h>

#include "afferent/v1/afferent.pb.h"
#include "agent/codec/channel_numbers.h"
#include "agent/codec/seal.h"

using namespace afferent;

namespace {

template <class Message>
Message parsed(const core::Bytes& bytes) {
  Message message;
  REQUIRE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

std::vector<core::DeviceIdentity> devices(std::size_t count) {
  std::vector<core::DeviceIdentity> list(count);
  for (std::size_t i = 0; i < count; ++i) {
    list[i].id = "level-" + std::to_string(i);
    list[i].domain = "flood";
    list[i].place.grid = {"310104", "013", "07"};
    list[i].component = "3101040101000001";
  }
  return list;
}

}  // namespace

TEST_CASE("every channel number leads back to its name") {
  for (std::uint32_t number = 1; !codec::channel_name(number).empty(); ++number) {
    CHECK(codec::channel_number(codec::channel_name(number), codec::channel_unit(number)) == number);
    std::string constant = "CHANNEL_";
    for (const char c : codec::channel_name(number)) constant += static_cast<char>(std::toupper(c));
    CHECK(v1::Channel_Name(static_cast<v1::Channel>(number)) == constant);
  }
  CHECK(v1::Channel_MAX + 1 == 33);
  CHECK(codec::channel_number("level", "m") == v1::CHANNEL_LEVEL);
  CHECK(codec::channel_number("level", "degC") == 0);  // a reader would take it for metres
  CHECK(codec::channel_number("battery", "V") == 0);
  CHECK(codec::channel_number("level", "") == v1::CHANNEL_LEVEL);
  CHECK(codec::channel_name(v1::Channel_MAX + 1).empty());
}

TEST_CASE("a seal can be appended to any message without encoding it again") {
  const codec::GapWriter gaps;
  core::Envelope gap = gaps.write(
      {"flood", core::Kind::telemetry, 4, 9, core::Nanos{5'000'000}, core::Nanos{7'000'000}, 6, 600, "quota"});
  const codec::Sealer sealer("tianlin-07");
  sealer.seal({0xE, 12, 11, 0xB, core::Micros{99}, core::ClockState::holdover}, gap.payload);
  const auto message = parsed<v1::Gap>(gap.payload);
  CHECK(message.stream() == "flood/telemetry");
  CHECK(message.readings() == 600);
  CHECK(message.first_ms() == 5);
  CHECK(message.seal().node() == "tianlin-07");
  CHECK(message.seal().epoch() == 0xE);
  CHECK(message.seal().sequence() == 12);
  CHECK(message.seal().previous() == 11);
  CHECK(message.seal().utc_at_boot_us() == 99);
  CHECK(message.seal().clock() == v1::CLOCK_STATE_HOLDOVER);
}

TEST_CASE("an alert carries where it is and nothing of an unknown clock") {
  const codec::Messages messages(devices(2));
  core::Alert alert;
  alert.device = core::DeviceId{1};
  alert.domain = "flood";
  alert.severity = core::Severity::orange;
  alert.limit = 0.27;
  alert.first = {core::Nanos{1'000'000'000}, core::Micros{123}, core::ClockState::unsynced};
  alert.last = {core::Nanos{2'000'000'000}, core::Micros{456}, core::ClockState::synced};
  const core::Envelope envelope = messages.alert(alert);
  CHECK(envelope.kind == core::Kind::alert);
  const auto message = parsed<v1::Alert>(envelope.payload);
  CHECK(message.device() == "level-1");
  CHECK(message.place().grid() == "310104/013/07");
  CHECK(message.component() == "3101040101000001");
  CHECK(message.first_ms() == 1000);
  CHECK(message.first_utc_us() == 0);
  CHECK(message.last_utc_us() == 456);
  CHECK(message.severity() == v1::SEVERITY_ORANGE);
}

TEST_CASE("a state of many devices is cut into pages below 64 kB, each device once") {
  const codec::Messages messages(devices(2000));
  std::vector<codec::DeviceFacts> facts(2000);
  std::vector<codec::ChannelFacts> latest(2000);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    facts[i].device = core::DeviceId{i};
    facts[i].last_error = "no answer within 1000 ms";
    latest[i].device = core::DeviceId{i};
    latest[i].channel = "level";
    latest[i].known = i != 5;
    latest[i].number = i;
  }
  const auto pages = messages.state("flood", {}, facts, latest, {});
  CHECK(pages.size() > 1);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    CHECK(pages[i].size() <= 65'536);
    const auto page = parsed<v1::DomainState>(pages[i]);
    CHECK(page.page() == i);
    CHECK(page.pages() == pages.size());
    for (const auto& device : page.device()) {
      CHECK(device.device() == "level-" + std::to_string(seen));
      CHECK(device.channel_size() == (seen == 5 ? 0 : 1));
      ++seen;
    }
  }
  CHECK(seen == 2000);
  CHECK(messages.state("water", {}, facts, latest, {}).size() == 1);
}

TEST_CASE("a device of very many channels is divided, and no channel is lost") {
  const codec::Messages messages(devices(2));
  std::vector<codec::DeviceFacts> facts(2);
  facts[1].device = core::DeviceId{1};
  std::vector<codec::ChannelFacts> latest(5000);
  for (std::size_t i = 0; i < latest.size(); ++i) {
    latest[i].channel = "value@" + std::to_string(i);
    latest[i].quantity = core::Quantity::text;
    latest[i].text = std::string(100, 'x');
    latest[i].known = true;
  }
  std::size_t seen = 0;
  std::size_t others = 0;
  for (const core::Bytes& bytes : messages.state("flood", {}, facts, latest, {})) {
    CHECK(bytes.size() <= 65'536);
    const auto page = parsed<v1::DomainState>(bytes);
    for (const auto& device : page.device()) {
      (device.device() == "level-0" ? seen : others) += static_cast<std::size_t>(device.channel_size());
    }
  }
  CHECK(seen == 5000);
  CHECK(others == 0);
}

TEST_CASE("the will names the session, so that an older will is not taken for the present one") {
  const auto will = parsed<v1::NodeStatus>(codec::encode_will(77));
  CHECK_FALSE(will.online());
  CHECK(will.session() == 77);
}

TEST_CASE("an alert names the cameras near its device, in an alert and in the domain's state, and no others'") {
  const codec::Messages messages(devices(3), {{"cam-1", "摄像头-2"}, {"cam-9"}});
  core::Alert alert;
  alert.domain = "flood";
  alert.device = core::DeviceId{0};
  const auto cameras = [](const v1::Alert& told) {
    return std::vector<std::string>(told.camera().begin(), told.camera().end());
  };
  CHECK(cameras(parsed<v1::Alert>(messages.alert(alert).payload)) == std::vector<std::string>{"cam-1", "摄像头-2"});
  alert.device = core::DeviceId{1};
  CHECK(cameras(parsed<v1::Alert>(messages.alert(alert).payload)) == std::vector<std::string>{"cam-9"});
  alert.device = core::DeviceId{2};
  CHECK(cameras(parsed<v1::Alert>(messages.alert(alert).payload)).empty());
  alert.device = core::DeviceId{0};
  const auto pages = messages.state("flood", {}, {}, {}, std::span(&alert, 1));
  REQUIRE(pages.size() == 1);
  const auto state = parsed<v1::DomainState>(pages[0]);
  REQUIRE(state.alert_size() == 1);
  CHECK(cameras(state.alert(0)) == std::vector<std::string>{"cam-1", "摄像头-2"});
}
