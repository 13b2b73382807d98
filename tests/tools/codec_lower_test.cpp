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

TEST_CASE("what cannot be lowered is refused with line and reason") {
  struct Refusal {
    std::string source;
    std::string why;
  };
  for (const Refusal& one : {
           Refusal{"\nasync function f() {}", "line 2: async functions are not supported"},
           Refusal{"var f = async () => 1", "line 1: async functions are not supported"},
           Refusal{"function* g() { yield 1 }", "line 1: generator functions are not supported"},
           Refusal{"var a;\n\nlet x = 10n;", "line 3: BigInt (10n) is not supported"},
           Refusal{"import a from 'b'", "line 1: import is not supported"},
           Refusal{"class A { #p = 1;\n has(o) { return #p in o } }",
                   "line 2: `in` with a private member is not supported"},
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
  CHECK(Script("function Decode( { let x").refused.find("SyntaxError: line 1") == 0);
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
