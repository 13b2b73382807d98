#include "drivers/wmbus/maker_bmeters.h"

#include <algorithm>
#include <array>
#include <chrono>

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

// In this order they follow the byte whose bits say which are there.
struct Part {
  std::uint8_t bit;
  std::size_t size;
  void (*read)(const Reading& in);
};
constexpr std::array kParts{
    Part{0x01, 1, battery}, Part{0x02, 4, tamper},           Part{0x80, 3, leak},
    Part{0x04, 4, reverse}, Part{0x10, 3 * kMonths, months},
};

// All parts that the first byte names are there, and no other is named: else it is other data of the maker.
bool fits(ByteView bytes) {
  if (bytes.empty()) return false;
  std::size_t size = 1;
  unsigned unknown = bytes[0];
  for (const Part& part : kParts) {
    if ((bytes[0] & part.bit) == 0) continue;
    size += part.size;
    unknown &= ~unsigned{part.bit};
  }
  return unknown == 0 && bytes.size() >= size;
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

}  // namespace afferent::drivers::wmbus
