// Payloads that go through a codec, the map of its fields, and downlinks.
#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

using Outcome = core::CodecAnswer::Outcome;

const std::string kOptions = "dev_eui = 'a840415711866a85'\n";
const std::string kProfile = R"(
product = "A sensor"
codec = "sensor.js"
fport = ["85"]
[[field]]
path = "data.depth"
channel = "level"
unit = "cm"
[[field]]
path = "battery"
channel = "battery"
[[field]]
path = "data.state.lid"
channel = "open"
true = ["OPEN", "ajar"]
false = ["closed"]
[[field]]
path = "data.list[1]"
channel = "second"
scale = 0.1
offset = 1
skip = ["65535"]
[[field]]
path = "data.mode"
channel = "valve"
)";
const std::string kData = R"(,"fPort":85,"data":"AQI=","rxInfo":[{"rssi":-70,"snr":8}])";

TEST_CASE("a payload goes to the codec of the profile, which lies beside it") {
  Network net({device_of("d1", kOptions + "variables = ['a=1', 'b=x']", kProfile)});
  net.says(kUpTopic, up({.time = "2024-01-21T10:00:00.5Z", .rest = kData}));
  CHECK(net.sink.readings.empty());
  const auto call = net.call();
  CHECK(call.script == folder() + "/sensor.js");
  CHECK(call.fport == 85);
  CHECK(call.payload == core::Bytes{1, 2});
  CHECK(call.time_ms == 1705831200500);
  CHECK(call.variables == R"({"a":"1","b":"x"})");
  net.answers(
      call.id,
      R"({"data":{"depth":250,"battery":98,"state":{"lid":"Open"},"list":[0,50],"mode":"closed"},"warnings":["w"]})");
  CHECK(net.read() == std::vector<std::string>{"level=2.5", "battery=98", "open=true", "second=6", "valve=closed",
                                               "rssi=-70", "snr=8"});
  CHECK(net.sink.readings[0].measured == core::Micros{1705831200500000});
}

TEST_CASE("what is missing, skipped or of a wrong kind is no reading") {
  Network net({device_of("d1", kOptions, kProfile)});
  net.says(kUpTopic, up({.rest = kData}));
  net.answers(net.call().id,
              R"({"data":{"depth":"12.5 cm","battery":null,"state":{"lid":"?"},"list":[0,65535],"mode":{}}})");
  CHECK(net.read() == std::vector<std::string>{"level=0.125", "rssi=-70", "snr=8"});
  REQUIRE(net.sink.rejects.size() == 2);
  CHECK(net.sink.rejects[0].why == "d1: data.state.lid is '?', neither true nor false");
  CHECK(net.sink.rejects[1].why == "d1: data.mode is an object or a list, not a value");
}

TEST_CASE("a codec that fails, is late or has errors is health of the device; the signal is still known") {
  struct Failure {
    std::string text;
    Outcome outcome;
    std::string why;
  };
  for (const Failure& one :
       {Failure{"sensor.js: Error: bad (line 3)", Outcome::failed, "d1: codec: sensor.js: Error: bad (line 3)"},
        Failure{"sensor.js gave no answer within 200 ms", Outcome::late,
                "d1: codec: sensor.js gave no answer within 200 ms"},
        Failure{R"({"errors":["unknown FPort"]})", Outcome::ok, "d1: codec: unknown FPort"},
        Failure{R"({"errors":[{"message":"m"}],"data":{"depth":1}})", Outcome::ok, "d1: codec: m"},
        Failure{R"({"errors":[["a","b"],5,{"code":5,"of":[null,true,"x"]}]})", Outcome::ok,
                R"(d1: codec: a; b; 5; {"code":5,"of":[null,true,"x"]})"},
        Failure{R"({"errors":[[]],"data":{"depth":1}})", Outcome::ok, "d1: codec: an error that is no text"},
        Failure{R"({"errors":[{"message":""}]})", Outcome::ok, R"(d1: codec: {"message":""})"},
        Failure{R"({"warnings":["No decoder for port 5"]})", Outcome::ok,
                "d1: codec: it gave no data: No decoder for port 5"},
        Failure{R"({"warnings":[]})", Outcome::ok, "d1: codec: it gave no data"},
        Failure{"{", Outcome::ok, "d1: codec: JSON"}}) {
    CAPTURE(one.why);
    Network net({device_of("d1", kOptions, kProfile)});
    net.says(kUpTopic, up({.rest = kData}));
    net.answers(net.call().id, one.text, one.outcome);
    CHECK(net.read() == std::vector<std::string>{"rssi=-70", "snr=8"});
    REQUIRE(net.sink.rejects.size() == 1);
    CHECK(net.sink.rejects[0].why.find(one.why) == 0);
  }
}

