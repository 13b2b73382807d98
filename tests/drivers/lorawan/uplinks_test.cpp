// Uplinks: what becomes of an event, of copies of it, of late ones and of counters that begin again.
#include <set>

#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

const std::string kOptions = "dev_eui = 'A840415711866A85'\n";
const std::string kObject = R"(,"fPort":2,"data":"AQ==","object":{"v":1})";

TEST_CASE("without a codec the server's object is read, leaf by leaf") {
  Network net(kOptions);
  net.says(
      kUpTopic,
      up({.rest =
              R"(,"fPort":5,"data":"AQ==","object":{"Bat_mV":2904.0,"Firmware":"110","in":{"open":true,"list":[1,{"x":2}]},"none":null},
    "rxInfo":[{"rssi":-90,"snr":9.5},{"rssi":-56},{"rssi":-40,"snr":3,"crcStatus":"BAD_CRC"}])"}));
  CHECK(net.read() == std::vector<std::string>{"bat_mv=2904", "firmware=110", "in_open=true", "in_list_0=1",
                                               "in_list_1_x=2", "rssi=-56", "snr=0"});
  CHECK(net.sink.rejects.empty());
}

TEST_CASE("names of leaves are made to fit, and stay apart") {
  Network net(kOptions);
  net.says(
      kUpTopic,
      up({.rest = R"x(,"fPort":2,"object":{"Pd (P1-PBaro)":1,"a b":2,"a_b":3,"1x":4,"rssi":5,"温度":6,"__z":7})x"}));
  CHECK(net.read() ==
        std::vector<std::string>{"pd_p1_pbaro=1", "a_b=2", "a_b_2=3", "n1x=4", "rssi_2=5", "value=6", "z=7"});
}

TEST_CASE("names longer than a channel's may be are cut, and stay names, apart and of a channel each") {
  Network net(kOptions);
  std::string object;
  for (int i = 0; i < 120; ++i)
    object += (i == 0 ? "\"" : ",\"") + std::string(80, 'x') + std::to_string(i) + "\":" + std::to_string(i);
  const std::string rest = R"(,"fPort":2,"object":{)" + object + "}";
  net.says(kUpTopic, up({.fcnt = 1, .rest = rest}));
  net.says(kUpTopic, up({.fcnt = 2, .rest = R"(,"fPort":2,"object":{")" + std::string(80, 'x') + "0\":\"text\"}"}));
  REQUIRE(net.sink.declared.size() == 121);
  std::set<std::string> names;
  for (const core::ChannelSpec& spec : net.sink.declared) {
    CHECK_MESSAGE(core::is_channel_name(spec.name), spec.name);
    CHECK(spec.name.size() <= 64);
    names.insert(spec.name);
  }
  CHECK(names.size() == 121);
  CHECK(net.name_of(0) == std::string(52, 'x'));
  CHECK(net.name_of(119) == std::string(52, 'x') + "_120");
  CHECK(net.name_of(120) == std::string(52, 'x') + "_text");
}

TEST_CASE("a leaf that changes its kind gets a channel of its own") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 1, .rest = R"(,"fPort":2,"object":{"t":1.5})"}));
  net.says(kUpTopic, up({.fcnt = 2, .rest = R"(,"fPort":2,"object":{"t":"none"})"}));
  net.says(kUpTopic, up({.fcnt = 3, .rest = R"(,"fPort":2,"object":{"t":2.5})"}));
  CHECK(net.read() == std::vector<std::string>{"t=1.5", "t_text=none", "t=2.5"});
}

TEST_CASE("copies of an uplink are read once: by id, and by counter") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 7, .id = "a", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 7, .id = "a", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 7, .id = "b", .rest = kObject}));
  CHECK(net.sink.readings.size() == 1);
  CHECK(net.sink.rejects.empty());
}

TEST_CASE("one that comes late is read, with its own time, or as uncertain") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 10, .time = "2024-01-21T10:00:10Z", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 12, .time = "2024-01-21T10:00:12Z", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 11, .time = "2024-01-21T10:00:11Z", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 9, .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 11, .id = "again", .time = "2024-01-21T10:00:11Z", .rest = kObject}));
  REQUIRE(net.sink.readings.size() == 4);
  CHECK(net.sink.readings[2].measured < net.sink.readings[1].measured);
  CHECK(net.sink.readings[2].quality == core::Quality::good);
  CHECK_FALSE(net.sink.readings[3].measured);
  CHECK(net.sink.readings[3].quality == core::Quality::uncertain);
}

