// What registers mean: types, word orders, scales, codes; and what is refused.
#include <cmath>
#include <limits>

#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using Kind = core::WireEvent::Kind;

namespace {

// One inline register at 0, asked once; the reply carries `data`.
std::string decoded(const std::string& fields, const std::string& data, const std::string& device = {}) {
  test::Bench bench("unit = 1\n" + device + "\n[[register]]\nchannel = \"x\"\naddress = 0\n" + fields, "");
  core::Bytes reply{1, 3, static_cast<std::uint8_t>(data.size() / 2)};
  const core::Bytes bytes = test::hex(data);
  reply.insert(reply.end(), bytes.begin(), bytes.end());
  bench.turn();
  bench.event(Kind::received, test::with_crc(std::move(reply)));
  CHECK(bench.sink.done_count == 1);
  return bench.sink.rejects.empty() ? bench.said() : bench.sink.rejects[0].why;
}

std::string refusal(const std::string& options, const std::string& profile = {}) {
  auto created = drivers::modbus::spec().create({{test::device_of("unit = 1\n" + options, profile)}});
  if (created) return "accepted";
  CHECK(created.error().code() == core::ErrorCode::bad_config);
  return created.error().message();
}

core::ChannelSpec channel_of(const std::string& fields) {
  test::Bench bench("unit = 1\n[[register]]\naddress = 0\n" + fields, "");
  return bench.driver->channels({})[0];
}

}  // namespace

TEST_CASE("each type is read in each word order") {
  struct Row {
    const char* fields;
    const char* data;
    const char* expected;
  };
  for (const Row& row : {
           Row{"type = \"u16\"", "FFFE", "x=65534"},
           Row{"type = \"s16\"", "FFFE", "x=-2"},
           Row{"type = \"u16\"\norder = \"BADC\"", "3412", "x=4660"},
           Row{"type = \"s16\"\norder = \"DCBA\"", "FEFF", "x=-2"},
           Row{"type = \"u32\"", "00010002", "x=65538"},
           Row{"type = \"u32\"\norder = \"CDAB\"", "00020001", "x=65538"},
           Row{"type = \"u32\"\norder = \"DCBA\"", "02000100", "x=65538"},
           Row{"type = \"u32\"\norder = \"BADC\"", "01000200", "x=65538"},
           Row{"type = \"u32\"", "FFFFFFFE", "x=4294967294"},
           Row{"type = \"s32\"", "FFFFFFFE", "x=-2"},
           Row{"type = \"u64\"", "0000000100020003", "x=4295098371"},
           Row{"type = \"u64\"\norder = \"CDAB\"", "0003000200010000", "x=4295098371"},
           Row{"type = \"u64\"\norder = \"DCBA\"", "0300020001000000", "x=4295098371"},
           Row{"type = \"u64\"\norder = \"BADC\"", "0000010002000300", "x=4295098371"},
           Row{"type = \"s64\"", "FFFFFFFFFFFFFFFE", "x=-2"},
           Row{"type = \"f32\"", "41C80000", "x=25"},
           Row{"type = \"f32\"\norder = \"CDAB\"", "000041C8", "x=25"},
           Row{"type = \"f64\"", "4039000000000000", "x=25"},
           Row{"type = \"f64\"\norder = \"DCBA\"", "0000000000003940", "x=25"},
           Row{"type = \"bcd16\"", "1234", "x=1234"},
           Row{"type = \"bcd32\"", "12345678", "x=12345678"},
           Row{"type = \"bcd32\"\norder = \"CDAB\"", "56781234", "x=12345678"},
           Row{"type = \"bcd16\"", "12A4", "channel x: the digits of 0x12A4 are not decimal"},
           Row{"type = \"sign_magnitude16\"", "8010", "x=-16"},
           Row{"type = \"sign_magnitude16\"", "8000", "x=0"},
           Row{"type = \"sign_magnitude32\"", "80000010", "x=-16"},
           Row{"type = \"text\"\nlength = 3", "414243200000", "x=ABC"},
           Row{"type = \"text\"\nlength = 2\norder = \"BADC\"", "42414443", "x=ABCD"},
           Row{"type = \"bit\"\nbit = 15", "8000", "x=true"},
           Row{"type = \"bit\"\nbit = 0\ninvert = true", "0001", "x=false"},
           Row{"type = \"u16\"\nmask = 0x0FF0", "1238", "x=35"},
           Row{"type = \"u32\"\nquantity = \"boolean\"\nbit = 31", "80000000", "x=true"},
       }) {
    CAPTURE(row.fields);
    CHECK(decoded(row.fields, row.data) == row.expected);
  }
}

