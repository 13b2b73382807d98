#include "drivers/common/epc.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace afferent::test {
namespace {

using drivers::epc::decode;

core::Bytes bytes_of(std::string_view hex) { return core::from_hex(hex).value(); }

std::string uri_of(std::string_view hex) {
  const auto epc = decode(bytes_of(hex));
  return epc ? epc->tag_uri : epc.error().message();
}

std::string key_of(std::string_view hex) {
  const auto epc = decode(bytes_of(hex));
  return epc ? epc->gs1_key() : epc.error().message();
}

// Writes what decode() reads, by another road: bit after bit into bytes.
class Bits {
 public:
  Bits& put(std::uint64_t value, std::size_t count) {
    while (count-- > 0) bits_.push_back((value >> count & 1U) != 0);
    return *this;
  }
  Bits& put(std::string_view text) {
    for (const char c : text) put(static_cast<std::uint64_t>(c), 7);
    return *this;
  }
  core::Bytes padded(std::size_t bytes) const {
    core::Bytes out(bytes);
    for (std::size_t i = 0; i < std::min(bits_.size(), 8 * bytes); ++i) {
      if (bits_[i]) out[i / 8] = static_cast<std::uint8_t>(out[i / 8] | 0x80U >> i % 8);
    }
    return out;
  }

