// The `write` command.
#include "tests/drivers/modbus/harness.h"

using namespace afferent;
using Kind = core::WireEvent::Kind;

namespace {

struct Writer : test::Bench {
  explicit Writer(const std::string& more = {})
      : Bench("unit = 1\n" + more + "[[register]]\nchannel = \"x\"\naddress = 1\n", "") {}
  void write(std::map<std::string, std::string> arguments) {
    driver->command({{}, "write", std::move(arguments)}, sink);
  }
  std::string sent_pdu() const {
    const std::string all = last_sent();
    return all.size() < 6 ? "" : all.substr(2, all.size() - 6);
  }
};

}  // namespace

TEST_CASE("write picks the function by the number of values") {
  Writer one;
  one.write({{"address", "8"}, {"value", "-2"}});
  CHECK(one.sent_pdu() == "060008FFFE");
  Writer several;
  several.write({{"address", "0x10"}, {"value", "1, 0xABCD"}});
  CHECK(several.sent_pdu() == "1000100002040001ABCD");
  Writer coil;
  coil.write({{"address", "3"}, {"value", "on"}, {"function", "5"}});
  CHECK(coil.sent_pdu() == "050003FF00");
  Writer coils;
  coils.write({{"address", "3"}, {"value", "1,0,1,0,0,0,0,0,on"}, {"function", "15"}});
  CHECK(coils.sent_pdu() == "0F00030009020501");
}

TEST_CASE("write counts addresses as the profile does") {
  Writer writer("base = 1\n");
  writer.write({{"address", "1"}, {"value", "5"}});
  CHECK(writer.sent_pdu() == "0600000005");
  writer.write({{"address", "0"}, {"value", "5"}});
  CHECK(writer.sink.done_error.find("right would be 1 to 65536") != std::string::npos);
}

TEST_CASE("write is done when the device confirms, not before") {
  Writer writer;
  writer.write({{"address", "8"}, {"value", "2"}});
  CHECK(writer.sink.done_count == 0);
  writer.event(Kind::received, test::with_crc({1, 6, 0, 9, 0, 2}));  // another register
  CHECK(writer.sink.done_count == 0);
  writer.event(Kind::received, test::with_crc({1, 6, 0, 8, 0, 2}));
  CHECK(writer.sink.done_count == 1);
  CHECK(writer.sink.done_error.empty());
  CHECK(writer.sink.readings.empty());

  Writer several;
  several.write({{"address", "8"}, {"value", "2,3"}});
  several.event(Kind::received, test::with_crc({1, 16, 0, 8, 0, 2}));
  CHECK(several.sink.done_count == 1);
  CHECK(several.sink.done_error.empty());
}

TEST_CASE("a refused or unanswered write says so") {
  Writer refused;
  refused.write({{"address", "8"}, {"value", "2"}});
  refused.event(Kind::received, test::with_crc({1, 0x86, 3}));
  CHECK(refused.sink.done_error == "exception 03 (illegal data value) in answer to function 6, register 8");
  Writer silent;
  silent.write({{"address", "8"}, {"value", "2"}});
  silent.event(Kind::timed_out);
  CHECK(silent.sink.done_error == "no answer to function 6, register 8");
}

TEST_CASE("wrong arguments of write are refused before anything is sent") {
  const std::map<std::string, std::map<std::string, std::string>> mistakes{
      {"address: missing", {{"value", "1"}}},
      {"value: missing", {{"address", "1"}}},
      {"'70000' is not a register's value", {{"address", "1"}, {"value", "70000"}}},
      {"'x' is not a coil's state", {{"address", "1"}, {"value", "x"}, {"function", "5"}}},
      {"'-1' is out of range", {{"address", "-1"}, {"value", "1"}}},
      {"'65536' is out of range", {{"address", "65536"}, {"value", "1"}}},
      {"'65535' is out of range", {{"address", "65535"}, {"value", "1,2"}}},
      {"function: right would be", {{"address", "1"}, {"value", "1"}, {"function", "3"}}},
      {"write a single value", {{"address", "1"}, {"value", "1,2"}, {"function", "6"}}},
      {"unit: unknown argument", {{"address", "1"}, {"value", "1"}, {"unit", "4"}}},
      {"'' is not a register's value", {{"address", "1"}, {"value", "1,"}}},
  };
  for (const auto& [why, arguments] : mistakes) {
    Writer writer;
    writer.write(arguments);
    CHECK(writer.sink.sent.empty());
    CHECK_MESSAGE(writer.sink.done_error.find(why) != std::string::npos, writer.sink.done_error);
  }
  Writer writer;
  writer.driver->command({{}, "open", {}}, writer.sink);
  CHECK(writer.sink.done_error == "unsupported command 'open'");
}