TEST_CASE("the profile's word order leaves single registers alone") {
  CHECK(decoded("type = \"u16\"", "1234", "order = \"DCBA\"") == "x=4660");
  CHECK(decoded("type = \"u32\"", "02000100", "order = \"DCBA\"") == "x=65538");
}

TEST_CASE("a scaled value is the double nearest to its decimal, for every raw number") {
  test::Bench bench("unit = 1\n[[register]]\nchannel = \"x\"\naddress = 0\nscale = 0.1\noffset = -40\n", "");
  for (unsigned raw = 0; raw < 65536; raw += 7) {
    bench.turn();
    bench.sink.readings.clear();
    bench.event(Kind::received,
                test::with_crc({1, 3, 2, static_cast<std::uint8_t>(raw >> 8), static_cast<std::uint8_t>(raw)}));
    REQUIRE(bench.sink.readings.size() == 1);
    REQUIRE(bench.sink.readings[0].number == (static_cast<double>(raw) - 400.0) / 10.0);
  }
  CHECK(decoded("decimals = 3", "0001") == "x=0.001");
  CHECK(decoded("scale = 0.5\ndecimals = 2", "0003") == "x=0.015");
  CHECK(decoded("scale = 3600", "0003") == "x=10800");
}

TEST_CASE("the exponent hint is the coarsest grid that holds all values") {
  CHECK(channel_of("channel = \"x\"\nscale = 0.01").exponent == -2);
  CHECK(channel_of("channel = \"x\"\ndecimals = 3").exponent == -3);
  CHECK(channel_of("channel = \"x\"\nscale = 100").exponent == 2);
  CHECK(channel_of("channel = \"x\"\nscale = 10\noffset = 0.5").exponent == -1);
  CHECK(channel_of("channel = \"x\"\nscale = 0.0054931640625\nround = 3").exponent == -3);
  CHECK(channel_of("channel = \"x\"\ntype = \"f32\"\nround = 4").exponent == -4);
}

TEST_CASE("quantity and kind follow from the channel's name, and can be said") {
  CHECK(channel_of("channel = \"volume@1\"").quantity == core::Quantity::volume);
  CHECK(channel_of("channel = \"flag_leak\"\ntype = \"bit\"\nbit = 1").quantity == core::Quantity::boolean);
  CHECK(channel_of("channel = \"speed\"").quantity == core::Quantity::none);
  CHECK(channel_of("channel = \"inlet\"\nquantity = \"pressure\"").quantity == core::Quantity::pressure);
  CHECK(channel_of("channel = \"level\"\nminimum = -1\nmaximum = 2.5").maximum == 2.5);
}

TEST_CASE("what means that there is no value gives no reading") {
  CHECK(decoded("no_value = [0xFFFF, 0x8000]", "FFFF").empty());
  CHECK(decoded("type = \"s16\"\nno_value = [-1]", "FFFF").empty());
  CHECK(decoded("type = \"u32\"\nno_value = [0xFFFFFFFF]", "FFFFFFFF").empty());
  CHECK(decoded("no_value = [0xFFFF]", "FFFE") == "x=65534");
  CHECK(decoded("type = \"s16\"\nno_value = [0x8000]", "8000").empty());
  CHECK(decoded("type = \"u64\"\nno_value = [-1]", "FFFFFFFFFFFFFFFF").empty());
  CHECK(decoded("type = \"f32\"", "7FC00000").empty());  // NaN
  CHECK(decoded("type = \"f32\"", "7F800000").empty());  // infinite
}

