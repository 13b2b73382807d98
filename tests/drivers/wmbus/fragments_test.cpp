// Messages in pieces, and the security that stands over the whole of them.
#include <doctest/doctest.h>

#include "drivers/wmbus/crypto.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

// The OMS example of mode 7: message counter 0AB3, keys derived from 00 01 .. 0F, identification 12345678.
constexpr std::string_view kKey = "000102030405060708090A0B0C0D0E0F";
constexpr std::string_view kMacKey = "C9CD19FF5A9AAD5A6BBDA13BD2C4C7AD";
constexpr std::string_view kMessage = "7A75002007109058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93";

void append(core::Bytes& bytes, core::ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

core::Bytes mac_of(core::ByteView fields, core::ByteView message) {
  drivers::wmbus::Cmac cmac;
  drivers::wmbus::Block mac{};
  REQUIRE(cmac.sign(*drivers::wmbus::key_from(kMacKey), {fields, message}, mac));
  return {mac.begin(), mac.begin() + 8};
}

core::Bytes frame(core::ByteView layer, core::ByteView rest) {
  core::Bytes bytes{0};
  append(bytes, bytes_of("4493157856341233038C2075"));
  bytes.push_back(0x90);
  bytes.push_back(static_cast<std::uint8_t>(layer.size()));
  append(bytes, layer);
  append(bytes, rest);
  bytes[0] = static_cast<std::uint8_t>(bytes.size() - 1);
  return bytes;
}

// The message in three pieces: MCL, MCR and ML in the first, the MAC in the last.
std::vector<core::Bytes> pieces(const core::Bytes& mac, std::uint8_t length = 38) {
  const core::Bytes message = bytes_of(kMessage);
  const core::ByteView all = message;
  core::Bytes first = bytes_of(
      "01782"
      "5B30A0000");  // FCL 7801: more, MCL, ML, MCR, number 1
  first.push_back(length);
  first.push_back(0);
  core::Bytes last = bytes_of("0304");  // FCL 0403: MAC, number 3
  append(last, mac);
  return {frame(first, all.first(12)), frame(bytes_of("0240"), all.subspan(12, 13)), frame(last, all.subspan(25))};
}

core::Bytes right_mac() { return mac_of(bytes_of("25B30A00002600"), bytes_of(kMessage)); }

TEST_CASE("the CMAC has the value of the published example") {
  CHECK(mac_of(bytes_of("25B30A0000"), bytes_of(kMessage)) == bytes_of("21924D4F2FB66E01"));
}

TEST_CASE("a message in three pieces is read when the last one is there") {
  Rig rig("key=" + std::string(kKey));
  const auto parts = pieces(right_mac());
  rig.receives(core::ByteView(parts[0]));
  rig.receives(core::ByteView(parts[1]));
  CHECK(rig.sink.readings.empty());
  rig.receives(core::ByteView(parts[1]));  // from a repeater
  rig.receives(core::ByteView(parts[2]));
  CHECK_MESSAGE(rig.sink.rejects.empty(), rig.why());
  CHECK(rig.value("volume") == "28504.27 m3");
}

TEST_CASE("a message whose pieces were changed or exchanged is not read") {
  core::Bytes mac = right_mac();
  mac[3] = static_cast<std::uint8_t>(mac[3] ^ 1U);
  Rig rig("key=" + std::string(kKey));
  for (const core::Bytes& part : pieces(mac)) rig.receives(core::ByteView(part));
  CHECK(rig.sink.readings.empty());
  CHECK(rig.why().find("wrong MAC") != std::string::npos);
}

TEST_CASE("a piece that is missing ends its message, and the next message is read") {
  Rig rig("repeated_within=0,key=" + std::string(kKey));
  const auto parts = pieces(right_mac());
  rig.receives(core::ByteView(parts[0]));
  rig.receives(core::ByteView(parts[2]));
  CHECK(rig.why().find("no beginning") != std::string::npos);
  for (const core::Bytes& part : parts) rig.receives(core::ByteView(part));
  CHECK(rig.value("volume") == "28504.27 m3");
}

TEST_CASE("a message of another length than it says is not read") {
  Rig rig("key=" + std::string(kKey));
  for (const core::Bytes& part : pieces(right_mac(), 39)) rig.receives(core::ByteView(part));
  CHECK(rig.sink.readings.empty());
  CHECK(rig.why().find("length of the message is wrong") != std::string::npos);
}

TEST_CASE("pieces that come too late belong to no message") {
  Rig rig("key=" + std::string(kKey));
  const auto parts = pieces(right_mac());
  rig.receives(core::ByteView(parts[0]));
  rig.now.boot += std::chrono::seconds(121);
  rig.receives(core::ByteView(parts[1]));
  CHECK(rig.why().find("no beginning") != std::string::npos);
}

TEST_CASE("a message without end does not fill the memory") {
  Rig rig("key=" + std::string(kKey));
  const core::Bytes filling(200, 0x2F);
  bool refused = false;
  for (unsigned number = 1; number < 255 && !refused; ++number) {
    const core::Bytes layer{static_cast<std::uint8_t>(number), 0x40};
    rig.receives(core::ByteView(frame(layer, filling)));
    refused = rig.why().find("longer than 16 kB") != std::string::npos;
  }
  CHECK(refused);
  CHECK(rig.sink.readings.empty());
}

}  // namespace
}  // namespace afferent::test::wmbus
