// Many meters on one radio: who is read, who is only announced, what is dropped.
#include <doctest/doctest.h>

#include "drivers/wmbus/wmbus.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

constexpr std::string_view kIperl = "1E44AE4C9956341268077A360010002F2F0413181E0000023B00002F2F2F2F";
constexpr std::string_view kOms =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
constexpr std::string_view kOmsKey = "0102030405060708090A0B0C0D0E0F11";

std::string with_key(std::string_view options, std::string_view key) {
  return std::string(options) + ",key=" + std::string(key);
}

std::string create_error(const std::vector<core::DriverDevice>& devices) {
  auto driver = drivers::wmbus::spec().create({devices});
  return driver ? std::string() : driver.error().message();
}

// The iPERL of above with another identification and access number.
core::Bytes telegram(std::uint32_t id, std::uint8_t access) {
  core::Bytes bytes = bytes_of(kIperl);
  for (unsigned byte = 0; byte < 4; ++byte) bytes[4 + byte] = static_cast<std::uint8_t>(id >> (8 * byte));
  bytes[11] = access;
  return bytes;
}

TEST_CASE("each reading goes to the device that is configured for its meter") {
  Rig rig({device_with("address=12345699", "iperl"), device_with(with_key("address=12345678", kOmsKey), "gas")});
  rig.receives(kOms);
  rig.receives(kIperl);
  CHECK(rig.read(0).front() == "volume=7.704 m3");
  CHECK(rig.read(1).front() == "volume=28504.27 m3");
  CHECK(rig.sink.heard_of.empty());
  CHECK(rig.sink.rejects.empty());
}

TEST_CASE("a meter that is not configured is announced once and never read") {
  Rig rig({device_with("address=00000001,source=amb8465")});
  for (std::uint8_t access = 0; access < 5; ++access) {
    core::Bytes command{0xFF, 0x03};
    const core::Bytes frame = telegram(0x12345699, access);
    command.insert(command.end(), frame.begin(), frame.end());
    command.push_back(0x10);
    std::uint8_t check = 0;
    for (const std::uint8_t byte : command) check = static_cast<std::uint8_t>(check ^ byte);
    command.push_back(check);
    rig.receives(core::ByteView(command));
  }
  CHECK(rig.sink.readings.empty());
  REQUIRE(rig.sink.heard_of.size() == 1);
  CHECK(rig.sink.heard_of[0].first == "12345699");
  CHECK(rig.sink.heard_of[0].second == "SEN water, type 07, version 68, RSSI -66 dBm");
}

TEST_CASE("no more than a bounded number of strangers is announced") {
  Rig rig({device_with("address=00000001")});
  for (std::uint32_t id = 0x10000000; id < 0x10000000 + 6000; ++id) rig.receives(core::ByteView(telegram(id, 1)));
  CHECK(rig.sink.heard_of.size() == 4096);
  CHECK(rig.sink.readings.empty());
}

TEST_CASE("maker, type and version tell meters with the same identification apart") {
  Rig rig({device_with("address=12345699,maker=KAM", "other"), device_with("address=12345699,type=06", "warm"),
           device_with("address=12345699,maker=SEN,version=68", "ours")});
  rig.receives(kIperl);
  CHECK(rig.read(0).empty());
  CHECK(rig.read(1).empty());
  CHECK(rig.read(2).size() > 1);
}

TEST_CASE("of several devices that fit a meter the one that says most of it is meant, of these the first") {
  const core::DriverDevice all = device_with("address=12345699", "all");
  const core::DriverDevice water = device_with("address=12345699,type=07", "water");
  const core::DriverDevice sensus = device_with("address=12345699,maker=SEN", "sensus");
  const core::DriverDevice ours = device_with("address=12345699,maker=SEN,type=07", "ours");
  const core::DriverDevice warm = device_with("address=12345699,type=06,version=68,maker=SEN", "warm");
  const std::vector<std::pair<std::vector<core::DriverDevice>, std::size_t>> orders{
      {{all, water}, 1}, {{water, all}, 0},         {{ours, water, all, warm}, 0}, {{warm, all, water, ours}, 3},
      {{warm, all}, 1},  {{sensus, all, water}, 0}, {{water, all, sensus}, 0}};
  for (const auto& [devices, meant] : orders) {
    CAPTURE(devices.front().id);
    Rig rig(devices);
    rig.receives(kIperl);
    CHECK(rig.read(meant).size() > 1);
    CHECK(rig.read(meant).size() == rig.sink.readings.size());
  }
}