TEST_CASE("numbers stand for texts and booleans; an unknown one is refused") {
  const std::string valve =
      "quantity = \"text\"\nvalues = [{ raw = 1, text = \"open\" }, { raw = 2, text = \"closed\" }]";
  CHECK(decoded(valve, "0002") == "x=closed");
  CHECK(decoded(valve, "0003") == "channel x: no meaning is known for 0x3");
  const std::string pipe = "values = [{ raw = 0x55, boolean = true }, { raw = 0xAA, boolean = false }]\nmask = 0xFF";
  CHECK(decoded(pipe, "0055") == "x=true");
  CHECK(decoded(pipe, "77AA") == "x=false");
}

TEST_CASE("coils and discrete inputs are bits of a packed reply") {
  test::Bench bench("unit = 1\nfunction = 2\n[[register]]\nchannel = \"flag_in\"\naddress = 4\ncount = 10\n", "");
  bench.turn();
  CHECK(bench.last_sent() == core::to_hex(test::with_crc({1, 2, 0, 4, 0, 10})));
  bench.event(Kind::received, test::with_crc({1, 2, 2, 0x81, 0x02}));
  REQUIRE(bench.sink.readings.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) CHECK(bench.sink.readings[i].number == (i == 0 || i == 7 || i == 9 ? 1 : 0));
}

TEST_CASE("neighbours share a request as far as gap and size allow") {
  const auto questions = [](const std::string& options) {
    test::Bench bench("unit = 1\n" + options + "[[register]]\nchannel = \"a\"\naddress = 0\ncount = 100\n" +
                          "[[register]]\nchannel = \"b\"\naddress = 102\ncount = 40\n",
                      "");
    std::vector<std::string> asked;
    bench.turn();
    while (bench.sink.done_count == 0 && asked.size() < 300) {
      const core::Bytes sent = bench.sink.sent.back().bytes;
      asked.push_back(core::to_hex(core::ByteView(sent).subspan(2, 4)));
      core::Bytes reply{1, 3, static_cast<std::uint8_t>(2 * sent[5])};
      reply.resize(3 + std::size_t{2} * sent[5]);
      bench.event(Kind::received, test::with_crc(std::move(reply)));
    }
    CHECK(bench.sink.readings.size() == 140);
    return asked;
  };
  CHECK(questions("") == std::vector<std::string>{"00000064", "00660028"});
  CHECK(questions("max_gap = 1\n") == std::vector<std::string>{"00000064", "00660028"});
  CHECK(questions("max_gap = 2\n") == std::vector<std::string>{"0000007D", "007D0011"});
  CHECK(questions("max_registers = 60\n") == std::vector<std::string>{"0000003C", "003C0028", "00660028"});
}

TEST_CASE("a unit in another block is asked for first and is not relied on once it fails") {
  const std::string profile = R"(product = "remote unit"
[[register]]
channel = "pressure"
address = 10
[[register.scale_by]]
address = 200
codes = [{ code = 1, scale = 0.1 }]
)";
  test::Bench bench("unit = 1", profile);
  bench.turn();
  CHECK(bench.last_sent() == core::to_hex(test::with_crc({1, 3, 0, 200, 0, 1})));
  bench.event(Kind::received, test::with_crc({1, 3, 2, 0, 1}));
  bench.event(Kind::received, test::with_crc({1, 3, 2, 0, 25}));
  CHECK(bench.said() == "pressure=2.5 kPa");
  bench.sink.readings.clear();
  bench.turn();
  bench.event(Kind::received, test::with_crc({1, 0x83, 2}));
  bench.event(Kind::received, test::with_crc({1, 3, 2, 0, 25}));
  CHECK(bench.said().empty());
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(bench.sink.rejects[0].why.find("its unit is not known") != std::string::npos);
}

