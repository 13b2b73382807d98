// The library of later editions that a script finds: what it gives must be what other engines give.
#include "tests/tools/codec_script.h"

namespace afferent::test {
namespace {

struct Sample {
  std::string body;
  std::string expected;
};

void check(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    CAPTURE(sample.body);
    Script script("function decodeUplink(input) { return {data: {v: [" + sample.body + "]}}; }");
    const std::string given = script.decode("010203", 2);
    CHECK_MESSAGE(same_json(given, "{\"data\":{\"v\":" + sample.expected + "}}"), given);
  }
}

TEST_CASE("dates are written as other engines write them") {
  check({
      {R"js(new Date(1700000000000).toUTCString(), String(new Date(1700000000000)), new Date(0).toDateString(), new Date(0).toTimeString())js",
       R"js(["Tue, 14 Nov 2023 22:13:20 GMT","Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)","Thu Jan 01 1970","00:00:00 GMT+0000 (Coordinated Universal Time)"])js"},
      {R"js(new Date(1700000000000).toLocaleString(), new Date(0).toLocaleDateString(), new Date(43200000).toLocaleTimeString())js",
       R"js(["11/14/2023, 10:13:20 PM","1/1/1970","12:00:00 PM"])js"},
      {R"js(String(new Date(NaN)), new Date(-62198755200000).toUTCString(), new Date(253402300800000).toISOString())js",
       R"js(["Invalid Date","Fri, 01 Jan -0001 00:00:00 GMT","+010000-01-01T00:00:00.000Z"])js"},
  });
}

TEST_CASE("dates are read in the usual forms, and nothing else is one") {
  check({
      {R"js(['January 6, 1980 00:00:00', '2000/01/01', 'Thu, 14 Nov 2023 22:13:20 GMT', '14 Nov 2023 22:13:20 +0200', '11/14/2023 10:13 PM', 'Nov 14, 2023', '2023-1-5 1:02:03', '2023-11-14T22:13:20+0200', '2023-11-14T22:13:20.123456789Z', '2023-11-14 22:13:20.5Z', '2023-11-14T22:13:20+02:00', 'Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)', 'garbage', '', '13/14/2023', '2023-13-01', '1700000000000'].map(x => Date.parse(x)))js",
       R"js([[315964800000,946684800000,1700000000000,1699992800000,1699999980000,1699920000000,1672880523000,1699992800000,1700000000123,1700000000500,1699992800000,1700000000000,null,null,null,null,null]])js"},
      {R"js(new Date(new Date(5)).getTime(), new Date(2020, 1, 30, 25).toISOString(), new Date(2020, 0).getTime(), new Date(null).getTime(), +new Date(undefined))js",
       R"js([5,"2020-03-02T01:00:00.000Z",1577836800000,0,null])js"},
      {R"js(new Date(0) instanceof Date, typeof Date(), Date.UTC(2000, 0), new Date().constructor === Date, typeof Date.now(), Object.prototype.toString.call(new Date()))js",
       R"js([true,"string",946684800000,true,"number","[object Date]"])js"},
  });
}

TEST_CASE("sorting keeps the order of what is equal") {
  check({
      {R"js(Array.from({length: 60}, function (x, i) { return {k: i * 7 % 5, i: i}; }).sort(function (a, b) { return b.k - a.k; }).map(function (x) { return x.i; }))js",
       R"js([[2,7,12,17,22,27,32,37,42,47,52,57,4,9,14,19,24,29,34,39,44,49,54,59,1,6,11,16,21,26,31,36,41,46,51,56,3,8,13,18,23,28,33,38,43,48,53,58,0,5,10,15,20,25,30,35,40,45,50,55]])js"},
      {R"js([10, 9, undefined, 1, , 'b', 'a'].sort().slice(0, 6), [5, 25, 100].sort(), [].sort(), [3, 1].sort(undefined), Array.from(Uint8Array.from([9, 10, 1]).sort()))js",
       R"js([[1,10,9,"a","b",null],[100,25,5],[],[1,3],[1,9,10]])js"},
  });
}

