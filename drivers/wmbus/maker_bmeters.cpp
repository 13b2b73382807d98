#include "drivers/wmbus/maker_bmeters.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "drivers/common/mbus_time.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

namespace chr = std::chrono;

constexpr std::uint8_t kTypeOfTamper = 0xE0;
constexpr unsigned kMonths = 12;
constexpr std::uint32_t kNoVolume = 10'000'000;  // hundredths; the counter has seven digits

// By the low digit of a byte.
constexpr std::array kVolts{3.7, 1.9, 2.1, 2.2, 2.3, 2.4, 2.5, 2.65, 2.8, 2.9, 3.05, 3.2, 3.35, 3.5, 3.7, 3.7};

struct Reading {
  ByteView bytes;
  const mbus::Records& records;
  MakerReadings& out;
};

// Year, month and day in packed decimals; nothing for a day that does not exist.
std::optional<std::int64_t> date_of(ByteView bytes) {
  const auto decimal = [](std::uint8_t byte) { return static_cast<unsigned>(byte >> 4) * 10U + (byte & 0xFU); };
  const auto year = chr::year(2000 + static_cast<int>(decimal(bytes[0])));
  const chr::year_month_day date = year / chr::month(decimal(bytes[1])) / chr::day(decimal(bytes[2]));
  if (!date.ok()) return std::nullopt;
  return std::int64_t{chr::sys_days(date).time_since_epoch().count()} * 86400;
}

// The month of the telegram's own clock, 1 to 12; 0 without one.
unsigned month_now(const mbus::Records& records) {
  for (const mbus::Record& record : records.list) {
    if (record.table != mbus::VifTable::primary || record.vif != 0x6D || record.storage != 0) continue;
    const auto time = mbus::time_of(record.data);
    if (!time) continue;
    const auto day = chr::floor<chr::days>(chr::sys_seconds(chr::seconds(*time)));
    return static_cast<unsigned>(chr::year_month_day(day).month());
  }
  return 0;
}

void battery(const Reading& in) { in.out.number({"voltage", core::Quantity::voltage, -2}, kVolts[in.bytes[0] & 0xFU]); }

void tamper(const Reading& in) {
  in.out.flag("flag_tamper", (in.bytes[0] & kTypeOfTamper) != 0);
  in.out.time("tamper_date", date_of(in.bytes.subspan(1)));
}

void leak(const Reading& in) {
  const auto date = date_of(in.bytes);
  in.out.flag("flag_leak", date.has_value());
  in.out.time("leak_date", date);
}

void reverse(const Reading& in) { in.out.volume(little_endian(in.bytes) / 1000.0, 0, "volume_reverse"); }

// The last end of each month, January first: storage 1 is that of the last month.
void months(const Reading& in) {
  const unsigned now = month_now(in.records);
  if (now == 0) return;
  for (unsigned month = 1; month <= kMonths; ++month) {
    const std::uint32_t hundredths = little_endian(in.bytes.subspan(3 * (month - 1), 3));
    if (hundredths < kNoVolume) in.out.volume(hundredths / 100.0, (now + kMonths - month - 1) % kMonths + 1);
  }
}

// In this order they follow the byte whose bits say which are there; its other bits name no part.
struct Part {
  std::uint8_t bit;
  std::size_t size;
  void (*read)(const Reading& in);
};
constexpr std::array kParts{
    Part{0x01, 1, battery}, Part{0x02, 4, tamper},           Part{0x80, 3, leak},
    Part{0x04, 4, reverse}, Part{0x10, 3 * kMonths, months},
};

// All parts that the first byte names are there: else it is other data of the maker.
bool fits(ByteView bytes) {
  if (bytes.empty()) return false;
  std::size_t size = 1;
  for (const Part& part : kParts) {
    if ((bytes[0] & part.bit) != 0) size += part.size;
  }
  return bytes.size() >= size;
}

// Registers of a Hydrocal in the order in which it sends them, and the DIFEs that each but the first two is given: the
// cooling registers tariff 1, the inputs sub-units.
struct Register {
  bool energy;  // else volume
  std::array<std::uint8_t, 2> difes;
  std::size_t difes_count;
};
constexpr std::array kHydrocal{
    Register{true, {}, 0},      Register{false, {}, 0},     Register{true, {0x10}, 1},
    Register{false, {0x10}, 1}, Register{false, {0x40}, 1}, Register{false, {0x80, 0x40}, 2},
};
constexpr std::uint8_t kLastEnergy = 0x0F;
constexpr std::uint8_t kLastVolume = 0x17;
constexpr std::uint8_t kMoreFollows = 0x80;

bool is_register(const mbus::Record& record) {
  return record.head.size() == 2 && record.table == mbus::VifTable::primary && record.vif <= kLastVolume &&
         record.function == mbus::Function::instantaneous && record.storage == 0;
}

}  // namespace

bool read_bmeters(const MakerFrame& frame, MakerReadings& out, std::string& /*why*/) {
  if (!fits(frame.payload)) return true;
  const std::uint8_t parts = frame.payload[0];
  ByteView rest = frame.payload.subspan(1);
  for (const Part& part : kParts) {
    if ((parts & part.bit) == 0) continue;
    part.read({rest.first(part.size), *frame.records, out});
    rest = rest.subspan(part.size);
  }
  return true;
}

bool read_hydrocal(const MakerFrame& frame, MakerReadings& out, std::string& /*why*/) {
  core::Bytes bytes;
  std::size_t count = 0;
  for (const mbus::Record& record : frame.records->list) {
    if (!is_register(record)) continue;
    if (count == kHydrocal.size() || kHydrocal[count].energy != (record.vif <= kLastEnergy)) return true;
    const Register& row = kHydrocal[count++];
    if (row.difes_count == 0) continue;
    bytes.push_back(record.head[0] | kMoreFollows);
    bytes.insert(bytes.end(), row.difes.begin(), row.difes.begin() + static_cast<std::ptrdiff_t>(row.difes_count));
    bytes.push_back(record.vif);
    bytes.insert(bytes.end(), record.data.begin(), record.data.end());
  }
  if (count == kHydrocal.size()) out.records() = std::move(bytes);
  return true;
}

}  // namespace afferent::drivers::wmbus
