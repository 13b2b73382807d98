#include "drivers/wmbus/maker_kamstrup.h"

#include <algorithm>
#include <array>
#include <span>

namespace afferent::drivers::wmbus {
namespace {

// Codes behind the maker's VIF.
constexpr std::uint8_t kWaterCode = 0x20;   // two bytes; above the flags how long each was set
constexpr std::uint8_t kWaterFlags = 0x23;  // four bytes
constexpr std::array<std::uint8_t, 2> kHeatCodes{0x22, 0x21};
constexpr std::uint8_t kErrorFlags = 0x17;  // of the table FD

constexpr std::array kFlags{
    MakerFlag{0x01, "flag_dry"},   MakerFlag{0x02, "flag_reverse"}, MakerFlag{0x04, "flag_leak"},
    MakerFlag{0x08, "flag_burst"}, MakerFlag{0x10, "flag_tamper"},  MakerFlag{0x20, "flag_low_battery"},
};
constexpr std::size_t kShortFlags = 4;  // those of the code of two bytes

const mbus::Record* find(const mbus::Records& records, std::uint8_t code) {
  const auto found = std::find_if(records.list.begin(), records.list.end(), [code](const mbus::Record& record) {
    return record.table == mbus::VifTable::maker && record.vifes.size() == 1 && record.vifes[0] == code &&
           record.function == mbus::Function::instantaneous && record.storage == 0 && record.data.size() <= 4 &&
           record.raw.kind == mbus::Raw::Kind::integer;
  });
  return found == records.list.end() ? nullptr : &*found;
}

bool has_error_flags(const mbus::Records& records) {
  return std::any_of(records.list.begin(), records.list.end(), [](const mbus::Record& record) {
    return record.table == mbus::VifTable::fd && record.vif == kErrorFlags;
  });
}

void say(std::span<const MakerFlag> flags, const mbus::Record& record, bool has_status, MakerReadings& out) {
  const std::uint32_t bits = little_endian(record.data);
  for (const MakerFlag& flag : flags) {
    if (has_status && flag.name == "flag_low_battery") continue;
    out.flag(flag.name, (bits & flag.mask) != 0);
  }
}

}  // namespace

bool read_kamstrup_water(const MakerFrame& frame, MakerReadings& out, std::string& /*why*/) {
  const std::span<const MakerFlag> flags(kFlags);
  if (const auto* record = find(*frame.records, kWaterFlags); record != nullptr) {
    say(flags, *record, frame.has_status, out);
  } else if (const auto* code = find(*frame.records, kWaterCode); code != nullptr) {
    say(flags.first(kShortFlags), *code, frame.has_status, out);
  }
  return true;
}

bool read_kamstrup_heat(const MakerFrame& frame, MakerReadings& out, std::string& /*why*/) {
  if (has_error_flags(*frame.records)) return true;
  for (const std::uint8_t code : kHeatCodes) {
    const auto* record = find(*frame.records, code);
    if (record == nullptr) continue;
    core::Bytes& bytes = out.records();
    bytes = {record->coding, 0xFD, kErrorFlags};
    bytes.insert(bytes.end(), record->data.begin(), record->data.end());
    return true;
  }
  return true;
}

}  // namespace afferent::drivers::wmbus