TEST_CASE("numbers are written for people as in English") {
  check({
      {R"js((1234567.891).toLocaleString(), (0.5).toLocaleString('en-US', {minimumFractionDigits: 2}), (12.3456).toLocaleString('en-US', {maximumFractionDigits: 1}), (-1234.5).toLocaleString(), (999).toLocaleString(), (1e6).toLocaleString('en-US', {useGrouping: false}), NaN.toLocaleString())js",
       R"js(["1,234,567.891","0.50","12.3","-1,234.5","999","1000000","NaN"])js"},
  });
}

TEST_CASE("mathematics is whole") {
  check({
      {R"js([Math.sinh(2), Math.cosh(2), Math.tanh(-2), Math.asinh(-3), Math.acosh(3), Math.atanh(-0.3), Math.sinh(0), Math.tanh(1e3)].map(function (x) { return +x.toFixed(9); }))js",
       R"js([[3.626860408,3.762195691,-0.96402758,-1.818446459,1.762747174,-0.309519604,0,1]])js"},
  });
}

TEST_CASE("lists can be walked over by hand") {
  check({
      {R"js(new Map([[1, 2]]).entries().next().value, new Set([4]).values().next().value, [7, 8][Symbol.iterator]().next().value, new Map([[5, 6]])[Symbol.iterator]().next().value)js",
       R"js([[1,2],4,7,[5,6]])js"},
      {R"js([5].keys().next().value, [5].entries().next().value, 'ab'[Symbol.iterator]().next().value, [][Symbol.iterator]().next().done, Array.from(new Set([1, 1]).values()))js",
       R"js([0,[0,5],"a",true,[1]])js"},
      {R"js(Array.from('a1b2'.matchAll(/[a-z](\d)/g)).map(function (m) { return m[1]; }), Array.from(new Uint8Array([3, 4]).entries()))js",
       R"js([["1","2"],[[0,3],[1,4]]])js"},
  });
}

TEST_CASE("integers of 64 bits are numbers where they fit") {
  check({
      {R"js(Number(Buffer.from([0, 0, 0, 1, 0, 0, 0, 2]).readBigUInt64BE(0)), Number(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]).readBigInt64LE()), Number(Buffer.from([255, 255, 255, 255, 255, 255, 255, 254]).readBigInt64BE(0)))js",
       R"js([4294967298,1,-2])js"},
      {R"js(Number(new DataView(Uint8Array.from([9, 254, 255, 255, 255, 255, 255, 255, 255]).buffer, 1).getBigInt64(0, true)), Number(new DataView(new ArrayBuffer(8)).getBigUint64(0)))js",
       R"js([-2,0])js"},
  });
}

TEST_CASE("an integer of 64 bits that is no number is an error that says so") {
  Script script("function Decode(p, b) { return {v: Buffer.from(b).readBigUInt64BE(0)} }");
  CHECK(script.decode("001FFFFFFFFFFFFF") == R"({"data":{"v":9007199254740991}})");
  CHECK(script.decode("0020000000000000").find("a 64-bit integer beyond 2^53 (BigInt) is not supported") !=
        std::string::npos);
  CHECK(script.decode("00").find("index out of range") != std::string::npos);
}

TEST_CASE("buffers do what Node's do") {
  check({
      {R"js(Buffer.from([1, 2, 3, 4]).swap32().toString('hex'), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64().toString('hex'), Buffer.from([1, 2, 3, 4]).swap16().toString('hex'))js",
       R"js(["04030201","0807060504030201","02010403"])js"},
      {R"js(Buffer.from('abcabc').lastIndexOf('bc'), Buffer.from('abc').includes('bc'), Buffer.from('abc').includes('x'), Buffer.from('abc').indexOf('c'), Buffer.from([1, 2, 1]).lastIndexOf(1))js",
       R"js([4,true,false,2,2])js"},
      {R"js(Buffer.from([1, 2, 3]).subarray(1).readUInt16BE(0), Buffer.from([1, 2, 3]).subarray(-2).toString('hex'))js",
       R"js([515,"0203"])js"},
      {R"js(String(new Uint8Array([1, 2])), '' + new Float32Array([1.5]))js", R"js(["1,2","1.5"])js"},
  });
}

