// Scripts that mean harm, or are only odd: each costs its own device an answer at most.
#include <chrono>

#include "drivers/common/json_reader.h"
#include "tests/tools/codec_rig.h"

namespace afferent::test {
namespace {

struct Case {
  std::string name;
  std::string body;    // of decodeUplink(input)
  std::string answer;  // a part of it
  Outcome outcome = Outcome::failed;
};

const std::vector<Case>& attacks() {
  static const std::vector<Case> kAttacks{
      {"a gigabyte in strings", "var s = 'x'; while (true) s += s;", ""},
      {"a gigabyte in a buffer", "return {data: {n: new Uint8Array(1 << 30).length}};", "memory"},
      {"a gigabyte in an array", "var a = []; a.length = 4294967295; return {data: {a: a.fill(1)}};", ""},
      {"deep recursion", "function f() { return f() + 1 } return {data: {a: f()}};", ""},
      {"deep nesting of the result", "var a = {}; for (var i = 0; i < 1e5; i++) a = {a: a}; return {data: a};", ""},
      {"a loop", "for (;;) {}", "gave no answer within 200 ms", Outcome::late},
      {"a regular expression that backtracks", "/^(a+)+$/.test(new Array(40).join('a') + 'b'); return {data: {}};",
       "gave no answer within 200 ms", Outcome::late},
      {"a getter that loops", "return {data: {get a() { for (;;) {} }}};", "gave no answer within 200 ms",
       Outcome::late},
      {"toJSON that loops", "return {data: {toJSON: function () { for (;;) {} }}};", "gave no answer", Outcome::late},
      {"toString that loops, in an error", "throw {toString: function () { for (;;) {} }};", "gave no answer",
       Outcome::late},
      {"a getter that throws", "return {get data() { throw new Error('g') }};", "Error: g"},
      {"an error whose text throws", "throw {toString: function () { throw new Error('again') }};", ""},
      {"an error that is null", "throw null;", ""},
      {"a long error", "throw new Error(new Array(100000).join('x'));", "xxxx"},
      {"a result in a circle", "var a = {}; a.a = a; return {data: a};", "TypeError"},
      {"a huge result", "return {data: {s: new Array(200000).join('x')}};", "too long"},
      {"no result", "", "gave no object"},
      {"a result that is a number", "return 5;", "gave no object"},
      {"a result that is null", "return null;", "gave null"},
      {"a result that is a function", "return function () {};", "gave no object"},
      {"a result that becomes nothing", "return {toJSON: function () {}};", "no object"},
      {"eval of nonsense", "return {data: eval('(')};", "SyntaxError"},
      {"Function of nonsense", "return {data: Function('(')()};", "SyntaxError"},
      {"a module", "return {data: require('fs')};", "not supported"},
  };
  return kAttacks;
}

// Those that end only by the clock, or all others, which on a busy machine must not.
void attack(CodecRig& rig, Outcome outcome) {
  const std::string echo = rig.script("echo.js", "function decodeUplink(i) { return {data: {v: i.bytes}} }");
  rig.ask(1, echo, {1});
  rig.run_until(1);
  std::uint32_t id = 1;
  for (const Case& one : attacks()) {
    if (one.outcome != outcome) continue;
    CAPTURE(one.name);
    const std::string path =
        rig.script("attack" + std::to_string(id) + ".js", "function decodeUplink(input) {" + one.body + "}");
    const std::uint32_t attack = ++id;
    const std::uint32_t other = ++id;
    rig.ask(attack, path, {1, 2});
    rig.ask(other, echo, {7});
    rig.run_until(other);
    CHECK(rig.answer(attack).outcome == one.outcome);
    CHECK_MESSAGE(rig.answer(attack).text.find(one.answer) != std::string::npos, rig.answer(attack).text);
    CHECK(rig.answer(attack).text.size() < 1000);
    CHECK(rig.answer(other).text == R"({"data":{"v":[7]}})");
  }
}

TEST_CASE("an attack costs its device an answer, and no other device one") {
  CodecRig rig;
  rig.settings.answer_time = core::Millis{60'000};
  rig.begin();
  attack(rig, Outcome::failed);
  CHECK(rig.codecs->kills() == 0);
}

TEST_CASE("an attack that does not end costs the others no more than the time of one answer") {
  CodecRig rig;
  attack(rig, Outcome::late);
  CHECK(rig.codecs->kills() >= 5);
}

TEST_CASE("a device's script sees nothing of what another's has done to its world") {
  CodecRig rig;
  const std::string vandal = rig.script("vandal.js", R"(
    Object.prototype.data = {evil: 1}; Array.prototype.map = null; Array.prototype.toJSON = function () { return 'x' };
    Object.prototype.toJSON = function () { return 'x' }; String.prototype.split = null; Number.prototype.toJSON = null;
    JSON.stringify = function () { return 'evil' }; JSON.parse = null; console = null; Buffer = null; Date = null;
    Math = null; Uint8Array = null; globalThis.decodeUplink = null; Array.isArray = null; Object.keys = null;
    function decodeUplink() { return {a: 1} })");
  const std::string honest = rig.script("honest.js", R"(
    function decodeUplink(i) {
      console.log('x');
      return {data: {v: i.bytes.map(function (b) { return b + 1 }), h: Buffer.from(i.bytes).toString('hex'),
                     t: new Date(0).toISOString(), m: Math.max(1, 2), evil: {}.data === undefined, u: Uint8Array.from([3])[0],
                     n: (globalThis.count = (globalThis.count || 0) + 1)}}
    })");
  for (std::uint32_t round = 0; round < 3; ++round) {
    rig.ask(2 * round, vandal, {1});
    rig.ask(2 * round + 1, honest, {1, 255});
    rig.run_until(2 * round + 2);
    CHECK(rig.answer(2 * round + 1).text ==
          R"({"data":{"v":[2,256],"h":"01ff","t":"1970-01-01T00:00:00.000Z","m":2,"evil":true,"u":3,"n":1}})");
  }
}

TEST_CASE("odd values are said as JSON says them") {
  struct Odd {
    std::string value;
    std::string json;
  };
  const std::vector<Odd> odd{
      {"NaN", "null"},
      {"Infinity", "null"},
      {"-Infinity", "null"},
      {"null", "null"},
      {"-0", "0"},
      {"1e21", "1e+21"},
      {"0.1 + 0.2", "0.30000000000000004"},
      {"new Date(0)", "\"1970-01-01T00:00:00.000Z\""},
      {"new Date(NaN)", "null"},
      {"[1, [2, [3, []]]]", "[1,[2,[3,[]]]]"},
      {"[undefined, function () {}]", "[null,null]"},
      {"'\\u6e29\\u5ea6 \\u00e9 \\ud83d\\ude00'", "\"\xE6\xB8\xA9\xE5\xBA\xA6 \xC3\xA9 \xF0\x9F\x98\x80\""},
      {"'a\\u0000\\n\"\\\\'", R"("a\u0000\n\"\\")"},
      {"new Number(5)", "5"},
      {"new String('s')", "\"s\""},
      {"new Boolean(false)", "false"},
      {"{valueOf: function () { return 3 }}", "{}"},
      {"Object.create(null)", "{}"},
      {"/x/", "{}"},
  };
  CodecRig rig;
  std::uint32_t id = 0;
  for (const Odd& one : odd) {
    CAPTURE(one.value);
    ++id;
    rig.ask(id, rig.script("odd" + std::to_string(id) + ".js",
                           "function decodeUplink() { return {data: {v: " + one.value + "}} }"));
    rig.run_until(id);
    CHECK(rig.answer(id).outcome == Outcome::ok);
    CHECK(rig.answer(id).text == "{\"data\":{\"v\":" + one.json + "}}");
    CHECK(drivers::read_json(rig.answer(id).text));
  }
}

TEST_CASE("half a character, typed arrays and buffers become JSON that can be read") {
  CodecRig rig;
  std::uint32_t id = 0;
  for (const char* value : {"'\\ud83d'", "'\\ude00x'", "new Uint8Array([1, 2])", "new Float32Array([0.5, NaN])",
                            "Buffer.from([1, 2, 255])", "new ArrayBuffer(4)", "new DataView(new ArrayBuffer(2))",
                            "new Map([['a', 1]])", "new Set([1])", "new Error('e')", "Math", "arguments"}) {
    CAPTURE(value);
    ++id;
    rig.ask(id, rig.script("kind" + std::to_string(id) + ".js",
                           std::string("function decodeUplink() { return {data: {v: ") + value + "}} }"));
    rig.run_until(id);
    CHECK(rig.answer(id).outcome == Outcome::ok);
    const auto json = drivers::read_json(rig.answer(id).text);
    CHECK_MESSAGE(json, rig.answer(id).text);
  }
}

TEST_CASE("payloads longer than a frame of LoRaWAN, and empty ones, arrive whole") {
  CodecRig rig;
  const std::string length =
      rig.script("length.js",
                 "function decodeUplink(i) { var s = 0; for (var k = 0; k < "
                 "i.bytes.length; k++) s += i.bytes[k]; return {data: {n: i.bytes.length, s: s}} }");
  std::uint32_t id = 0;
  for (const std::size_t size : {std::size_t{0}, std::size_t{256}, std::size_t{1000}, std::size_t{60'000}}) {
    ++id;
    rig.ask(id, length, core::Bytes(size, 255));
    rig.run_until(id);
    CHECK(rig.answer(id).text ==
          "{\"data\":{\"n\":" + std::to_string(size) + ",\"s\":" + std::to_string(255 * size) + "}}");
  }
  ++id;
  rig.ask(id, length, core::Bytes(400'000, 1));
  rig.run_until(id);
  CHECK(rig.answer(id).text.find("too long") != std::string::npos);
}

TEST_CASE("a script is tried without a call, and says what is wrong with it") {
  CodecRig rig;
  rig.load(1, rig.script("fine.js", "function Encode() { }"));
  rig.load(2, rig.script("wrong.js", "var x = ;"));
  rig.load(3, rig.script("empty.js", ""));
  rig.load(4, "/nowhere/F.js");
  rig.load(5, rig.script("hang.js", "for (;;) {}"));
  rig.run_until(5);
  CHECK(rig.answer(1).outcome == Outcome::ok);
  CHECK(rig.answer(2).text.find("SyntaxError") != std::string::npos);
  CHECK(rig.answer(3).text.find("has none of decodeUplink, Decode, Decoder") != std::string::npos);
  CHECK(rig.answer(4).text.find("no such file") != std::string::npos);
  CHECK(rig.answer(5).outcome == Outcome::late);
  CHECK(rig.answer(5).text.find("gave no answer") != std::string::npos);
  rig.load(6, rig.script("fine.js", "function Encode() { }"));  // it is known already
  rig.load(7, rig.script("wrong.js", "var x = ;"));
  rig.run_until(7);
  CHECK(rig.answer(6).outcome == Outcome::ok);
  CHECK(rig.answer(7).text == rig.answer(2).text);
}

}  // namespace
}  // namespace afferent::test