TEST_CASE("a meter behind a radio adapter is found by its own identification or by the adapter's") {
  const std::string telegram =
      "530824484433221103378E80753A63665544330A31900F002C25B30A0000AF5D74DF73A600D972785634129315330375002007109058475F"
      "4B"
      "C91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93";
  for (const char* address : {"address=12345678", "address=11223344"}) {
    CAPTURE(address);
    Rig rig({device_with(with_key(address, "000102030405060708090A0B0C0D0E0F"))});
    rig.receives(telegram);
    CHECK(rig.value("volume") == "28504.27 m3");
  }
}

TEST_CASE("a telegram that comes again within the time is dropped, and after it is not") {
  Rig rig({device_with("address=12345699,repeated_within=60")});
  rig.receives(kIperl);
  const std::size_t once = rig.sink.readings.size();
  rig.now.boot += std::chrono::seconds(59);
  rig.receives(kIperl);
  CHECK(rig.sink.readings.size() == once);
  rig.now.boot += std::chrono::seconds(2);
  rig.receives(kIperl);
  CHECK(rig.sink.readings.size() == 2 * once);
  rig.receives(core::ByteView(telegram(0x12345699, 0x37)));
  CHECK(rig.sink.readings.size() == 3 * once);
}

TEST_CASE("a repeater's change of the hop counter makes no new telegram") {
  Rig rig({device_with("address=12345678")});
  rig.receives("1244AE0C7856341201078C2027780B13436587");
  const std::size_t once = rig.sink.readings.size();
  REQUIRE(once > 0);
  rig.receives("1244AE0C7856341201078C3027780B13436587");
  CHECK(rig.sink.readings.size() == once);
  rig.receives("1244AE0C7856341201078C2028780B13436587");
  CHECK(rig.sink.readings.size() == 2 * once);
}

TEST_CASE("nor does its change of the configuration field where there is no extended link layer") {
  for (const char* const header : {"7A36", "7299563412AE4C680736"}) {
    const bool is_long = std::string_view(header).starts_with("72");
    const auto telegram = [&](const char* status_and_config, const char* volume) {
      return std::string(is_long ? "20" : "18") + "44AE4C995634126807" + header + status_and_config + "0413" + volume +
             "023B0000";
    };
    CAPTURE(header);
    Rig rig({device_with("address=12345699")});
    rig.receives(telegram("000000", "181E0000"));
    const std::size_t once = rig.sink.readings.size();
    REQUIRE(once > 0);
    for (const char* const changed : {"000100", "000200", "000300"}) rig.receives(telegram(changed, "181E0000"));
    CHECK(rig.sink.readings.size() == once);
    rig.receives(telegram("000400", "181E0000"));
    CHECK(rig.sink.readings.size() == 2 * once);
    rig.receives(telegram("000000", "191E0000"));
    CHECK(rig.sink.readings.size() == 3 * once);
  }
}

TEST_CASE("a wrong key is said of the meter, and nothing is read") {
  Rig rig({device_with(with_key("address=12345678", "0102030405060708090A0B0C0D0E0F12"))});
  rig.receives(kOms);
  CHECK(rig.sink.readings.empty());
  CHECK(rig.why() == "meter 12345678: wrong key");
}

TEST_CASE("thousands of meters are found among each other") {
  std::vector<core::DriverDevice> devices;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const std::string digits = std::to_string(10'000'000 + i);
    devices.push_back(device_with("address=" + digits, "meter-" + digits));
  }
  Rig rig(devices);
  rig.receives(core::ByteView(telegram(0x10003210, 1)));
  CHECK(rig.read(3210).size() == rig.sink.readings.size());
  CHECK(rig.sink.readings.size() > 1);
}

TEST_CASE("learned formats outlive a restart, and damaged state is refused") {
  Rig before({device_with("address=12345699")});
  before.receives("1344AE4C9956341268076908313B02020215022A");
  const core::Bytes saved = before.driver->save();
  Rig after({device_with("address=12345699")});
  REQUIRE(after.driver->restore(saved).ok());
  after.receives("1444AE4C99563412680779313B42A6D2042E163423");
  CHECK(after.value("volume") == "567.8 m3");
  CHECK(after.driver->save() == saved);

  for (std::size_t length = 2; length < saved.size(); ++length) {
    Rig other({device_with("address=12345699")});
    CHECK_FALSE(other.driver->restore(core::ByteView(saved).first(length)).ok());
  }
  Rig other({device_with("address=12345699")});
  CHECK(other.driver->restore({}).ok());
  CHECK_FALSE(other.driver->restore(core::Bytes{0x07}).ok());
}

