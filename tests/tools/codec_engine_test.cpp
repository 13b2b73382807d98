// The engine: the three kinds of codecs, what they find around them, and how they fail.
#include "tests/tools/codec_script.h"

namespace afferent::test {
namespace {

TEST_CASE("decodeUplink gets bytes, port, time and variables, and its result comes as it is") {
  Script script(
      "function decodeUplink(i) { return {data: {n: i.bytes.length, p: i.fPort, t: i.recvTime.toISOString(), "
      "a: Array.isArray(i.bytes), v: i.variables.k}, warnings: ['w']}; }");
  core::CodecCall call;
  call.fport = 85;
  call.time_ms = 1'700'000'000'000;
  call.variables = R"({"k":"x"})";
  call.payload = {1, 2};
  CHECK(script.run(call) ==
        R"({"data":{"n":2,"p":85,"t":"2023-11-14T22:13:20.000Z","a":true,"v":"x"},"warnings":["w"]})");
}

TEST_CASE("Decode and Decoder give the data alone") {
  CHECK(Script("function Decode(fPort, bytes, variables) { return {p: fPort, b: bytes[0]}; }").decode("07", 3) ==
        R"({"data":{"p":3,"b":7}})");
  CHECK(Script("function Decoder(bytes, port) { return {p: port, b: bytes[0]}; }").decode("07", 3) ==
        R"({"data":{"p":3,"b":7}})");
  CHECK(Script("const decodeUplink = (input) => ({data: {a: 1}});").decode("") == R"({"data":{"a":1}})");
  CHECK(Script("function x(i) { return {data: {b: 2}} }\nmodule.exports = {decodeUplink: x};").decode("") ==
        R"({"data":{"b":2}})");
  CHECK(Script("export function decodeUplink(i) { return {data: {b: 3}} }").decode("") == R"({"data":{"b":3}})");
}

TEST_CASE("Decode and Decoder count before a function that a module exports for another platform") {
  const std::string exported = "module.exports = function (payload, meta) { return meta.lora.fport };";
  for (const std::string& text : {exported, "try { " + exported + " } catch (e) {}"}) {
    CAPTURE(text);
    CHECK(Script("function Decode(p, b) { return {p: p} }\n" + text).decode("01", 3) == R"({"data":{"p":3}})");
    CHECK(Script("function Decoder(b, p) { return {p: p} }\n" + text).decode("01", 3) == R"({"data":{"p":3}})");
  }
  CHECK(Script("module.exports = function (i) { return {data: {n: i.bytes.length}} };").decode("01") ==
        R"({"data":{"n":1}})");
  CHECK(Script("function Decoder() { return {d: 1} }\n"
               "module.exports = {decodeUplink: function () { return {data: {u: 1}} }};")
            .decode("") == R"({"data":{"u":1}})");
}

TEST_CASE("a library within a script leaves its name to the script, as where there are no modules") {
  const std::string library =
      "(function (g) { var lib = {next: function (x) { return x + 1 }};\n"
      "  if (typeof define === 'function' && define.amd) define(lib);\n"
      "  else if (typeof module !== 'undefined' && module.exports) module.exports = lib; else g.Lib = lib })(this);\n";
  for (const char* text :
       {"function decodeUplink(i) { return {data: {v: Lib.next(i.bytes[0])}} }",
        "function Decode(p, b) { return {v: Lib.next(b[0])} }", "const Decoder = (b) => ({v: Lib.next(b[0])});"})
    CHECK(Script(library + text).decode("04") == R"({"data":{"v":5}})");
}

TEST_CASE("a script that gives nothing without modules finds them, and nothing of its first attempt") {
  CHECK(Script("(function (root, f) { if (typeof exports === 'object') module.exports = f(); else root.Codec = f() "
               "})(this, function () { return {decodeUplink: function () { return {data: {a: 1}} }} });")
            .decode("") == R"({"data":{"a":1}})");
  CHECK(Script("globalThis.loads = (globalThis.loads || 0) + 1;\nfunction Decode() { return {n: loads} }\n"
               "exports.Decode = Decode;")
            .decode("") == R"({"data":{"n":1}})");
  CHECK(Script("module.exports = {};\nthrow new Error('late');").refused == "Error: late (line 2)");
  CHECK(Script("throw new Error('first');\nmodule.exports = {};").refused == "Error: first (line 1)");
}

TEST_CASE("encodeDownlink gives bytes and port") {
  Script script(
      "function encodeDownlink(i) { return {bytes: [i.data.x, 2], fPort: 9}; } function Decoder() { return {} }");
  CHECK(script.encode(R"({"x":4})") == R"({"bytes":[4,2],"fPort":9})");
  CHECK(Script("function Encode(fPort, obj) { return [fPort, obj.y]; }").encode(R"({"y":5})") ==
        R"({"bytes":[1,5],"fPort":1})");
  CHECK(Script("var a = 1;").encode("{}").find("encodeDownlink") != std::string::npos);
}

TEST_CASE("what a script throws or gives wrongly is an error with its line") {
  CHECK(Script("function Decode() {\n  throw new Error('bad');\n}").decode("") == "error: Error: bad (line 2)");
  // From the library: the line that called it.
  CHECK(Script("function Decode() {\n  for (const x of 5) {}\n}").decode("") ==
        "error: TypeError: the value is not iterable (line 2)");
  CHECK(Script("function Decode(p, b) {\n  return b.map(x => {\n    return Buffer.from([x]).readBigInt64LE() });\n}")
            .decode("01") == "error: RangeError: index out of range (line 3)");
  CHECK(Script("function Decode() {\n  return null }").decode("") == "error: TypeError: Decode() gave null");
  CHECK(Script("function Decode() { throw 'text' }").decode("") == "error: text");
  CHECK(Script("function Decode() { throw {code: 5, message: 'm'} }").decode("") == "error: m");
  CHECK(Script("function Decode() { throw {code: 5} }").decode("") == R"(error: {"code":5})");
  CHECK(Script("function Decode() { throw {get message() { throw 1 }} }").decode("").starts_with("error: "));
  CHECK(Script("function Decode() { throw {toString: function () { return 'own' }} }").decode("") == "error: own");
  CHECK(Script("function decodeUplink() { return 5 }").decode("").find("gave no object but number") !=
        std::string::npos);
  CHECK(Script("function decodeUplink() { }").decode("").find("gave no object") != std::string::npos);
  CHECK(Script("function decodeUplink() { return null }").decode("").find("gave null") != std::string::npos);
  CHECK(Script("var nothing = 1").decode("").find("has none of decodeUplink") != std::string::npos);
  CHECK(Script("function Decode() { var a = {}; a.a = a; return a }").decode("") == "error: TypeError: cyclic input");
  CHECK(Script("throw new Error('at load')").refused == "Error: at load (line 1)");
}

TEST_CASE("a BigInt is an error only where it is reached") {
  Script script("function Decode(p) {\n  if (p === 2) return {v:\n    [56n, 0xFFn]};\n  return {v: 1} }");
  CHECK(script.decode("", 1) == R"({"data":{"v":1}})");
  CHECK(script.decode("", 2) == "error: TypeError: BigInt (56n) is not supported (line 3)");
  CHECK(Script("var a;\n\nlet x = 10n;").refused == "TypeError: BigInt (10n) is not supported (line 3)");
}

TEST_CASE("a first line for a shell is none of the script") {
  for (const char* mark : {"", "\xEF\xBB\xBF"}) {
    CHECK(Script(mark + std::string("#!/usr/bin/env node\nfunction Decode() {\n  throw new Error('x') }")).decode("") ==
          "error: Error: x (line 3)");
    CHECK(Script(mark + std::string("#!/usr/bin/node\nconst Decode = () => {\n  throw new Error('x') }")).decode("") ==
          "error: Error: x (line 3)");
  }
}

TEST_CASE("memory is limited, and the next call finds a heap that works") {
  Script script(
      "var kept = []; function Decode(p, b) { while (p == 2) kept.push(new Array(2000).join('x') + kept.length); "
      "return {n: 1} }");
  CHECK(script.decode("", 1) == R"({"data":{"n":1}})");
  CHECK(script.decode("", 2) == "error: the script wants more than 12 MB of memory");
  CHECK(Script("function Decode() { return {s: new Array(200000).join('x')} }").decode("") ==
        "error: the result is too long");
}

TEST_CASE("endless recursion is an error, not a crash") {
  CHECK(
      Script("function f(x) { return 1 + f(x) } function Decode() { return f(1) }").decode("").starts_with("error: "));
}

TEST_CASE("a script finds Buffer as Node has it") {
  Script script(R"(function decodeUplink(i) { var b = Buffer.from(i.bytes); return {data: {
    u8: b.readUInt8(0), u16: b.readUInt16BE(0), l16: b.readUInt16LE(0), u32: b.readUInt32BE(0), l32: b.readUInt32LE(0),
    s8: b.readInt8(3), s16: b.readInt16BE(2), f: Buffer.from('4048f5c3', 'hex').readFloatBE(0).toFixed(2),
    d: Buffer.from('400921FB54442D18', 'hex').readDoubleBE(0).toFixed(4), hex: b.toString('hex'), b64: b.toString('base64'),
    s: b.slice(1, 3).toString('hex'), back: Buffer.from('AQID', 'base64').toString('hex'), text: Buffer.from('h\u00e9').toString(),
    cat: Buffer.concat([b, Buffer.from([9])]).length, is: Buffer.isBuffer(b), low: b.readUint16LE(0), n: b.readUIntBE(0, 3),
    all: Buffer.alloc(2, 7).toString('hex'), json: atob(btoa('abc')) }}; })");
  CHECK(same_json(script.decode("010203FF"), R"({"data":{"u8":1,"u16":258,"l16":513,"u32":16909311,"l32":4278387201,
    "s8":-1,"s16":1023,"f":"3.14","d":"3.1416","hex":"010203ff","b64":"AQID/w==","s":"0203","back":"010203","text":"h\u00e9",
    "cat":5,"is":true,"low":513,"n":66051,"all":"0707","json":"abc"}})"));
}

