// `afferent decode` and `afferent epc`: what is valid, what is said of the rest, and the forms in which bytes are
// typed.
#include <algorithm>

#include "tests/tools/command_run.h"
#include "tools/cli/hex_input.h"
#include "tools/cli/topic_filter.h"

using namespace afferent;
using test::Printed;

namespace {

const std::string kMeter = "68104433221100337881161F9000007766552C007766552C3101221105152021841316";

Printed decode(const std::string& driver, std::vector<std::string> more) {
  more.insert(more.begin(), {"decode", "--driver", driver});
  return test::run_command(more);
}

std::string hex_of(std::string_view text) { return core::to_hex(core::as_bytes(text)); }

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("noise is rejected with a reason, and nothing of it is valid") {
  const std::string noise[] = {"00",         "FF",     "FE",     "FEFEFE", "0000000000", "A5",    "7E7E",
                               "AAAAAAAAAA", "20823C", "212B31", "20",     "0D0A",       "3F0121"};
  for (const char* driver : {"cjt188", "sdi12", "gpio", "iio", "modbus", "sl651", "mbus", "wmbus"}) {
    for (const std::string& bytes : noise) {
      CAPTURE(driver);
      CAPTURE(bytes);
      const Printed printed = decode(driver, {bytes});
      CHECK(printed.status == 1);
      CHECK(printed.out.empty());
      CHECK_MESSAGE(printed.says("rejected"), printed.err);
      CHECK_FALSE(printed.says("valid, without"));
    }
  }
}

TEST_CASE("noise on the line of a radio dongle is rejected too") {
  for (const char* source : {"raw", "raw_t", "im871a", "amb8465", "cul", "rtl_wmbus"}) {
    for (const char* bytes : {"00", "FF", "A5", "7E7E", "20", "0D0A", "0D0A0D0A", "3F0121", "AAAAAAAAAA"}) {
      CAPTURE(source);
      CAPTURE(bytes);
      const Printed printed = decode("wmbus", {"-o", "source=" + std::string(source), bytes});
      CHECK(printed.status == 1);
      CHECK(printed.out.empty());
      CHECK_MESSAGE(printed.says("rejected"), printed.err);
      CHECK_FALSE(printed.says("valid, without"));
    }
  }
  const Printed text = decode("wmbus", {"-o", "source=cul", "zz # comment"});
  CHECK(text.status == 1);
  CHECK_MESSAGE(text.says("rejected"), text.err);
  CHECK(decode("wmbus", {"-o", "source=cul", "V 1.67 nanoCUL868"}).says("valid, without readings"));
}

TEST_CASE("a frame that holds no reading is valid") {
  CHECK(decode("cjt188", {"6810AAAAAAAAAAAAAA010390 1F00D516"}).status == 1);  // its sum is wrong
  const Printed request = decode("modbus", {"010300000001840A"});
  CHECK(request.status == 0);
  CHECK(request.says("valid, without readings: 010300000001840A"));
  CHECK(decode("sdi12", {hex_of("0M!00053\r\n")}).says("valid, without readings"));
  const Printed exception = decode("modbus", {"010300000001840A", "018302C0F1"});
  CHECK(exception.status == 0);
  CHECK(exception.says("exception 02 (illegal data address) in answer to function 3, register 0"));
}

TEST_CASE("garbage in front of a frame does not count, and bad frames do not hide good ones") {
  for (const std::vector<std::string>& frames : {std::vector<std::string>{"FEFE" + kMeter},
                                                 {"00FF4512" + kMeter},
                                                 {"00", kMeter},
                                                 {"zz", kMeter},
                                                 {kMeter, "zz"},
                                                 {kMeter, "00"}}) {
    const Printed printed = decode("cjt188", frames);
    CHECK(printed.status == 0);
    CHECK(lines_of(printed.out) == 5);
  }
  CHECK(decode("cjt188", {kMeter, "zz"}).says("not hexadecimal: zz"));
  CHECK(decode("cjt188", {kMeter, "00"}).says("rejected 00: "));
}

TEST_CASE("a frame that is split over two arguments is whole, wherever it is split") {
  const std::pair<const char*, std::string> frames[] = {
      {"cjt188", kMeter},
      {"modbus", "0103020010B988"},
      {"modbus", "0001000000050103020010"},
      {"sdi12", hex_of("0+3.14OqZ\r\n")},
      {"sl651", "7E7E010012345678123432001B020003250405115000F1F1001234567848F0F02504051150381211150320C2"},
  };
  for (const auto& [driver, frame] : frames) {
    std::vector<std::string> options;
    if (std::string(driver) == "modbus")
      options = {"--profile", AFFERENT_SOURCE "/drivers/modbus/profiles/ceyeko_ludp.toml"};
    const auto read = [&options, name = driver](std::vector<std::string> pieces) {
      pieces.insert(pieces.begin(), options.begin(), options.end());
      return decode(name, std::move(pieces));
    };
    const Printed whole = read({frame});
    CHECK(whole.status == 0);
    for (std::size_t at = 2; at < frame.size(); at += 2) {
      CAPTURE(driver);
      CAPTURE(at);
      const Printed pieces = read({frame.substr(0, at), frame.substr(at)});
      CHECK(pieces.status == 0);
      CHECK(pieces.out == whole.out);
      CHECK_FALSE_MESSAGE(pieces.says("rejected"), pieces.err);
    }
  }
}

TEST_CASE("what is whole without its end is read without it") {
  const Printed printed = decode("sdi12", {hex_of("0+3.14OqZ"), hex_of("0+1\r\n"), hex_of("0+3.14OqZ")});
  CHECK(printed.status == 0);
  CHECK(lines_of(printed.out) == 3);
  CHECK_FALSE_MESSAGE(printed.says("rejected"), printed.err);
}

TEST_CASE("an option is read as its declared type") {
  CHECK(decode("cjt188", {"-o", "address=78330011223344", kMeter}).status == 0);
  CHECK(decode("cjt188", {"-o", "address=\"78330011223344\"", kMeter}).status == 0);
  CHECK(decode("cjt188", {"-o", "status_battery_mask=20", "-o", "months=2", kMeter}).status == 0);
  CHECK(decode("mbus", {"-o", "secondary=12345678", "E5"}).status == 0);
  CHECK(decode("sdi12", {"-o", "address=0", "-o", "measurements=C,R0", hex_of("0+1\r\n")}).status == 0);
  CHECK(decode("sdi12", {"-o", "address=0", "-o", "measurements=[\"C\"]", hex_of("0+1\r\n")}).status == 0);
  CHECK(decode("gpio", {"-o", "line=17", "-o", "active_low=true", hex_of("17=1")}).status == 0);
  const Printed wrong = decode("cjt188", {"-o", "months=two", kMeter});
  CHECK(wrong.status == 2);
  CHECK(wrong.says("months: expected a whole number, found \"two\""));
  CHECK(decode("cjt188", {"-o", "addres=1", kMeter}).says("unknown key"));
}

TEST_CASE("Modbus frames are checked without a profile too") {
  CHECK(decode("modbus", {"0103020010B988"}).status == 0);
  const Printed bad = decode("modbus", {"0103020010B989"});
  CHECK(bad.status == 1);
  CHECK(bad.says("CRC is B989, right would be B988"));
}

TEST_CASE("a bad Modbus frame in front of a good one is told, and the good one is valid") {
  const Printed printed = decode("modbus", {"--profile", AFFERENT_SOURCE "/drivers/modbus/profiles/ceyeko_ludp.toml",
                                            "01030000000AC5CE", "010300050001940B"});
  CHECK(printed.says("rejected 01030000000AC5CE: CRC is C5CE, right would be C5CD"));
  CHECK(printed.says("valid, without readings: 010300050001940B\n"));
  CHECK(printed.status == 0);
  const Printed joined = decode("modbus", {"01030000000AC5CE010300050001940B"});
  CHECK(joined.says("rejected 01030000000AC5CE: CRC"));
  CHECK(joined.says("valid, without readings: 010300050001940B\n"));
  CHECK(joined.status == 0);
  CHECK(decode("modbus", {"01030000000AC5CE0103020010B988"}).status == 0);
  CHECK(decode("modbus", {"AA550103020010B988"}).status == 0);
}

TEST_CASE("of a frame in pieces all pieces are shown") {
  const Printed printed = decode("modbus", {"01", "03", "02", "00", "10", "B9", "88"});
  CHECK(printed.status == 0);
  CHECK(printed.says("valid, without readings: 0103020010B988\n"));
}

TEST_CASE("a device is printed as it was called, or as the meter that was heard, never as the unit of others") {
  const auto device = [](const Printed& printed) { return printed.out.substr(0, printed.out.find(',')); };
  CHECK(device(decode("cjt188", {kMeter})) == R"({"device":"78330011223344")");
  CHECK(device(decode("cjt188", {"--device", "cellar", kMeter})) == R"({"device":"cellar")");
  const std::string profile = AFFERENT_SOURCE "/drivers/modbus/profiles/ceyeko_ludp.toml";
  const Printed printed = decode("modbus", {"--profile", profile, "-o", "unit=1", "02830230F1", "0103020010B988"});
  CHECK(printed.says("heard unit 2"));
  CHECK(device(printed) == R"({"device":"modbus")");
}

TEST_CASE("times have the decimals that they have") {
  const std::string uplink =
      R"({"deviceInfo":{"devEui":"0011223344556677"},"time":"2026-01-02T03:04:05.678Z","fCnt":1,"fPort":1,"object":{"level":1.5}})";
  const Printed printed = decode("lorawan", {hex_of(uplink)});
  CHECK_MESSAGE(printed.out.find("\"time\":\"2026-01-02T03:04:05.678Z\"") != std::string::npos, printed.out);
}

TEST_CASE("bytes are read in the forms in which people have them") {
  const core::Bytes right{0x01, 0xAB, 0x03};
  for (const char* text :
       {"01AB03", "01 ab 03", "01:AB:03", "01-AB-03", "0x01 0xAB 0X03", "0x01AB03", "0x01, 0xAB, 0x03",
        "01AB\r\n03\r\n", "\t01\tAB 03 ", "01AB # 2 bytes\n03 # and a third", "# a dump\n01 AB\n\n03"}) {
    CAPTURE(text);
    const auto read = cli::read_hex(text);
    REQUIRE(read.has_value());
    CHECK(*read == right);
  }
  for (const char* text : {"0", "01A", "zz", "01 A B", "0x", "01;AB", "0x0x01", "01.AB"}) {
    CHECK_MESSAGE(!cli::read_hex(text).has_value(), text);
  }
  CHECK(cli::read_hex(" # nothing\r\n")->empty());
}

TEST_CASE("EPCs are read in the same forms, and other schemes are named") {
  const auto epc = [](const std::string& text) { return test::run_command({"epc", text}); };
  CHECK(epc("0x3376451FD40C0E400000162E\r").out.find("urn:epc:tag:grai-96:3.9521141.12345.5678") != std::string::npos);
  CHECK(epc("33-76-45-1F-D4-0C-0E-40-00-00-16-2E").status == 0);
  CHECK(epc("3276451FD40C0E400000162E").says("header 32 is SGLN-96"));
  CHECK(epc("3276451FD40C0E400000162E").status == 1);
}

TEST_CASE("an EPC whose bits end in the middle of a byte is read as the channel `tag` says it") {
  const auto epc = [](const std::string& text) { return test::run_command({"epc", text}); };
  const std::string grai = "3776451FD40C0E59B2C2BF1000000000000000000000";
  const std::string giai = "3876451FD59B2C2BF10000000000000000000000000000000000";
  const Printed whole = epc(grai);
  const Printed odd = epc(grai.substr(0, 43));
  CHECK(whole.status == 0);
  CHECK(odd.status == 0);
  CHECK(odd.out == grai.substr(0, 43) + whole.out.substr(grai.size()));
  CHECK(epc(giai.substr(0, 52)).status == 0);
  CHECK(epc(giai.substr(0, 51)).out.substr(51) == epc(giai.substr(0, 52)).out.substr(52));
  CHECK(epc("39" + std::string(47, '0')).says("SGLN-195"));
  for (const std::string& cut : {grai.substr(0, 41), giai.substr(0, 49), std::string("3376451FD40C0E400000162")}) {
    CHECK(epc(cut).status == 1);
    CHECK(epc(cut).says("not hexadecimal"));
  }
}

TEST_CASE("topic filters that no broker takes are told") {
  for (const char* right : {"#", "+", "a/b", "a/+/b/#", "/", "+/#", "$share/g/a/#"}) {
    CHECK_MESSAGE(cli::filter_mistake(right).empty(), right);
  }
  for (const char* wrong : {"", "a/#/b", "a#", "#/", "a+/b", "+a", "a/b+"}) {
    CHECK_MESSAGE(!cli::filter_mistake(wrong).empty(), wrong);
  }
}