TEST_CASE("formats of ever new meters do not fill the memory") {
  Rig rig({device_with("")});
  for (unsigned i = 0; i < 2000; ++i) {
    core::Bytes bytes = bytes_of("1244AE0C7856341201078C2027780B13436587");
    bytes[8] = static_cast<std::uint8_t>(i);
    bytes[2] = static_cast<std::uint8_t>(i >> 3);
    rig.receives(core::ByteView(bytes));
  }
  CHECK(rig.driver->save().size() < 256 * 245);
}

TEST_CASE("mistakes of the configuration are named, and keys are not") {
  CHECK(create_error({device_with("address=1234567G")}).find("address: \"1234567G\"") != std::string::npos);
  CHECK(create_error({device_with("address=12345678,maker=1AB")}).find("three letters") != std::string::npos);
  CHECK(create_error({device_with("address=12345678,type=7")}).find("two hexadecimal digits") != std::string::npos);
  const std::string twice = create_error({device_with("address=12345678", "a"), device_with("address=12345678", "b")});
  CHECK(twice.find("is already the device 'a'") != std::string::npos);
  const std::string bad_key =
      create_error({device_with("address=12345678,key=# mine\n0102030405060708090A0B0C0D0E0FXX")});
  CHECK(bad_key.find("key_file: line 2: expected") != std::string::npos);
  CHECK(bad_key.find("0102") == std::string::npos);
  const std::string none = create_error({device_with("address=12345678,key=00000001 " + std::string(kOmsKey))});
  CHECK(none.find("holds no key for the meter 12345678") != std::string::npos);
  CHECK(none.find(kOmsKey) == std::string::npos);
  CHECK(create_error({device_with("address=12345678,key=" + std::string(kOmsKey) + "\n" + std::string(32, '0'))})
            .find("a second key without a meter") != std::string::npos);
  CHECK(create_error({device_with("address=12345678,key=# nothing")}).find("holds no key") != std::string::npos);
}

TEST_CASE("half a key of AES is refused where the meter's maker has no such keys") {
  const std::string half = "0102030405060708";
  const std::string why = create_error({device_with(with_key("address=12345678,maker=KAM", half))});
  CHECK(why == "key_file: a key of 16 hexadecimal digits, which only meters of Diehl have; expected 32 for one of KAM");
  CHECK(create_error({device_with(with_key("maker=SEN", half))}).find("expected 32 for one of SEN") !=
        std::string::npos);
  for (const char* maker : {"DME", "EWT", "HYD", "SAP", "SPL"}) {
    CHECK(create_error({device_with(with_key("address=12345678,maker=" + std::string(maker), half))}).empty());
  }
  CHECK(create_error({device_with(with_key("address=12345678", half))}).empty());
  CHECK(create_error({device_with(with_key("address=12345678,maker=KAM", kOmsKey))}).empty());
  // Only the meter's own key counts.
  const std::string list = "12345678 " + std::string(kOmsKey) + "\n00000001 " + half;
  CHECK(create_error({device_with(with_key("address=12345678,maker=KAM", list))}).empty());
  CHECK_FALSE(create_error({device_with(with_key("address=00000001,maker=KAM", list))}).empty());
  CHECK(create_error({device_with(with_key("address=12345678", half + "00"))}).find("or 16 of a Diehl meter") !=
        std::string::npos);
}

TEST_CASE("all meters of a port have one dongle") {
  std::uint32_t address = 10'000'000;
  const auto at_line = [&address](std::string_view source, std::uint32_t line) {
    core::DriverDevice device = device_with("address=" + std::to_string(++address));
    core::ConfigNode::Table table = device.options.table();
    table["source"] = core::ConfigNode(std::string(source), core::Source{"a.toml", line});
    device.options = core::ConfigNode(std::move(table), {});
    return device;
  };
  CHECK(create_error({at_line("cul", 3), at_line("cul", 9)}).empty());
  CHECK(create_error({at_line("raw", 0), at_line("cul", 9), at_line("raw", 0)}).empty());  // 0: a default
  CHECK(create_error({at_line("cul", 3), at_line("im871a", 9)}) ==
        "a.toml:9: source: \"im871a\", but a.toml:3 says \"cul\" for the same port");
}

}  // namespace
}  // namespace afferent::test::wmbus