TEST_CASE("console is there and silent; files and processes are not") {
  CHECK(Script("function Decode() { console.log(1); console.warn(2); console.error(3); return {a: 1} }").decode("") ==
        R"({"data":{"a":1}})");
  CHECK(Script("var fs = require('fs');").refused.find("require('fs') is not supported") != std::string::npos);
  CHECK(Script("function Decode() { return {t: typeof process, d: typeof XMLHttpRequest, f: typeof fetch} }")
            .decode("") == R"({"data":{"t":"undefined","d":"undefined","f":"undefined"}})");
}

TEST_CASE("text leaves as UTF-8, whatever it holds") {
  CHECK(Script("function Decode() { return {s: '\\ud83d\\ude00\\u00b0\\ud800'} }").decode("") ==
        "{\"data\":{\"s\":\"\xF0\x9F\x98\x80\xC2\xB0\xEF\xBF\xBD\"}}");
  CHECK(Script("function Decode() { return {n: NaN, i: 1/0, u: undefined, d: new Date(0)} }").decode("") ==
        R"({"data":{"n":null,"i":null,"d":"1970-01-01T00:00:00.000Z"}})");
}

TEST_CASE("what one payload leaves in a script's variables is not seen with the next") {
  Script script(R"(
    var decoded = {}; let list = [], count = 0, table = {a: {b: 1}}, last; const names = ['x'];
    var parser = new Date(0), later = function () { return 1 };
    function decodeUplink(i) {
      decoded['k' + i.bytes[0]] = i.bytes[0]; list.push(i.bytes[0]); count++; table.a.b++; names.push('y');
      seen = typeof seen === 'undefined' ? 1 : seen + 1; last = last === undefined ? 'first' : 'again';
      if (i.bytes[0] === 9) throw new Error('nine');
      return {data: {d: decoded, l: list, c: count, t: table.a.b, s: seen, n: names.length, last: last, p: parser.getTime() + later()}};
    })");
  const auto expected = [](const std::string& n) {
    return "{\"data\":{\"d\":{\"k" + n + "\":" + n + "},\"l\":[" + n +
           "],\"c\":1,\"t\":2,\"s\":1,\"n\":2,\"last\":\"first\",\"p\":1}}";
  };
  CHECK(script.decode("01") == expected("1"));
  CHECK(script.decode("02") == expected("2"));
  CHECK(script.decode("09") == "error: Error: nine (line 7)");
  CHECK(script.decode("03") == expected("3"));
}

