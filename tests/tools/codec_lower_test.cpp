// Newer JavaScript made ES5: what it gives must be what other engines give.
#include <algorithm>
#include <fstream>

#include "tests/tools/codec_script.h"
#include "tools/codec/lower.h"

namespace afferent::test {
namespace {

using codec_host::lower;

struct Sample {
  std::string expected;
  std::string body;
};

std::vector<Sample> samples() {
  std::ifstream file(AFFERENT_SOURCE "/tests/tools/codec_syntax.txt");
  std::vector<Sample> all;
  for (std::string line; std::getline(file, line);) {
    if (all.empty() && line.starts_with("#")) continue;
    if (line.starts_with("> "))
      all.push_back({line.substr(2), {}});
    else
      all.back().body += line + "\n";
  }
  REQUIRE(all.size() >= 60);
  return all;
}

TEST_CASE("newer syntax gives what other engines give") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    Script script("function decodeUplink(input) { return {data: (function(){" + sample.body + "}).call(this)}; }");
    const std::string given = script.decode("010203", 2);
    CHECK_MESSAGE(same_json(given, "{\"data\":" + sample.expected + "}"), given);
  }
}

TEST_CASE("what is lowered has as many lines as before") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.body);
    const std::string source = "function f(input) {" + sample.body + "}\n";
    const auto lowered = lower(source);
    REQUIRE(lowered.trouble.empty());
    const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
    CHECK(lines(lowered.text) >= lines(source));
    CHECK(lines(lowered.text) <= lines(source) + 1);
  }
}

TEST_CASE("ES5 stays as it is, to the byte") {
  const std::string source =
      "// let x = `a`\nvar s = 'const ' + \"=>\"; /* class */ var r = /`[/`]/g, d = 4 / 2 / 1;\n"
      "function Decoder(bytes, port) { for (var i in bytes) { if (i) /x/.test(s) } return {a: d} }\n";
  CHECK(lower(source).text == source);
}

TEST_CASE("an error names its line in the script as it was written") {
  Script script(
      "const f = (x) => {\n  const y = `a\nb`;\n  return y;\n};\nfunction decodeUplink(input) {\n  let z = null;\n"
      "  return {data: z.field};\n}\n");
  CHECK(script.decode("00").find("(line 8)") != std::string::npos);
}

TEST_CASE("an error in a class, or in a function with parameters on many lines, names its line") {
  Script script(
      "class A {\n  a = 1;\n\n  first() { return 1; }\n\n  constructor(b) {\n    if (b === 1) throw new Error('7');\n  "
      "}\n"
      "  late = () => {\n    throw new Error('10');\n  };\n  m(b) {\n    if (b === 2)\n      throw new Error('14');\n  "
      "}\n"
      "  static s(b) {\n    if (b === 3) throw new Error('17');\n  }\n}\n"
      "function f(\n  a,\n  b = 2,\n) {\n  if (a === 4) throw new Error('24');\n  return {\n    ...{},\n"
      "    c: a === 5 ? a.x.y : 1 };\n}\n"
      "function Decode(p, b) {\n  new A(b[0]).m(b[0]);\n  A.s(b[0]);\n  f(b[0]);\n  new A(0).late();\n}\n");
  CHECK(script.decode("01") == "error: Error: 7 (line 7)");
  CHECK(script.decode("02") == "error: Error: 14 (line 14)");
  CHECK(script.decode("03") == "error: Error: 17 (line 17)");
  CHECK(script.decode("04") == "error: Error: 24 (line 24)");
  CHECK(script.decode("05").ends_with("(line 27)"));
  CHECK(script.decode("06") == "error: Error: 10 (line 10)");
}

TEST_CASE("what cannot be lowered is refused with line and reason") {
  struct Refusal {
    std::string source;
    std::string why;
  };
  for (const Refusal& one : {
           Refusal{"\nasync function f() {}", "line 2: async functions are not supported"},
           Refusal{"var f = async () => 1", "line 1: async functions are not supported"},
           Refusal{"function* g() { yield 1 }", "line 1: generator functions are not supported"},
           Refusal{"import a from 'b'", "line 1: import is not supported"},
           Refusal{"class A {}\nclass B extends A { m() { super.x++ } }",
                   "line 2: `++`, `--` and `delete` with `super` are not supported"},
           Refusal{"class A {}\nclass B extends A { m() { delete super.x } }",
                   "line 2: `++`, `--` and `delete` with `super` are not supported"},
           Refusal{"class A {}\nclass B extends A { m() { super.x ||= 1 } }",
                   "line 2: `||=` with `super` is not supported"},
           Refusal{"class A {}\nclass B extends A { m() { return {\n f() { return super.x } } } }",
                   "line 3: `super` outside of a class with a parent is not supported"},
           Refusal{"var a;\nclass A extends Array {}", "line 2: `extends Array` is not supported"},
           Refusal{"let A = class extends Uint8Array {}", "line 1: `extends Uint8Array` is not supported"},
           Refusal{"let x = /a(?<n>b)/;",
                   "line 1: named groups and lookbehind in regular expressions are not supported"},
           Refusal{"let x = /[(?<]a/;\nlet y = /b/y;",
                   "line 2: the flags y, d and v of regular expressions are not supported"},
           Refusal{"let o = {};\ndelete o?.a;", "line 2: `delete` with `?.` is not supported"},
           Refusal{"class A { ['a']() {} }", "line 1: computed names in classes are not supported"},
           Refusal{"let o = {get ['a']() { return 1 }};", "line 1: get and set with computed names are not supported"},
           Refusal{"const s = tag`x`;", "line 1: template strings with a function in front are not supported"},
       }) {
    const auto lowered = lower(one.source);
    CHECK(lowered.trouble == one.why);
    CHECK(lowered.refused);
    CHECK(Script(one.source).refused == one.why);
  }
}

