// Commands whose data a codec encodes: how they end, and what is sent.
#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

using Outcome = core::CodecAnswer::Outcome;
using Kind = core::WireEvent::Kind;

const std::string kOptions = "dev_eui = 'a840415711866a85'\ncodec = 'a.js'\napplication = 'app-9'";

void order(Network& net, const std::string& data) {
  net.driver->command({core::DeviceRef{0}, "downlink", {{"data", data}}}, net.sink);
}

TEST_CASE("a command with data is done when what the codec made of them is sent") {
  Network net(kOptions);
  order(net, R"({"reboot":true})");
  CHECK(net.sink.done_count == 0);
  CHECK(net.sink.wakes.size() == 1);
  const auto call = net.call();
  CHECK(call.verb == core::CodecCall::Verb::encode);
  CHECK(core::as_text(call.payload) == R"({"reboot":true})");
  net.answers(call.id, R"({"bytes":[255,16,255],"fPort":85})");
  REQUIRE(net.sink.sent.size() == 1);
  CHECK(net.sink.sent[0].topic == "application/app-9/device/a840415711866a85/command/down");
  CHECK(core::as_text(net.sink.sent[0].bytes) ==
        R"({"devEui":"a840415711866a85","confirmed":false,"fPort":85,"data":"/xD/"})");
  CHECK(net.sink.done_count == 1);
  CHECK(net.sink.done_error.empty());
}

TEST_CASE("what the codec refuses is how the command ends, and nothing is sent") {
  struct Refusal {
    std::string text;
    Outcome outcome;
    std::string why;
  };
  const std::string none = "a.js: TypeError: the script has none of encodeDownlink, Encode and Encoder";
  for (const Refusal& one :
       {Refusal{none, Outcome::failed, "codec: " + none},
        Refusal{"a.js gave no answer within 200 ms", Outcome::late, "codec: a.js gave no answer within 200 ms"},
        Refusal{R"({"errors":["no","never"]})", Outcome::ok, "codec: no; never"},
        Refusal{R"({"errors":"text","bytes":[1]})", Outcome::ok, "codec: text"},
        Refusal{R"({"bytes":[256]})", Outcome::ok, "codec: encodeDownlink gave what are no bytes, or more than 242"},
        Refusal{R"({"bytes":"x"})", Outcome::ok, "codec: encodeDownlink gave no bytes"},
        Refusal{R"({"bytes":[1],"fPort":0})", Outcome::ok, "codec: encodeDownlink gave an fPort outside 1 to 255"},
        Refusal{"{", Outcome::ok, "codec: JSON, byte 1"}}) {
    CAPTURE(one.why);
    Network net(kOptions);
    order(net, "{}");
    net.answers(net.call().id, one.text, one.outcome);
    CHECK(net.sink.sent.empty());
    CHECK(net.sink.done_count == 1);
    CHECK_MESSAGE(net.sink.done_error.starts_with(one.why), net.sink.done_error);
    CHECK(net.sink.rejects.empty());
  }
}

TEST_CASE(
    "after a restart a device of The Things Stack has its downlinks on that server, with `application` or without") {
  const std::string heard = R"({"end_device_ids":{"device_id":"dev-4","dev_eui":"A840415711866A85","dev_addr":"0A"},)"
                            R"("uplink_message":{"f_port":2,"f_cnt":1,"frm_payload":"ZBU="}})";
  for (const char* options :
       {"dev_eui = 'a840415711866a85'\napplication = 'app@tenant'", "dev_eui = 'a840415711866a85'"}) {
    CAPTURE(options);
    Network before(options);
    before.says("v3/app@tenant/devices/dev-4/up", heard);
    Network net(options);
    REQUIRE(net.driver->restore(before.driver->save()));
    net.driver->command({core::DeviceRef{0}, "downlink", {{"bytes", "0102"}}}, net.sink);
    CHECK(net.sink.done_error.empty());
    REQUIRE(net.sink.sent.size() == 1);
    CHECK(net.sink.sent[0].topic == "v3/app@tenant/devices/dev-4/down/push");
  }
  // The application is another one now.
  Network before("dev_eui = 'a840415711866a85'\napplication = 'app@tenant'");
  before.says("v3/app@tenant/devices/dev-4/up", heard);
  Network net("dev_eui = 'a840415711866a85'\napplication = 'app-9'");
  REQUIRE(net.driver->restore(before.driver->save()));
  net.driver->command({core::DeviceRef{0}, "downlink", {{"bytes", "0102"}}}, net.sink);
  REQUIRE(net.sink.sent.size() == 1);
  CHECK(net.sink.sent[0].topic == "application/app-9/device/a840415711866a85/command/down");
}

TEST_CASE("no downlink goes to a device of The Things Stack whose id is not known") {
  Network net("dev_eui = 'a840415711866a85'\ncodec = 'a.js'\napplication = 'app@tenant'");
  net.driver->command({core::DeviceRef{0}, "downlink", {{"bytes", "0102"}}}, net.sink);
  CHECK(net.sink.done_error == "the device's id on The Things Stack is not known before its first uplink");
  order(net, "{}");
  CHECK(net.sink.done_error == "the device's id on The Things Stack is not known before its first uplink");
  CHECK(net.sink.sent.empty());
  Network kept("dev_eui = 'a840415711866a85'\napplication = 'app@tenant'");
  REQUIRE(kept.driver->restore(net.driver->save()));
  kept.driver->command({core::DeviceRef{0}, "downlink", {{"bytes", "0102"}}}, kept.sink);
  CHECK(kept.sink.sent.empty());
}

TEST_CASE("a codec that does not answer ends the command in time, and its late answer is nobody's") {
  Network net(kOptions);
  order(net, "{}");
  const auto call = net.call();
  net.happens(Kind::wake);
  CHECK(net.sink.done_count == 0);
  net.clock.stamp.boot += std::chrono::seconds(15);
  net.happens(Kind::wake);
  CHECK(net.sink.done_error == "codec: it gave no answer");
  net.answers(call.id, R"({"bytes":[1]})");
  CHECK(net.sink.sent.empty());
  CHECK(net.sink.done_count == 1);
  net.happens(Kind::wake);
  CHECK(net.sink.done_count == 1);
}

TEST_CASE("a command that ended with the connection leaves nothing to be sent later") {
  Network net(kOptions);
  order(net, "{}");
  const auto call = net.call();
  net.happens(Kind::closed);
  net.answers(call.id, R"({"bytes":[1]})");
  CHECK(net.sink.sent.empty());
  CHECK(net.sink.done_count == 0);
}

}  // namespace
}  // namespace afferent::test::lorawan