TEST_CASE("two fields may give one channel: the first that has a value does") {
  const std::string map =
      "codec = 'a.js'\n[[field]]\npath = 'cm'\nchannel = 'distance'\nunit = 'cm'\nskip = ['none']\n"
      "[[field]]\npath = 'volt'\nchannel = 'voltage'\n[[field]]\npath = 'mm'\nchannel = 'distance'\nunit = 'mm'\n"
      "[[field]]\npath = 'percent'\nchannel = 'battery'\n";
  Network net({device_of("d1", kOptions + map)});
  CHECK(net.driver->channels(core::DeviceRef{0}).size() == 5);
  unsigned count = 0;
  const auto read = [&net, &count](const std::string& data) {
    net.sink.clear();
    net.says(kUpTopic, up({.fcnt = ++count, .rest = kData}));
    net.answers(net.call().id, "{\"data\":" + data + "}");
    return net.read();
  };
  using List = std::vector<std::string>;
  CHECK(read(R"({"mm":1718,"volt":3.6,"percent":90})") ==
        List{"voltage=3.6", "distance=1.718", "battery=90", "rssi=-70", "snr=8"});
  CHECK(read(R"({"cm":49,"mm":1718,"volt":3.6})") == List{"distance=0.49", "voltage=3.6", "rssi=-70", "snr=8"});
  CHECK(read(R"({"cm":"none","mm":500})") == List{"distance=0.5", "rssi=-70", "snr=8"});
  net.sink.clear();
  net.says("application/app-1/device/a840415711866a85/event/status", R"({"batteryLevel":75.5})");
  CHECK(net.read() == List{"battery=75.5"});
}

TEST_CASE("payloads of other ports and empty ones do not go to the codec") {
  Network net({device_of("d1", kOptions, kProfile)});
  net.says(kUpTopic, up({.fcnt = 1, .rest = R"(,"fPort":2,"data":"AQI=")"}));
  net.says(kUpTopic, up({.fcnt = 2, .rest = R"(,"fPort":85)"}));
  net.says(kUpTopic, up({.fcnt = 3, .rest = R"(,"fPort":0,"data":"AQI=")"}));
  CHECK(net.sink.sent.empty());
  CHECK(net.sink.rejects.empty());
}

TEST_CASE("answers of several devices find theirs, in any order; foreign ones nobody") {
  Network net({device_of("d1", kOptions + "codec = 'a.js'"),
               device_of("d2", "dev_eui = '0000000000000002'\ncodec = '" + folder() + "/b.js'")});
  net.says(kUpTopic, up({.rest = kData}));
  net.says("application/app-1/device/0000000000000002/event/up", up({.rest = kData, .eui = "0000000000000002"}));
  const auto first = net.call();
  const auto second = net.call();
  CHECK(first.script == folder() + "/a.js");
  CHECK(second.script == folder() + "/b.js");
  net.sink.readings.clear();
  net.answers(999, R"({"data":{"x":9}})");
  CHECK(net.sink.readings.empty());
  net.answers(second.id, R"({"data":{"x":2}})");
  net.answers(second.id, R"({"data":{"x":3}})");
  net.answers(first.id, R"({"data":{"x":1}})");
  REQUIRE(net.sink.readings.size() == 6);
  CHECK(net.sink.readings[0].device == core::DeviceRef{1});
  CHECK(net.sink.readings[0].number == 2);
  CHECK(net.sink.readings[3].device == core::DeviceRef{0});
}

