// Formats of the makers' own: how they are chosen, and what becomes of telegrams that are cut short.
#include "drivers/wmbus/maker.h"

#include <doctest/doctest.h>

#include <array>
#include <random>

#include "drivers/wmbus/maker_diehl.h"
#include "tests/drivers/wmbus/rig.h"

namespace afferent::test::wmbus {
namespace {

namespace wm = drivers::wmbus;

struct Example {
  std::string_view telegram;
  std::string_view value;
  std::string_view channel = "volume";
};
constexpr std::array kExamples{
    Example{"1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC", "3.488 m3"},
    Example{"2944A511780729662366A20118001378D3B3DB8CEDD77731F25832AAF3DA8CADF9774EA673172E8C61F2", "16.76 m3"},
    Example{"1C441486069C14000F0FA042F214000040030000000005FF0472BF1400", "457.57933333333335 m3"},
    Example{"2E4401064052030205077A2D0020852F2F0F334DA39A00000071011ABF0D00039A0D00A01053850310CECC0D008943",
            "904.398 m3"},
    Example{"1C440106813591041407A07F018D43B54E718E8718D5D2C8F939194847", "687.361 m3"},
    Example{"2F446850313233347462A2067F245900F007310000000306060906030609070606050509050505050407040605070500",
            "13.8 m3"},
    Example{"36446850420656625072A20C007C3110250000293400373A002E38000E15002F37003A39003835002F24003930001D250031250016"
            "2900",
            "948.8 m3"},
    Example{"1E44496A677308500B167AD80010252F2F0F0000000080BF1B0000A6420000", "17.062 m3"},
    Example{"49449344123456781606780DFF5F3500824E00007F0007C113FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00"
            "E000E90006011601EA0027010F012F046D0211F225",
            "139.663 m3"},
    Example{"4944B4092243658713077A7F0000000C1363020400046D242C12360F950A24042507000000A405006E0700850900CA0B004A0E00FF"
            "FFFFFFFFFF020000020000250000B3010095030000",
            "40.263 m3"},
    Example{"1C44148607A814000411A01D5400000840030000000005FF05D83D0000", "7177.7 m3"},
    Example{
        "4644B4097172737405077AA50006101115F78184AB0F1D1E200000005904103103208047004A4800E73C00193E00453F003E4000E64000"
        "E74100F442000144001545005B460000",
        "188.56 m3"},
    Example{"36446850626262624543A1009F2777010060780000000A000000000000000000000000000000000000000000000000A0400000B401"
            "0000",
            "495 kWh", "energy"},
    Example{"374468506549235827C3A2129F25383300A8622600008200800A2AF862115175552877A36F26C9AB1CB24400000004000000000004"
            "908002",
            "6371.666666666666 kWh", "energy"},
    Example{
        "34446850226677116980A0119F27020480048300C408F709143C003D341A2B0B2A0707000000000000062D114457563D71A1850000",
        "131", "heat_cost_units"},
    Example{"33446850341211119480A20F9F292D005024040011BD08380904000000070000000000000000000000000001000000000003140E",
            "4", "heat_cost_units"},
    Example{"19440186313737370408A0A1000059001C270100322DE413B415", "1", "heat_cost_units"},
    Example{"25441486323737370408B60AFFFFF5450186F41B9D58A0A100007809000000001F2D6416C819", "0", "heat_cost_units"},
    Example{
        "40440106139901000908A00000A10081016B013F00A2004E00000000000000000000000000000018001E0007007800100002002F01C700"
        "000000002D3006000000",
        "303", "heat_cost_units"},
    Example{"3644D7088877700002087ADBC000002F2F9E1F03C10388152A00000000000000000000000000000204000404000EE2020AC1321D28"
            "0221",
            "904", "heat_cost_units"},
};

core::Bytes cut(core::ByteView whole, std::size_t size) {
  core::Bytes bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
  bytes[0] = static_cast<std::uint8_t>(size - 1);
  return bytes;
}

TEST_CASE("a telegram of a maker's own that is cut short gives the right value or none") {
  std::size_t refused = 0;
  for (const Example& example : kExamples) {
    CAPTURE(example.telegram);
    const core::Bytes whole = bytes_of(example.telegram);
    for (std::size_t size = 11; size <= whole.size(); ++size) {
      CAPTURE(size);
      Rig rig;
      rig.receives(core::ByteView(cut(whole, size)));
      rig.pauses();
      const std::string value = rig.value(example.channel);
      CHECK((value.empty() || value == example.value));
      if (size == whole.size()) CHECK_FALSE(value.empty());
      refused += rig.sink.rejects.size();
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("a format is chosen by maker, version, type and CI field together") {
  using Place = wm::MakerFormat::Place;
  const auto find = [](std::string_view maker, std::uint8_t version, std::uint8_t medium, std::uint8_t ci) {
    return wm::find_maker_format({0, *drivers::mbus::maker_from(maker), version, medium}, ci);
  };
  REQUIRE(find("TCH", 0x74, 0x62, 0xA2) != nullptr);
  CHECK(find("TCH", 0x74, 0x62, 0xA2)->place == Place::own_ci);
  CHECK(find("TCH", 0x75, 0x62, 0xA2) == nullptr);
  CHECK(find("TCH", 0x74, 0x43, 0xA2) == nullptr);
  CHECK(find("TCH", 0x74, 0x62, 0xA1) == nullptr);
  CHECK(find("TCX", 0x74, 0x62, 0xA2) == nullptr);
  CHECK(find("HYD", 0x01, 0x99, 0xA7) != nullptr);
  CHECK(find("HYD", 0x01, 0x99, 0xA8) == nullptr);
  CHECK(find("APA", 0x05, 0x07, 0x7A)->place == Place::instead);
  CHECK(find("APA", 0x01, 0x16, 0x7A) == nullptr);
  CHECK(find("QDS", 0x18, 0x06, 0x78)->place == Place::beside);
  CHECK(find("KAM", 0x1B, 0x16, 0x79)->place == Place::beside);
  CHECK(find("KAM", 0x1B, 0x02, 0x79) == nullptr);
  const bool another = find("KAM", 0x30, 0x04, 0x78)->read != find("KAM", 0x1B, 0x16, 0x78)->read;
  CHECK(another);
  CHECK(find("BMT", 0x05, 0x07, 0x7A)->place == Place::sealed);
  const drivers::mbus::Identity local{0, static_cast<std::uint16_t>(0x8000 | *drivers::mbus::maker_from("APT")), 3, 3};
  CHECK(wm::find_maker_format(local, 0xA0) != nullptr);  // the top bit belongs to no maker
}

TEST_CASE("a scrambled meter is configured by the digits that are printed on it") {
  Rig rig({device_with("address=66236629,maker=DME,version=78,type=07", "mine"),
           device_with("address=21242472", "sappel"), device_with("address=07786623", "wrong way round")});
  rig.receives(kExamples[1].telegram);
  rig.receives(kExamples[0].telegram);
  CHECK(rig.read(0).front() == "volume=16.76 m3");
  CHECK(rig.read(1).front() == "volume=3.488 m3");
  CHECK(rig.read(2).empty());
}

// Telegrams of that many random bytes behind `head` that were taken for right.
std::size_t taken_by_chance(std::string_view head, std::size_t random, std::size_t telegrams) {
  std::mt19937 chance(1);  // the same each time
  Rig rig;
  for (std::size_t i = 0; i < telegrams; ++i) {
    core::Bytes bytes = bytes_of(head);
    while (bytes.size() < 11 + random) bytes.push_back(static_cast<std::uint8_t>(chance()));
    bytes[0] = static_cast<std::uint8_t>(bytes.size() - 1);
    rig.receives(core::ByteView(bytes));
  }
  rig.pauses();
  REQUIRE(rig.sink.rejects.size() > telegrams / 2);
  return telegrams - rig.sink.rejects.size();
}

TEST_CASE("random bytes are seldom taken for a scrambled telegram") {
  const std::size_t prios = taken_by_chance("0044A511780729662366A2", 15, 4000);
  const std::size_t real_data = taken_by_chance("004424238B06204790607A2A0010D8", 20, 20000);
  MESSAGE("by chance: PRIOS " << prios << " of 4000, real data " << real_data << " of 20000");
  CHECK(prios < 3);
  CHECK(real_data < 20);
}

TEST_CASE("random bytes are seldom taken for units of a heat cost allocator") {
  CHECK(taken_by_chance("00440106139901000908A0", 54, 4000) == 0);
}

TEST_CASE("the address of standard telegrams of the same makers stays as it is") {
  const core::Bytes frame = bytes_of("1E44A511909192937B077A9F0010052F2F04130347030002FD1700002F2F2F");
  const auto link = wm::link_of(frame);
  CHECK(wm::diehl_identity(link) == link.sender);
  CHECK_FALSE(wm::is_real_data(link));
}

}  // namespace
}  // namespace afferent::test::wmbus