TEST_CASE("a counter begins again after a join, with a new address, far back, or much later") {
  const std::vector<std::pair<std::string, std::string>> ways{
      {"join", ""}, {"address", R"(,"devAddr":"00000002")"}, {"far", ""}, {"later", ""}};
  for (const auto& [way, address] : ways) {
    CAPTURE(way);
    Network net(kOptions);
    const unsigned last = way == "far" ? 1000 : 5;
    net.says(kUpTopic,
             up({.fcnt = last, .time = "2024-01-21T10:00:00Z", .rest = kObject + R"(,"devAddr":"00000001")"}));
    if (way == "join") net.says("application/app-1/device/a840415711866a85/event/join", R"({"devAddr":"00000003"})");
    const std::string time = way == "later" ? "2024-01-21T11:00:00Z" : "2024-01-21T10:00:01Z";
    net.says(kUpTopic, up({.fcnt = 5, .id = "new", .time = time, .rest = kObject + address}));
    net.says(kUpTopic, up({.fcnt = 6, .id = "new2", .time = time, .rest = kObject + address}));
    CHECK(net.sink.readings.size() == 3);
  }
}

TEST_CASE("a gateway that says nothing of the signal is not the best one") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 1, .rest = kObject + R"(,"rxInfo":[{"gatewayId":"a"},{"rssi":-90,"snr":1.5}])"}));
  net.says(kUpTopic, up({.fcnt = 2, .rest = kObject + R"(,"rxInfo":[{"gatewayId":"a"}])"}));
  net.says(kUpTopic, up({.fcnt = 3, .rest = kObject + R"(,"rxInfo":[{"snr":-5}])"}));
  CHECK(net.read() == std::vector<std::string>{"v=1", "rssi=-90", "snr=1.5", "v=1", "v=1", "rssi=0", "snr=-5"});
}

TEST_CASE("zeros that the server leaves out are zeros") {
  Network net(kOptions);
  net.says(kUpTopic, R"({"deviceInfo":{"devEui":"a840415711866a85"},"object":{"v":0}})");
  CHECK(net.read() == std::vector<std::string>{"v=0"});
}

TEST_CASE("the time of the event is that of the measurement; nonsense is none") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 1, .time = "2024-01-21T23:09:18.655164839+01:00", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 2, .time = "2024-13-21T23:09:18Z", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 3, .time = "1970-01-01T00:00:00Z", .rest = kObject}));
  net.says(kUpTopic, up({.fcnt = 4, .time = "2099-01-01T00:00:00Z", .rest = kObject}));
  REQUIRE(net.sink.readings.size() == 4);
  CHECK(net.sink.readings[0].measured == core::Micros{1705874958655164});
  for (std::size_t i = 1; i < 4; ++i) CHECK_FALSE(net.sink.readings[i].measured);
}

TEST_CASE("an unknown device is heard once and never read") {
  Network net(kOptions);
  for (unsigned i = 1; i < 4; ++i)
    net.says("application/app-1/device/0102030405060708/event/up",
             up({.fcnt = i, .rest = kObject, .eui = "0102030405060708"}));
  REQUIRE(net.sink.heard_of.size() == 1);
  CHECK(net.sink.heard_of[0].first == "0102030405060708");
  CHECK(net.sink.readings.empty());
}

