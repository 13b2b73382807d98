// `afferent decode` with a codec: what its exit status says of the codec's own errors.
#include <algorithm>

#include "drivers/lorawan/lorawan.h"
#include "tests/tools/codec_rig.h"
#include "tests/tools/command_run.h"
#include "tools/cli/decode_codec.h"
#include "tools/cli/terminal.h"

namespace afferent::test {
namespace {

// The exit status for one payload.
int decode(const std::string& script, bool raw) {
  core::DriverDevice device;
  device.id = "d";
  device.options = core::ConfigNode(
      core::ConfigNode::Table{{"codec", core::ConfigNode(script, core::Source{"--codec", 0})}}, core::Source{});
  auto driver = drivers::lorawan::spec().create({{device}});
  REQUIRE(driver.ok());
  cli::DecodeSink sink("d", {});
  cli::CodecArguments arguments;
  arguments.raw = raw;
  return cli::decode_payloads(**driver, device, sink, arguments, {"0102"});
}

TEST_CASE("errors in a result fail the payload, as readings and raw, in whatever form they are") {
  CodecRig rig;
  int number = 0;
  const auto status = [&](const std::string& result, bool raw) {
    return decode(
        rig.script("decode" + std::to_string(++number) + ".js", "function decodeUplink() { return " + result + " }"),
        raw);
  };
  for (const bool raw : {true, false}) {
    CAPTURE(raw);
    for (const char* good :
         {"{data: {}}", "{data: {a: 1}, errors: []}", "{data: {a: 1}, errors: null}", "{data: {a: 1}, errors: ''}",
          "{data: {a: 1}, errors: {}}", "{data: {a: 1}, errors: false}"}) {
      CAPTURE(good);
      CHECK(status(good, raw) == 0);
    }
    for (const char* bad : {"{errors: ['e']}", "{data: {a: 1}, errors: 'text'}", "{data: {a: 1}, errors: ['e', 'f']}",
                            "{data: {a: 1}, errors: {message: 'm'}}", "{data: {a: 1}, errors: [{message: 'm'}]}",
                            "{data: {a: 1}, errors: true}", "{data: {a: 1}, errors: 5}", "null"}) {
      CAPTURE(bad);
      CHECK(status(bad, raw) == 1);
    }
  }
}

TEST_CASE("a payload may begin as an event does") {
  CodecRig rig;
  const std::string script =
      rig.script("first.js", "function Decode(port, bytes) { return {port: port, bytes: bytes} }");
  const auto raw = [&script](const std::string& hex) {
    return run_command({"decode", "--driver", "lorawan", "--codec", script, "--fport", "2", "--raw", hex});
  };
  CHECK(raw("7B01").out == "{\"data\":{\"port\":2,\"bytes\":[123,1]}}\n");
  CHECK(raw("7B").out == "{\"data\":{\"port\":2,\"bytes\":[123]}}\n");
  CHECK(raw("7B7D7D").out == "{\"data\":{\"port\":2,\"bytes\":[123,125,125]}}\n");
  const std::string event = R"({"deviceInfo":{"devEui":"0000000000000000"},"fCnt":1,"fPort":3,"data":"AQI="})";
  CHECK(raw(core::to_hex(core::as_bytes(event))).out == "{\"data\":{\"port\":3,\"bytes\":[1,2]}}\n");
}

TEST_CASE("what a codec says cannot steer the terminal") {
  CodecRig rig;
  const std::string script =
      rig.script("bell.js",
                 "function Decode(port) { if (port === 2) throw 'a\\x1b[2Jb\\x07\\r\\nc\\x9b1m\\u00e9';"
                 "return {x: '\\x1b'} }\nfunction decodeUplink(i) { return i.fPort === 3 ? {errors: ['\\x1b[1m']} : "
                 "{data: Decode(i.fPort)} }");
  for (const char* port : {"2", "3"}) {
    for (const bool raw : {false, true}) {
      std::vector<std::string> words{"decode", "--driver", "lorawan", "--codec", script, "--fport", port, "01"};
      if (raw) words.insert(words.end() - 1, "--raw");
      const Printed printed = run_command(words);
      CHECK(printed.status == 1);
      CHECK_MESSAGE(printed.err.find("[") != std::string::npos, printed.err);
      CHECK(std::none_of(printed.err.begin(), printed.err.end(),
                         [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; }));
      CHECK(printed.err.find("\xC2\x9B") == std::string::npos);
      CHECK(printed.says("\xC3\xA9") == (std::string(port) == "2"));
    }
  }
  CHECK(cli::for_terminal("a\tb\x7F"
                          "c\xFF") == "a b c?");
}

}  // namespace
}  // namespace afferent::test