TEST_CASE("members without a value, functions and values that JSON lacks are set back too") {
  Script script(R"(
    Object.prototype.value = 'inherited'; Object.prototype.json = '{"evil":1}';
    var decoded = {battery: undefined, temperature: undefined}, odd = {n: NaN, l: [undefined, null, -Infinity]};
    var gaps = [1, , 3], big = new Date(0);
    function unit() { return 'first' }
    function decodeUplink(i) {
      var before = Object.keys(decoded).join() + gaps.length + (1 in gaps) + odd.n + odd.l.length + odd.l[0] + unit();
      if (i.bytes[0] === 1) decoded.battery = i.bytes[1]; else decoded.temperature = i.bytes[1];
      odd.n = 1; odd.l[0] = 2; gaps[1] = 2; gaps.push(4);
      unit = function () { return 'later' };
      decodeUplink = function () { return {data: {later: 1}} };
      return {data: {battery: decoded.battery, temperature: decoded.temperature, before: before, big: typeof big.getTime()}};
    })");
  const std::string before = R"("before":"battery,temperature3falseNaN3undefinedfirst","big":"number"}})";
  CHECK(script.decode("0155") == R"({"data":{"battery":85,)" + before);
  CHECK(script.decode("0220") == R"({"data":{"temperature":32,)" + before);
  CHECK(script.decode("0156") == R"({"data":{"battery":86,)" + before);
}