TEST_CASE("regular expressions that are made know the flags s and u as those that are written do") {
  check({
      {R"js(new RegExp('a.c', 's').test('a\nc'), new RegExp('a.c').test('a\nc'), RegExp('^[.]\\..$', 'su').test('..\n'), RegExp('[.]', 's').test('x'), new RegExp('^.$', 'u').test('x'), new RegExp(/a.c/i, 's').test('a\nc'), new RegExp(/a.c/i).test('ABC'))js",
       R"js([true,false,true,false,true,true,true])js"},
      {R"js(/x/ instanceof RegExp, /x/.constructor === RegExp, new RegExp('b', 'gi') instanceof RegExp, 'aXbX'.replace(new RegExp('x', 'giu'), '-'), RegExp.name, RegExp.length, new RegExp().test(''), typeof RegExp(/a/))js",
       R"js([true,true,true,"a-b-","RegExp",2,true,"object"])js"},
  });
  CHECK(Script("function Decode() { return {v: new RegExp('\\\\p{L}', 'u').test('a')} }")
            .decode("")
            .find("\\u{} and \\p{} in regular expressions are not supported") != std::string::npos);
  CHECK(Script("function Decode() { return {v: new RegExp('a', 'y')} }").decode("").starts_with("error: SyntaxError"));
}

TEST_CASE("texts are replaced with what their marks stand for") {
  check({
      {R"js('aXbX'.replaceAll('X', '[$&]'), 'a.b.c'.replaceAll('.', '-'), 'ab'.replaceAll('', '-'), 'aXX'.replaceAll('X', function (m, at) { return m + at }), 'a$'.replaceAll('$', '$$'), 'a(b)'.replaceAll('(b)', 5), 'a1a'.replaceAll(1, ''))js",
       R"js(["a[X]b[X]","a-b-c","-a-b-","aX1X2","a$","a5","aa"])js"},
  });
}

TEST_CASE("__proto__ that is written in an object is its prototype") {
  check({
      {R"js(Object.getPrototypeOf({__proto__: null, a: 1}), Object.keys({__proto__: {b: 2}, a: 1}), ({"__proto__": {b: 2}, a: 1}).b, ({a: 1, '__proto__': {b: 2}, ...{c: 3}}).b, ({__proto__: 5, a: 1}).a, {__proto__: {b: 2}, a: 1})js",
       R"js([null,["a"],2,2,1,{"a":1}])js"},
  });
}

TEST_CASE("buffers know UTF-16") {
  check({
      {R"js(Buffer.from('ab', 'utf16le').toString('hex'), Buffer.from('\u00b0', 'ucs2').length, Buffer.from([97, 0, 0xb0, 0, 1]).toString('utf-16le'), Buffer.from([97, 0]).toString('UCS-2'))js",
       R"js(["61006200",2,"a\u00b0","a"])js"},
  });
}

TEST_CASE("the newest methods are there") {
  check({
      {"Object.hasOwn({a: 1}, 'a'), structuredClone({a: [1, {b: 2}], d: new Date(0)}), Object.groupBy([1, 2, 3], "
       "function (x) { return x % 2 ? 'o' : 'e'; })",
       R"([true,{"a":[1,{"b":2}],"d":"1970-01-01T00:00:00.000Z"},{"o":[1,3],"e":[2]}])"},
      {"[3, 1].toSorted(), [1, 2].toReversed(), [1, 2].with(-1, 9), [1, 2, 3].toSpliced(1, 1), 'ab'.normalize()",
       R"([[1,3],[2,1],[1,9],[1,3],"ab"])"},
  });
  CHECK(Script("function Decode() { return {v: '\\u00e9'.normalize('NFD')} }")
            .decode("")
            .find("normalize: not supported") != std::string::npos);
  CHECK(
      Script("function Decode() { console.group('x'); console.dir({}); console.count(); return {a: 1} }").decode("") ==
      R"({"data":{"a":1}})");
}

}  // namespace
}  // namespace afferent::test