TEST_CASE("options that do not fit together are refused with line and key") {
  const std::string one = "[[register]]\nchannel = \"x\"\naddress = 0\n";
  CHECK(refusal("").find("needs a profile or [[device.register]]") != std::string::npos);
  CHECK(refusal(one, "ceyeko_ludp").find("register: not together with a profile") != std::string::npos);
  CHECK(refusal("base = 1", "ceyeko_ludp").find("test.toml:2: base: not together") != std::string::npos);
  CHECK(refusal("mounting_height = 2\n" + one).find("no channel 'distance'") != std::string::npos);
  CHECK(refusal("mounting_height = 2", "qdy30a").find("no channel 'distance'") != std::string::npos);
  CHECK(refusal("blind_zone = 3\nrange = 2", "ceyeko_ludp").find("blind_zone: must be shorter") != std::string::npos);
  CHECK(refusal("blind_zone = 3", "qdy30a").find("no channel 'distance'") != std::string::npos);
  CHECK(refusal("unit_code = 7", "ceyeko_ludp").find("unit_code 7 is not known; allowed: 0, 1, 2") !=
        std::string::npos);
  CHECK(refusal("base = 1\n" + one).find("documented numbers start at 1") != std::string::npos);
  CHECK(refusal(one + one).find("channel 'x' is there twice") != std::string::npos);
  CHECK(refusal("max_registers = 1\n" + one + "type = \"u32\"").find("spans 2 registers") != std::string::npos);
}

TEST_CASE("the mistakes of all registers are told together, one a line") {
  const auto entry = [](const std::string& name, const std::string& rest) {
    return "[[register]]\nchannel = \"" + name + "\"\naddress = 0\n" + rest + "\n";
  };
  CHECK(refusal(entry("a", "mask = 65536") + entry("good", "") + entry("b", "minimum = 5\nmaximum = 2")) ==
        "test.toml:5: register 'a', mask: beyond the width of the type\n"
        "test.toml:13: register 'b', minimum: is above maximum");
  CHECK(refusal(entry("a", "") + entry("a", "") + entry("b", "") + entry("b", "")) ==
        "test.toml:6: channel 'a' is there twice\ntest.toml:14: channel 'b' is there twice");
}

TEST_CASE("a raw number stands for one thing") {
  const std::string begin = "[[register]]\nchannel = \"x\"\naddress = 0\n";
  CHECK(
      refusal(begin + "values = [{ raw = 1, text = \"a\" }, { raw = 1, text = \"b\" }]").find("raw 1 is there twice") !=
      std::string::npos);
  CHECK(refusal(begin + "scale_by = [{ address = 2, codes = [{ code = 1, scale = 1 }, { code = 1, scale = 2 }] }]")
            .find("code 1 is there twice") != std::string::npos);
}

TEST_CASE("register fields that do not fit together are refused with line and register") {
  const auto why = [](const std::string& fields) {
    return refusal("[[register]]\nchannel = \"x\"\naddress = 0\n" + fields);
  };
  CHECK(why("mask = 3\nbit = 1").find("either mask or bit") != std::string::npos);
  CHECK(why("type = \"bit\"").find("needs its number") != std::string::npos);
  CHECK(why("bit = 16").find("beyond the width") != std::string::npos);
  CHECK(why("type = \"f32\"\nbit = 1").find("only whole numbers have bits") != std::string::npos);
  CHECK(why("function = 1\ntype = \"u16\"").find("only 'bit' is possible") != std::string::npos);
  CHECK(why("type = \"text\"").find("needs its number of registers") != std::string::npos);
  CHECK(why("length = 2").find("only a text has a length") != std::string::npos);
  CHECK(why("scale = 0").find("test.toml:5: register 'x', scale: must not be 0") != std::string::npos);
  CHECK(why("quantity = \"text\"").find("needs type 'text'") != std::string::npos);
  CHECK(why("minimum = 2\nmaximum = 1").find("is above maximum") != std::string::npos);
  CHECK(why("invert = true").find("only a boolean") != std::string::npos);
  CHECK(why("values = [{ raw = 1 }]").find("either a text or a boolean") != std::string::npos);
  CHECK(why("values = [{ raw = 1, text = \"a\" }, { raw = 2, boolean = true }]").find("cannot be mixed") !=
        std::string::npos);
  CHECK(why("count = 10000\ntype = \"f64\"") == "accepted");
  CHECK(refusal("[[register]]\nchannel = \"x\"\naddress = 65535\ntype = \"u32\"").find("beyond register 65535") !=
        std::string::npos);
  CHECK(refusal("[[register]]\nchannel = \"x\"\naddress = 60000\ncount = 10000").find("beyond register 65535") !=
        std::string::npos);
  CHECK(refusal("[[register]]\nchannel = \"Level\"\naddress = 0").find("is no channel name") != std::string::npos);
}

