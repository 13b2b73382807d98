#include "drivers/wmbus/maker_techem_heat.h"

#include "drivers/wmbus/maker_techem.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

constexpr std::size_t kSettlement = 1;  // its day, behind a byte that is not known

bool read_heat(const MakerFrame& frame, double divisor, MakerReadings& out, std::string& why) {
  constexpr std::size_t kBefore = 3;
  constexpr std::size_t kSince = 7;
  constexpr std::size_t kSize = 10;
  const ByteView bytes = frame.payload;
  why = "Techem: cut short";
  if (bytes.size() < kSize) return false;
  const auto settlement = techem_date(little_endian(bytes.subspan(kSettlement, 2)));
  why = "Techem: the settlement day does not exist";
  if (!settlement.ok()) return false;
  const std::uint32_t before = little_endian(bytes.subspan(kBefore, 3));
  const std::uint32_t since = little_endian(bytes.subspan(kSince, 3));
  out.number({"energy", core::Quantity::energy}, (before + since) / divisor);
  out.number({"energy@1", core::Quantity::energy}, before / divisor);
  out.time("meter_date", techem_seconds(settlement), 1);
  return true;
}

}  // namespace

bool read_techem_heat(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  return read_heat(frame, 1.0, out, why);
}

bool read_techem_heat_joule(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  return read_heat(frame, 3.6, out, why);
}

bool read_techem_allocator(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr std::uint8_t kRadio4 = 0x94;  // has one byte more in front of the temperatures
  constexpr std::size_t kBefore = 3;
  constexpr std::size_t kToday = 5;
  constexpr std::size_t kSince = 7;
  constexpr std::size_t kVersion = 8;  // in the frame
  const ByteView bytes = frame.payload;
  const std::size_t room = frame.frame[kVersion] == kRadio4 ? 10 : 9;
  why = "Techem: cut short";
  if (bytes.size() < room + 4) return false;
  const auto word = [bytes](std::size_t at) { return little_endian(bytes.subspan(at, 2)); };
  const auto settlement = techem_date(word(kSettlement));
  why = "Techem: the settlement day does not exist";
  if (!settlement.ok()) return false;
  const auto temperature = [&](std::string_view name, std::size_t at) {
    out.number({std::string(name), core::Quantity::temperature, -2, -100, 400}, word(at) / 100.0);
  };
  out.number({"heat_cost_units"}, word(kSince));
  out.number({"heat_cost_units@1"}, word(kBefore));
  out.time("meter_date", techem_seconds(settlement), 1);
  out.time("meter_date", techem_seconds(techem_today(settlement, word(kToday))));
  temperature("temperature", room);
  temperature("supply_temperature", room + 2);
  return true;
}

}  // namespace afferent::drivers::wmbus
