// `afferent decode` with a codec: what its exit status says of the codec's own errors.
#include "drivers/lorawan/lorawan.h"
#include "tests/tools/codec_rig.h"
#include "tools/cli/decode_codec.h"

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

}  // namespace
}  // namespace afferent::test