TEST_CASE("registers that hold the unit are asked for once in a poll, together with the value or before it") {
  test::Bench bench("unit = 1", "qdy30a");
  bench.turn();
  bench.received("010306000100010C8F09D1");
  CHECK(bench.sink.sent.size() == 1);
  CHECK(bench.sink.done_count == 1);
}

TEST_CASE("a number that means that there is no value is one of the type, before scale and offset") {
  CHECK(decoded("type = \"f32\"\nscale = 0.1\noffset = 5\nno_value = [-9999]", "C61C3C00").empty());
  CHECK(decoded("type = \"f32\"\nno_value = [-999.9]", "C479F99A").empty());
  CHECK(decoded("type = \"f32\"\nno_value = [-999.9]", "C479F99B") != "");
  CHECK(decoded("type = \"f32\"\norder = \"CDAB\"\nno_value = [-9999]", "3C00C61C").empty());
  CHECK(decoded("type = \"f32\"\nno_value = [0]", "80000000").empty());
  CHECK(decoded("type = \"f64\"\nno_value = [-9999]", "C0C3878000000000").empty());
  CHECK(decoded("type = \"sign_magnitude16\"\nno_value = [-9999]", "A70F").empty());
  CHECK(decoded("type = \"sign_magnitude16\"\nno_value = [0]", "8000").empty());
  CHECK(decoded("type = \"sign_magnitude16\"\nno_value = [0x8000]", "8000").empty());
  CHECK(decoded("type = \"sign_magnitude32\"\nno_value = [-1]", "80000001").empty());
  CHECK(decoded("type = \"bcd16\"\nno_value = [9999]", "9999").empty());
  CHECK(decoded("type = \"bcd16\"\nno_value = [0xFFFF]", "FFFF").empty());
  CHECK(decoded("type = \"bcd32\"\nno_value = [12345678]", "12345678").empty());
  CHECK(decoded("type = \"bcd16\"\nno_value = [9999]", "270F") != "");  // the bits of 9999
}

TEST_CASE("a number that the type cannot have is refused as the one without a value") {
  const auto refused = [](const std::string& fields) {
    const std::string why = refusal("[[register]]\nchannel = \"x\"\naddress = 0\n" + fields);
    return why.find("no_value: ") != std::string::npos && why.find("can hold; right would be") != std::string::npos;
  };
  for (const char* fields : {
           "no_value = [70000]",
           "no_value = [-1]",
           "no_value = [1.5]",
           "type = \"s16\"\nno_value = [-32769]",
           "type = \"u32\"\nno_value = [4294967296]",
           "type = \"f32\"\nno_value = [1e39]",
           "type = \"bcd16\"\nno_value = [12345]",
           "type = \"bcd16\"\nno_value = [-1]",
           "type = \"sign_magnitude16\"\nno_value = [-32768]",
           "function = 1\nno_value = [1]",
           "type = \"text\"\nlength = 2\nno_value = [1]",
       }) {
    CHECK_MESSAGE(refused(fields), fields);
  }
}

TEST_CASE("what cannot be read is told with its bytes") {
  test::Bench bench(
      "unit = 1\n[[register]]\nchannel = \"a\"\naddress = 0\n[[register]]\nchannel = \"x\"\naddress = 1\n"
      "type = \"bcd16\"\n",
      "");
  bench.turn();
  bench.event(Kind::received, test::with_crc({1, 3, 4, 0, 7, 0x12, 0xA4}));
  REQUIRE(bench.sink.rejects.size() == 1);
  CHECK(core::to_hex(bench.sink.rejects[0].bytes) == "12A4");
  CHECK(bench.said() == "a=7");
}
