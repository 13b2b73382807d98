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
