// Many scripts in one helper: what they may take together.
#include <doctest/doctest.h>

#include <string>

#include "tools/codec/host.h"

namespace afferent::test {
namespace {

using codec_host::Host;
using Kind = io::CodecFrame::Kind;

// The text of the answer.
std::string ask(Host& host, Kind kind, std::uint32_t number, core::ByteView body) {
  core::Bytes answers;
  REQUIRE(host.handle({kind, number, body}, answers));
  io::CodecFrameReader reader;
  reader.feed(answers);
  const auto answer = reader.next();
  REQUIRE(answer);
  return std::string(core::as_text(answer->body));
}

std::string load(Host& host, std::uint32_t number, const std::string& source) {
  const std::string body = "F.js" + std::string(1, '\0') + source;
  return ask(host, Kind::load, number, core::as_bytes(body));
}

std::string call(Host& host, std::uint32_t number) {
  core::Bytes body;
  io::append_u32(body, number);
  core::CodecCall call;
  call.fport = 1;
  const core::Bytes packed = core::pack(call);
  body.insert(body.end(), packed.begin(), packed.end());
  return ask(host, Kind::call, 1, body);
}

TEST_CASE("scripts that want more than there is together still run, the ones long unused with a new heap") {
  Host host;
  const auto source = [](std::uint32_t number) {
    return "var a = [], n = " + std::to_string(number) +
           "; for (var i = 0; i < 40; i++) a.push(new Array(50000).join(String.fromCharCode(65 + i)));"
           "function Decode() { return {n: n, l: a.length} }";
  };
  const auto right = [](std::uint32_t number) { return "{\"data\":{\"n\":" + std::to_string(number) + ",\"l\":40}}"; };
  for (std::uint32_t number = 0; number < 30; ++number) {
    CHECK(load(host, number, source(number)).empty());
    CHECK(host.memory() <= Host::kMostMemory);
  }
  for (std::uint32_t number = 0; number < 30; ++number) CHECK(call(host, number) == right(number));
  CHECK(host.memory() <= Host::kMostMemory);
  CHECK(host.memory() > Host::kMostMemory / 2);
}

TEST_CASE("the texts of all scripts have a limit too") {
  Host host;
  const std::string source = "function Decode() { return {} } //" + std::string(250'000, 'x');
  std::string said;
  std::uint32_t number = 0;
  for (; number < Host::kMostScripts && said.empty(); ++number) said = load(host, number, source);
  CHECK(said == "all scripts together are longer than 16 MB");
  CHECK(number == 68);
  CHECK(load(host, 1, source).empty());  // in the place of one that is there
}

}  // namespace
}  // namespace afferent::test