 private:
  std::vector<bool> bits_;
};

std::string trouble_of(const core::Bytes& bytes) {
  const auto epc = decode(bytes);
  return epc ? "decoded as " + epc->tag_uri : epc.error().message();
}

TEST_CASE("an EPC gives its tag URI, its pure identity and its GS1 key") {
  const auto epc = decode(bytes_of("3376451FD40C0E400000162E"));
  REQUIRE(epc.ok());
  CHECK(epc->scheme == "grai-96");
  CHECK(epc->tag_uri == "urn:epc:tag:grai-96:3.9521141.12345.5678");
  CHECK(epc->pure_identity == "urn:epc:id:grai:9521141.12345.5678");
  CHECK(epc->gs1_key() == "(8003)095211411234545678");
}

TEST_CASE("GS1 keys carry their check digit") {
  CHECK(key_of("3066C4409047E140075BCD15") == "(01)09506000134352(21)123456789");
  CHECK(key_of("3074257BF7194E4000001A85") == "(01)80614141123458(21)6789");
  CHECK(key_of("3476451FD40000000000162E") == "(8004)95211415678");
  CHECK(key_of("33B4257BF40C0E4000000190") == "(8003)00614141123452400");
  CHECK(drivers::epc::check_digit("0950600013435") == '2');
  CHECK(drivers::epc::check_digit("0000000000000") == '0');
}

TEST_CASE("each partition splits company prefix and reference as its table says") {
  constexpr std::array<std::size_t, 7> kBits{40, 37, 34, 30, 27, 24, 20};
  for (std::size_t partition = 0; partition < kBits.size(); ++partition) {
    CAPTURE(partition);
    const std::size_t digits = 12 - partition;
    const std::string prefix = std::string(digits - 1, '0') + "7";
    const auto with = [&](std::uint64_t header) {
      Bits bits;
      bits.put(header, 8).put(2, 3).put(partition, 3).put(7, kBits[partition]);
      return bits;
    };
    const std::string asset = std::string(partition > 0 ? partition - 1 : 0, '0') + (partition > 0 ? "1" : "");
    const auto grai = decode(with(0x33).put(partition > 0 ? 1 : 0, 44 - kBits[partition]).put(9, 38).padded(12));
    REQUIRE(grai.ok());
    CHECK(grai->tag_uri == "urn:epc:tag:grai-96:2." + prefix + "." + asset + ".9");
    const auto sgtin = decode(with(0x30).put(3, 44 - kBits[partition]).put(9, 38).padded(12));
    REQUIRE(sgtin.ok());
    CHECK(sgtin->pure_identity == "urn:epc:id:sgtin:" + prefix + "." + std::string(partition, '0') + "3.9");
    const auto giai = decode(with(0x34).put(90, 82 - kBits[partition]).padded(12));
    REQUIRE(giai.ok());
    CHECK(giai->tag_uri == "urn:epc:tag:giai-96:2." + prefix + ".90");
    const auto long_giai = decode(with(0x38).put("a/1").padded(26));
    REQUIRE(long_giai.ok());
    CHECK(long_giai->tag_uri == "urn:epc:tag:giai-202:2." + prefix + ".a%2F1");
    CHECK(long_giai->gs1_key() == "(8004)" + prefix + "a/1");
  }
}

TEST_CASE("serials of text are escaped in URIs and plain in keys") {
  const auto epc = decode(
      Bits().put(0x36, 8).put(1, 3).put(5, 3).put(614141, 24).put(712345, 20).put("\"%&/<>?!'()*+,-._:;").padded(26));
  REQUIRE(epc.ok());
  CHECK(epc->pure_identity == "urn:epc:id:sgtin:0614141.712345.%22%25%26%2F%3C%3E%3F!'()*+,-._:;");
  CHECK(epc->gs1_key() == "(01)70614141123451(21)\"%&/<>?!'()*+,-._:;");
}

TEST_CASE("values that their digits cannot hold are refused") {
  const auto sgtin = [](std::uint64_t partition, std::uint64_t prefix, std::size_t bits, std::uint64_t item) {
    return Bits().put(0x30, 8).put(0, 3).put(partition, 3).put(prefix, bits).put(item, 44 - bits).put(1, 38).padded(12);
  };
  CHECK(trouble_of(sgtin(6, 999'999, 20, 9'999'999)).starts_with("decoded"));
  CHECK(trouble_of(sgtin(6, 1'000'000, 20, 1)) == "sgtin-96: company prefix 1000000 has more than 6 digits");
  CHECK(trouble_of(sgtin(6, 1, 20, 10'000'000)) == "sgtin-96: item reference 10000000 has more than 7 digits");
  CHECK(trouble_of(sgtin(0, 999'999'999'999, 40, 9)).starts_with("decoded"));
  CHECK(trouble_of(sgtin(0, 1'000'000'000'000, 40, 9)).find("company prefix") != std::string::npos);
  CHECK(trouble_of(sgtin(0, 1, 40, 10)).find("item reference") != std::string::npos);
  CHECK(trouble_of(sgtin(7, 1, 20, 1)) == "sgtin-96: partition is 7; allowed: 0 to 6");
  CHECK(trouble_of(Bits().put(0x33, 8).put(0, 3).put(0, 3).put(1, 40).put(1, 4).padded(12)).find("asset type") !=
        std::string::npos);
}

TEST_CASE("serials of text end once and hold only what GS1 allows") {
  const auto grai = [](std::string_view serial) {
    return Bits().put(0x37, 8).put(0, 3).put(5, 3).put(1, 24).put(1, 20).put(serial).padded(22);
  };
  CHECK(trouble_of(grai("0123456789abcdef")).ends_with(".0123456789abcdef"));
  CHECK(trouble_of(grai("0123456789abcdefg")).find("bits behind the end") != std::string::npos);
  CHECK(trouble_of(grai("")).find("serial is empty") != std::string::npos);
  CHECK(trouble_of(grai("a b")).find("does not allow: 20") != std::string::npos);
  CHECK(trouble_of(grai("a#b")).find("does not allow: 23") != std::string::npos);
  CHECK(trouble_of(grai(std::string_view("a\0b", 3))).find("goes on behind its end") != std::string::npos);
  const auto giai = Bits().put(0x38, 8).put(0, 3).put(0, 3).put(1, 40).put("1234567890123456789").padded(26);
  CHECK(trouble_of(giai).find("more than 18 characters") != std::string::npos);
}

TEST_CASE("an EPC has the length of its scheme, in whole words or bytes") {
  CHECK(uri_of("3376451FD40C0E400000162E").starts_with("urn:"));
  CHECK(uri_of("3376451FD40C0E40000016").find("has 11 bytes; right: 12") != std::string::npos);
  CHECK(uri_of("3376451FD40C0E400000162E0000").find("has 14 bytes") != std::string::npos);
  const std::string grai = "3776451FD40C0E59B2C2BF1000000000000000000000";
  CHECK(uri_of(grai) == "urn:epc:tag:grai-170:3.9521141.12345.32a%2Fb");
  CHECK(uri_of(grai + "00").find("has 23 bytes") != std::string::npos);
  const std::string sgtin = "3674257BF6B7A659B2C2BF100000000000000000000000000000";
  CHECK(uri_of(sgtin).starts_with("urn:epc:tag:sgtin-198:3.0614141."));
  CHECK(uri_of(sgtin.substr(0, 50)) == uri_of(sgtin));
}

TEST_CASE("an unknown header is told from a damaged EPC") {
  const auto unknown = decode(bytes_of("E2003412012345678901234567"));
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code() == core::ErrorCode::not_found);
  CHECK(unknown.error().message() ==
        "header E2 is the number of a chip (TID), no EPC; only SGTIN, SSCC, GRAI and GIAI are taken apart");
  CHECK(decode(bytes_of("77")).error().message().starts_with("unknown header 77"));
  CHECK(decode({}).error().code() == core::ErrorCode::bad_input);
  CHECK(decode(bytes_of("30")).error().code() == core::ErrorCode::bad_input);
}

TEST_CASE("schemes of GS1 that are not taken apart are named") {
  const std::pair<const char*, const char*> headers[] = {{"2C", "GDTI-96"}, {"2D", "GSRN-96"}, {"32", "SGLN-96"},
                                                         {"35", "GID-96"},  {"3C", "CPI-96"},  {"F1", "GRAI+"}};
  for (const auto& [header, name] : headers) {
    const auto epc = decode(bytes_of(std::string(header) + "00000000000000000000 00"));
    REQUIRE_FALSE(epc.ok());
    CHECK(epc.error().code() == core::ErrorCode::not_found);
    CHECK(epc.error().message().starts_with(std::string("header ") + header + " is " + name + ";"));
  }
}

TEST_CASE("SSCC-96 has an extension digit and a serial reference, and zeros behind them") {
  // Company prefixes of each length: the two always have 17 digits.
  const struct {
    unsigned partition;
    std::size_t bits;
    const char* prefix;
    const char* reference;
    const char* key;
  } rows[] = {
      {0, 40, "123456789012", "31234", "(00)312345678901212347"},
      {5, 24, "0614141", "1234567890", "(00)106141412345678908"},
      {6, 20, "000001", "00000000001", "(00)000000100000000014"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.prefix);
    Bits bits;
    bits.put(0x31, 8).put(2, 3).put(row.partition, 3).put(std::stoull(row.prefix), row.bits);
    const auto bytes = bits.put(std::stoull(row.reference), 58 - row.bits).padded(12);
    const auto epc = decode(bytes);
    REQUIRE_MESSAGE(epc.ok(), trouble_of(bytes));
    const std::string body = std::string(row.prefix) + "." + row.reference;
    CHECK(epc->tag_uri == "urn:epc:tag:sscc-96:2." + body);
    CHECK(epc->pure_identity == "urn:epc:id:sscc:" + body);
    CHECK(epc->gs1_key() == row.key);
    core::Bytes spoiled = bytes;
    spoiled.back() = 1;
    CHECK(trouble_of(spoiled).find("behind the end") != std::string::npos);
  }
  const auto large = Bits().put(0x31, 8).put(0, 3).put(0, 3).put(1, 40).put(100000, 18).padded(12);
  CHECK(trouble_of(large).find("serial reference 100000 has more than 5 digits") != std::string::npos);
}

TEST_CASE("SGTIN+ is read in each of its encodings") {
  const auto plus = [](std::uint64_t encoding, std::uint64_t length) {
    Bits bits;
    return bits.put(0xF7, 8).put(3, 4).put(0x79521141123453, 56).put(encoding, 3).put(length, 5);
  };
  const std::string gtin = "(01)79521141123453(21)";
  CHECK(key_of("F73795211411234538566CB0AFC4") == gtin + "32a/b");
  const std::pair<Bits, std::string> serials[] = {
      {plus(0, 5).put(123, 17), "00123"},
      {plus(0, 20).put(0x2, 3).put(0x1234'5678'9ABC'DEF0, 64), "38205256614882893552"},
      {plus(1, 3).put(0xA0F, 12), "A0F"},
      {plus(2, 3).put(0xA0F, 12), "a0f"},
      {plus(3, 3).put(0, 6).put(62, 6).put(63, 6), "A-_"},
      {plus(4, 3).put("a/1"), "a/1"},
      {plus(5, 4).put(1600 + 40 * 2 + 30 + 1, 16).put(1600 * 27 + 1, 16), "AB0-"},
  };
  for (const auto& [bits, serial] : serials) {
    const auto epc = decode(bits.padded(24));
    REQUIRE_MESSAGE(epc.ok(), serial);
    CHECK(epc->gs1_key() == gtin + serial);
    CHECK(epc->tag_uri.empty());
  }
  CHECK(trouble_of(plus(6, 3).padded(24)).find("encoding 6") != std::string::npos);
  CHECK(trouble_of(plus(0, 1).put(10, 4).padded(24)).find("encoding 0") != std::string::npos);
  CHECK(trouble_of(plus(0, 0).padded(24)).find("0 characters") != std::string::npos);
  CHECK(trouble_of(plus(0, 1).put(9, 4).put(1, 1).padded(24)).find("behind the end") != std::string::npos);
  CHECK(key_of("F73795211411234548566CB0AFC4").find("check digit") != std::string::npos);
}

}  // namespace
}  // namespace afferent::test