TEST_CASE("what is seen by two names stays one thing") {
  Script by_member(
      "const CH = {temp: {v: null}, hum: {v: null}}; const ORDER = [CH.temp, CH.hum];\n"
      "function decodeUplink({bytes}) { ORDER.forEach((c, i) => { c.v = bytes[0] + i });\n"
      "  return {data: {t: CH.temp.v, h: CH.hum.v}} }");
  Script by_function(
      "var Parser = (function () { var data = []; return {data: data, feed: function (b) { data.push(b[0]) }} })();\n"
      "var buffer = Parser.data; function Decode(p, bytes) { Parser.feed(bytes); return {n: buffer.length, first: "
      "buffer[0]} }");
  Script by_accessor(
      "var raw = {n: 0}; var view = {get n() { return raw.n }, set n(x) { raw.n = x }};\n"
      "function Decode(p, b) { view.n += b[0]; return {n: raw.n, v: view.n} }");
  for (const char* n : {"1", "2", "3"}) {
    const std::string hex = "0" + std::string(n);
    const std::string next = std::to_string(std::stoi(n) + 1);
    CHECK(by_member.decode(hex) == R"({"data":{"t":)" + std::string(n) + R"(,"h":)" + next + "}}");
    CHECK(by_function.decode(hex) == R"({"data":{"n":1,"first":)" + std::string(n) + "}}");
    CHECK(by_accessor.decode(hex) == R"({"data":{"n":)" + std::string(n) + R"(,"v":)" + n + "}}");
  }
}

TEST_CASE("whatever holds what a payload left, the next does not find it") {
  std::string table = "var table = [";
  for (int i = 0; i < 100; ++i) table += "{id: " + std::to_string(i) + ", unit: 'a unit of some length', value: null},";
  const std::string sources[] = {
      table +
          "]; function Decode(p, b) { table[b[0]].value = b[0]; return table.filter(function (t) { return t.value }) }",
      "var d = {result: {}, decode: function (b) { this.result['k' + b[0]] = 1; return this.result }};"
      "function Decode(p, b) { return d.decode(b) }",
      "class D { constructor() { this.r = {} } run(b) { this.r['k' + b[0]] = 1; return this.r } }"
      "const d = new D(); function Decode(p, b) { return d.run(b) }",
      "const m = new Map(); function Decode(p, b) { m.set(b[0], 1); return {n: m.size} }",
      "const next = (() => { let n = 0; return () => ++n })(); function Decode() { return {n: next()} }",
      "class C { static n = 0 } function Decode() { return {n: ++C.n} }",
      "function Decode() { Decode.n = (Decode.n || 0) + 1; return {n: Decode.n} }",
      "function Decode() { Array.prototype.n = ([].n || 0) + 1; var n = [].n; return {n: n} }",
      "module.exports = {decodeUplink: function () { this.n = (this.n || 0) + 1; return {data: {n: this.n}} }}",
      "var bytes = new Uint8Array(4); function Decode(p, b) { bytes[0]++; return {n: bytes[0]} }",
      "Object.defineProperty(globalThis, 'fixed', {value: {n: 0}}); function Decode() { return {n: ++fixed.n} }",
      "function Decode(p, b) { var was = globalThis.own; Object.defineProperty(globalThis, 'own', {value: 1});"
      "  return {n: typeof was} }",
      "var l = [1, 2, 3]; function Decode() { Object.freeze(l); return {n: l.length, f: l.push === 0} }",
  };
  for (const std::string& source : sources) {
    CAPTURE(source);
    Script script(source);
    const std::string first = script.decode("01");
    CHECK_FALSE(first.starts_with("error"));
    const std::string other = script.decode("02");
    for (int i = 0; i < 50; ++i) {
      CHECK(script.decode("01") == first);
      CHECK(script.decode("02") == other);
    }
  }
}

TEST_CASE("a heap that was full, or whose script threw anywhere, works as before") {
  Script script(
      "var kept = [], table = {a: [1, 2, 3]};\n"
      "function Decode(p, b) {\n"
      "  if (p === 2) while (true) kept.push(new Array(2000).join('x') + kept.length);\n"
      "  if (p === 3) { table.a.length = 0; table = null; [3, 1, 2].sort(function () { throw new Error('in a sort') }) "
      "}\n"
      "  if (p === 4) (function f() { return 1 + f() })();\n"
      "  return {n: kept.length, a: table.a}\n"
      "}");
  for (int i = 0; i < 5; ++i) {
    CHECK(script.decode("", 1) == R"({"data":{"n":0,"a":[1,2,3]}})");
    CHECK(script.decode("", static_cast<std::uint8_t>(2 + i % 3)).starts_with("error: "));
  }
}

}  // namespace
}  // namespace afferent::test