TEST_CASE("what is no JavaScript at all says where") {
  CHECK(lower("let a = 1;\nlet b = = 2;").trouble == "line 2: unexpected '='");
  CHECK_FALSE(lower("let b = = 2;").refused);
  CHECK(lower("let s = `abc").trouble == "line 1: a template string that does not end");
  CHECK(lower("function f( {").trouble.find("line 1: ") == 0);
  CHECK(lower("class A { #a; }\nclass B { m(o) { return o.#a } }").trouble ==
        "line 2: no class around has a private member '#a'");
  CHECK(lower("class A { #a;\n m() { return #a } }").trouble == "line 2: unexpected '#a'");
  CHECK(lower("let #a = 1").trouble == "line 1: unexpected '#a'");
  CHECK(Script("function Decode( { let x").refused.find("SyntaxError: line 1") == 0);
}

TEST_CASE("a parent that makes an object of its own is an error, not another value") {
  Script script(
      "const L = Array; class B extends L {} function Decode(p, b) { const l = new B(); l.push(...b); return {n: "
      "l.length} }");
  CHECK(script.decode("0102").find("a parent class that makes an object of its own is not supported") !=
        std::string::npos);
}

TEST_CASE("a member of the parent that has no setter cannot be set") {
  Script script(
      "class A { get v() { return 1 } } class B extends A { m() { super.v = 3 } }\n"
      "function Decode() { new B().m(); return {} }");
  CHECK(script.decode("").find("TypeError: 'v' cannot be set (line 1)") != std::string::npos);
}

TEST_CASE("private members are not in what a codec gives") {
  CHECK(Script("class R { #raw; constructor(b) { this.#raw = b; this.level = b[0] } }\n"
               "function decodeUplink(input) { return {data: new R(input.bytes)} }")
            .decode("0102") == R"({"data":{"level":1}})");
}

TEST_CASE("an export keeps its name in the script") {
  CHECK(Script("export default function decodeUplink(i) { return {data: {n: i.bytes.length}} }\nvar lsb = true;")
            .decode("0102") == R"({"data":{"n":2}})");
  CHECK(Script("export default function decode(i) { return i ? decode(null) : {data: {a: 1}} }").decode("01") ==
        R"({"data":{"a":1}})");
  CHECK(Script("export default { decodeUplink(i) { return {data: {b: 2}} } }").decode("") == R"({"data":{"b":2}})");
}

TEST_CASE("a script may be written in Latin-1, and with blanks of any kind") {
  CHECK(Script("function Decode() { return {u: '\xB0"
               "C'} } // caf\xE9")
            .decode("") ==
        "{\"data\":{\"u\":\"\xC2\xB0"
        "C\"}}");
  CHECK(Script("\xEF\xBB\xBF"
               "const\xE3\x80\x80"
               "a = 1;\xE2\x80\xA8"
               "const Decode = () =>\xC2\xA0({a});")
            .decode("") == R"({"data":{"a":1}})");
  CHECK(Script(std::string_view("\xFF\xFE"
                                "f\0",
                                4)
                   .data())
            .refused == "the file is UTF-16; write it as UTF-8");
}

TEST_CASE("no depth of nesting exhausts the stack") {
  for (const std::string& part :
       {std::string("("), std::string("["), std::string("{"), std::string("!"), std::string("`${"), std::string("a=>"),
        std::string("if(1)"), std::string("new "), std::string("{a:")}) {
    std::string source = "let x = ";
    for (int i = 0; i < 20'000; ++i) source += part;
    CHECK_FALSE(lower(source).trouble.empty());
  }
}

TEST_CASE("a long chain of operators is no depth") {
  std::string source = "let x = 1";
  for (int i = 0; i < 20'000; ++i) source += " + 1";
  CHECK(lower(source).trouble.empty());
}

}  // namespace
}  // namespace afferent::test