TEST_CASE("messages that are none are refused with the reason, and topics of others ignored") {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"{", "JSON, byte 1"},
      {"[1]", "no JSON object"},
      {R"({"deviceInfo":{"devEui":"xyz"}})", "devEui"},
      {up({.rest = R"(,"fPort":300)"}), "0 to 255"},
      {R"({"deviceInfo":{"devEui":"a840415711866a85"},"fCnt":-1})", "frame counter"},
      {R"({"deviceInfo":{"devEui":"a840415711866a85"},"fCnt":1.5})", "frame counter"},
      {up({.rest = R"(,"fPort":2,"data":"A*==")"}), "base64"},
      {up({.rest = R"(,"fPort":2,"data":5)"}), "no text"},
      {up({.rest = R"(,"fPort":2,"data":"AQ==")"}), "has no codec"},
  };
  for (const auto& [json, why] : bad) {
    CAPTURE(json);
    Network net(kOptions);
    net.says(kUpTopic, json);
    REQUIRE(net.sink.rejects.size() == 1);
    CHECK_MESSAGE(net.sink.rejects[0].why.find(why) != std::string::npos, net.sink.rejects[0].why);
    CHECK(net.sink.readings.empty());
  }
  Network net(kOptions);
  net.says("zigbee2mqtt/x", "{");
  net.says("application/app-1/device/a840415711866a85/event/location", "{}");
  CHECK(net.sink.rejects.empty());
}

TEST_CASE("status gives the battery, log and ack give health") {
  Network net(kOptions);
  const std::string base = "application/app-1/device/a840415711866a85/event/";
  net.says(base + "status", R"({"margin":10,"batteryLevel":75.5})");
  net.says(base + "status", R"({"externalPowerSource":true})");
  net.says(base + "status", R"({"batteryLevelUnavailable":true})");
  CHECK(net.read() == std::vector<std::string>{"battery=75.5"});
  net.says(base + "log", R"({"level":"ERROR","code":"UPLINK_CODEC","description":"no such function"})");
  net.says(base + "log", R"({"level":"INFO","code":"X"})");
  net.says(base + "ack", R"({"acknowledged":true})");
  net.says(base + "ack", R"({})");
  net.says(base + "txack", R"({})");
  REQUIRE(net.sink.rejects.size() == 2);
  CHECK(net.sink.rejects[0].why == "d1: network server: UPLINK_CODEC: no such function");
  CHECK(net.sink.rejects[1].why == "d1: a downlink was not acknowledged");
}

TEST_CASE("The Things Stack is understood as well") {
  Network net(kOptions);
  net.says(
      "v3/app@ttn/devices/dev-1/up",
      R"({"end_device_ids":{"device_id":"dev-1","dev_eui":"A840415711866A85","dev_addr":"260B1234"},"received_at":"2024-01-21T10:00:01Z",
           "uplink_message":{"f_port":2,"f_cnt":4,"frm_payload":"AQI=","decoded_payload":{"temp":21.5},
           "rx_metadata":[{"rssi":-100,"snr":-3.5},{"rssi":-80,"snr":7}],"received_at":"2024-01-21T10:00:00Z"}})");
  CHECK(net.read() == std::vector<std::string>{"temp=21.5", "rssi=-80", "snr=7"});
  CHECK(net.sink.readings[0].measured == core::Micros{1705831200000000});
  net.says("v3/app@ttn/devices/dev-1/down/nack", R"({"end_device_ids":{"dev_eui":"A840415711866A85"}})");
  CHECK(net.sink.rejects.size() == 1);
}

TEST_CASE("counters, sessions and topics outlive a restart") {
  Network net(kOptions);
  net.says(kUpTopic, up({.fcnt = 7, .rest = kObject}));
  Network again(kOptions);
  CHECK(again.driver->restore(net.driver->save()));
  again.says(kUpTopic, up({.fcnt = 7, .id = "other", .rest = kObject}));
  CHECK(again.sink.readings.empty());
  again.driver->command({core::DeviceRef{0}, "downlink", {{"bytes", "01"}}}, again.sink);
  CHECK(again.sink.done_error.empty());
  for (std::size_t size = 1; size < net.driver->save().size(); ++size) {
    Network third(kOptions);
    auto saved = net.driver->save();
    saved.resize(size);
    if (size > 1) CHECK_FALSE(third.driver->restore(saved));
  }
}

TEST_CASE("the port subscribes to the events of both servers") {
  Network net(kOptions);
  const auto wishes = net.driver->wishes();
  REQUIRE(wishes.size() == 12);
  CHECK(wishes[0].name == "application/+/device/+/event/up");
  CHECK(wishes[6].name == "v3/+/devices/+/up");
}

}  // namespace
}  // namespace afferent::test::lorawan