TEST_CASE("downlinks go where the device was last heard") {
  Network net(kOptions);
  const auto command = [&net](std::map<std::string, std::string> arguments) {
    net.sink.clear();
    net.driver->command({core::DeviceRef{0}, "downlink", std::move(arguments)}, net.sink);
  };
  command({{"bytes", "01FF"}});
  CHECK(net.sink.done_error.find("application") != std::string::npos);
  net.says(kUpTopic, up({}));
  command({{"bytes", "01FF"}, {"fport", "10"}, {"confirmed", "true"}});
  REQUIRE(net.sink.sent.size() == 1);
  CHECK(net.sink.sent[0].topic == "application/app-1/device/a840415711866a85/command/down");
  CHECK(core::as_text(net.sink.sent[0].bytes) ==
        R"({"devEui":"a840415711866a85","confirmed":true,"fPort":10,"data":"Af8="})");
  CHECK_FALSE(net.sink.sent[0].expects_answer);
  CHECK(net.sink.done_count == 1);
  command({{"bytes", "Af8="}});
  CHECK(core::as_text(net.sink.sent.at(0).bytes) ==
        R"({"devEui":"a840415711866a85","confirmed":false,"fPort":1,"data":"Af8="})");
  net.says("v3/app@ttn/devices/dev-1/up",
           R"({"end_device_ids":{"device_id":"dev-1","dev_eui":"A840415711866A85"},"uplink_message":{"f_cnt":3}})");
  command({{"bytes", "01"}});
  CHECK(net.sink.sent.at(0).topic == "v3/app@ttn/devices/dev-1/down/push");
  CHECK(core::as_text(net.sink.sent.at(0).bytes) ==
        R"({"downlinks":[{"f_port":1,"frm_payload":"AQ==","confirmed":false,"priority":"NORMAL"}]})");
  const std::vector<std::pair<std::map<std::string, std::string>, std::string>> bad{
      {{}, "either bytes or data"},
      {{{"bytes", "xyz!"}}, "hexadecimal"},
      {{{"bytes", "01"}, {"fport", "0"}}, "1 to 255"},
      {{{"data", "[1]"}}, "JSON object"},
      {{{"data", "{}"}}, "codec"},
      {{{"bytes", "01"}, {"x", "1"}}, "no argument 'x'"},
      {{{"bytes", std::string(486, '0')}}, "242"}};
  for (const auto& [arguments, why] : bad) {
    command(arguments);
    CHECK_MESSAGE(net.sink.done_error.find(why) != std::string::npos, net.sink.done_error);
    CHECK(net.sink.sent.empty());
  }
}

TEST_CASE("mistakes in options and maps name their place") {
  std::ofstream(folder() + "/big.js") << std::string(256 * 1024 + 1, ' ');
  const auto refused = [](const std::string& options, const std::string& profile = {}) {
    const auto made = spec().create({{device_of("d1", options, profile)}});
    return made ? std::string() : made.error().message();
  };
  CHECK(refused("dev_eui = 'zz40415711866a85'").find("agent.toml:1: dev_eui") != std::string::npos);
  CHECK(refused(kOptions + "fport = ['256']").find("fport: '256'") != std::string::npos);
  CHECK(refused(kOptions + "variables = ['x']").find("name=value") != std::string::npos);
  CHECK(refused(kOptions + "application = 'a/b'").find("application") != std::string::npos);
  const std::string field = kOptions + "[[field]]\npath = 'a'\n";
  CHECK(refused(field + "channel = 'Bad Name'").find("field.channel") != std::string::npos);
  CHECK(refused(field + "channel = 'rssi'").find("there already") != std::string::npos);
  CHECK(refused(field + "channel = 'x'\nunit = 'cm'\n[[field]]\npath = 'b'\nchannel = 'x'\nunit = 'bar'")
            .find("'x' is there already, with another quantity") != std::string::npos);
  CHECK(refused(field + "channel = 'x'\nunit = 'cm'\n[[field]]\npath = 'b'\nchannel = 'x'\nunit = 'm'\nmaximum = 3")
            .find("or another range") != std::string::npos);
  CHECK(refused(field + "channel = 'level'\nunit = 'furlong'").find("no unit 'furlong'") != std::string::npos);
  CHECK(refused(field + "channel = 'level'\nunit = 'bar'").find("is no unit of") != std::string::npos);
  CHECK(refused(field + "channel = 'x'\nquantity = 'beauty'").find("no quantity 'beauty'") != std::string::npos);
  CHECK(refused(field + "channel = 'level'\ntrue = ['a']").find("boolean") != std::string::npos);
  CHECK(refused(kOptions + "codec = 'big.js'").find("big.js is longer than 256 kB") != std::string::npos);
  const auto twice = spec().create({{device_of("a", kOptions), device_of("b", kOptions)}});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message().find("another device") != std::string::npos);
}

}  // namespace
}  // namespace afferent::test::lorawan
