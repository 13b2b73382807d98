#include "drivers/wmbus/maker_techem.h"

#include <chrono>

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

namespace chr = std::chrono;

constexpr double kTenths = 10.0;
constexpr unsigned kMiddleOfMonth = 15;

}  // namespace

std::optional<std::int64_t> techem_seconds(const chr::year_month_day& date) {
  if (!date.ok()) return std::nullopt;
  return std::int64_t{chr::sys_days(date).time_since_epoch().count()} * 86400;
}

chr::year_month_day techem_date(std::uint32_t bits) {
  return chr::year(2000 + static_cast<int>(bits >> 9 & 0x3FU)) / chr::month(bits >> 5 & 0xFU) / chr::day(bits & 0x1FU);
}

// Today has no year: it is the first such day behind the settlement day.
chr::year_month_day techem_today(const chr::year_month_day& settlement, std::uint32_t bits) {
  const chr::month_day today = chr::month(bits >> 9 & 0xFU) / chr::day(bits >> 4 & 0x1FU);
  const bool next = today <= chr::month_day(settlement.month(), settlement.day());
  const chr::year year = settlement.year() + chr::years(next ? 1 : 0);
  return year / today.month() / today.day();
}

bool read_techem_water(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr std::size_t kSize = 9;
  const ByteView bytes = frame.payload;
  why = "Techem: cut short";
  if (bytes.size() < kSize) return false;
  const chr::year_month_day settlement = techem_date(little_endian(bytes.subspan(1, 2)));
  const std::uint32_t before = little_endian(bytes.subspan(3, 2));
  const std::uint32_t since = little_endian(bytes.subspan(7, 2));
  out.volume((before + since) / kTenths);
  out.volume(before / kTenths, 1);
  out.time("meter_date", techem_seconds(settlement), 1);
  if (settlement.ok())
    out.time("meter_date", techem_seconds(techem_today(settlement, little_endian(bytes.subspan(5, 2)))));
  return true;
}

bool read_techem_half_months(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr std::size_t kHalves = 7;  // here the list begins: a byte that is 0 and two halves, the latest first
  const ByteView bytes = frame.payload;
  why = "Techem: cut short";
  if (bytes.size() < kHalves) return false;
  const chr::year_month_day today = techem_date(little_endian(bytes.subspan(2, 2)));
  out.volume(little_endian(bytes.subspan(4, 3)) / kTenths);
  out.time("meter_date", techem_seconds(today));
  if (!today.ok()) return true;
  // In the first half of a month only that one half of it is there.
  std::size_t missing = static_cast<unsigned>(today.day()) <= kMiddleOfMonth ? 1 : 0;
  std::uint64_t month = 0;
  unsigned sum = 0;
  for (std::size_t at = kHalves; at < bytes.size(); ++at) {
    if ((at - kHalves) % 3 == 0) {
      if (bytes[at] != 0) break;  // not known what that means
      continue;
    }
    sum += bytes[at];
    if (++missing < 2) continue;
    out.volume(sum / kTenths, month++, "volume_delta");
    missing = 0;
    sum = 0;
  }
  return true;
}

bool read_techem_smoke(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr std::size_t kSize = 3;
  constexpr std::uint8_t kSmoke = 0x01;
  const ByteView bytes = frame.payload;
  why = "Techem: cut short";
  if (bytes.size() < kSize) return false;
  out.flag("flag_smoke", (bytes[0] & kSmoke) != 0);
  out.time("meter_date", techem_seconds(techem_date(little_endian(bytes.subspan(1, 2)))), 1);
  return true;
}

}  // namespace afferent::drivers::wmbus
