#include "drivers/wmbus/maker_allocator.h"

#include <chrono>
#include <optional>

#include "drivers/common/mbus_meaning.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

namespace chr = std::chrono;

constexpr std::string_view kUnits = "heat_cost_units";

// The E-ITN: units and averages of this season and of the one before.
constexpr std::size_t kItnBefore = 3;
constexpr std::size_t kItnOpened = 5;  // the day on which the seal was broken; 0 is none
constexpr std::size_t kItnUnits = 7;
constexpr std::size_t kItnToday = 9;
constexpr std::size_t kItnAverageBefore = 11;
constexpr std::size_t kItnAverage = 13;
constexpr std::size_t kItnSize = 15;

// The E-ITN 40, in words: temperatures, units of each month, then those of this season and of the ones before.
constexpr std::size_t k40Radiator = 2;  // 0 is none
constexpr std::size_t k40Room = 3;
constexpr std::size_t k40Months = 4;  // the one that runs first
constexpr std::size_t k40Seasons = 20;
constexpr std::size_t k40Today = 24;
constexpr std::size_t k40Weekday = 25;
constexpr std::size_t k40Seal = 26;
constexpr std::size_t k40Words = 27;
constexpr std::uint32_t kSealBroken = 0xFFFF;

// The BFW 240: two units, values at the ends of the last 18 months, twelve bits each, and the date.
constexpr std::size_t kBfwBefore = 4;
constexpr std::size_t kBfwUnits = 6;
constexpr std::size_t kBfwMonths = 10;  // two in three bytes, the oldest first
constexpr std::size_t kBfwToday = 37;
constexpr std::size_t kBfwSize = 40;
constexpr std::uint64_t kFirstMonth = 8;  // its storage number

std::int64_t seconds(const chr::year_month_day& date) {
  return std::int64_t{chr::sys_days(date).time_since_epoch().count()} * 86400;
}

std::optional<chr::year_month_day> apator_date(std::uint32_t bits) {
  const chr::year_month_day date =
      chr::year(2000 + static_cast<int>(bits >> 9 & 0x3FU)) / chr::month(bits >> 5 & 0xFU) / chr::day(bits & 0x1FU);
  if (!date.ok()) return std::nullopt;
  return date;
}

void say_units(MakerReadings& out, std::string_view name, std::uint64_t storage, std::uint32_t units) {
  out.number({mbus::channel_name(name, storage, 0, 0)}, units);
}

void say_temperature(MakerReadings& out, std::string_view name, std::uint64_t storage, double degrees) {
  out.number({mbus::channel_name(name, storage, 0, 0), core::Quantity::temperature, -2, -100, 400}, degrees);
}

// A length, that many bytes whose meaning is not known, and what else stands behind CI A0.
bool unwrap(const MakerFrame& frame, MakerFrame& unwrapped, std::string& why) {
  constexpr std::uint8_t kInner = 0xA0;
  why = "Apator E-ITN: cut short";
  if (frame.payload.empty() || frame.payload.size() < std::size_t{frame.payload[0]} + 2) return false;
  const ByteView inner = frame.payload.subspan(std::size_t{frame.payload[0]} + 1);
  why = "Apator E-ITN: no A0 behind the first part";
  if (inner[0] != kInner) return false;
  unwrapped = frame;
  unwrapped.payload = inner.subspan(1);
  return true;
}

std::optional<unsigned> bcd(std::uint8_t byte) {
  const unsigned tens = byte >> 4;
  const unsigned ones = byte & 0xFU;
  if (tens > 9 || ones > 9) return std::nullopt;
  return tens * 10 + ones;
}

std::optional<chr::year_month_day> bcd_date(ByteView bytes) {
  const auto day = bcd(bytes[0]);
  const auto month = bcd(bytes[1]);
  const auto year = bcd(bytes[2]);
  if (!day || !month || !year) return std::nullopt;
  const auto date = chr::year(2000 + static_cast<int>(*year)) / chr::month(*month) / chr::day(*day);
  if (!date.ok()) return std::nullopt;
  return date;
}

std::uint32_t big_endian(ByteView bytes) { return static_cast<std::uint32_t>(bytes[0]) << 8 | bytes[1]; }

}  // namespace

bool read_apator_eitn(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  const auto word = [&frame](std::size_t at) { return little_endian(frame.payload.subspan(at, 2)); };
  why = "Apator E-ITN: cut short";
  if (frame.payload.size() < kItnSize) return false;
  const auto today = apator_date(word(kItnToday));
  why = "Apator E-ITN: the date does not exist";
  if (!today) return false;
  say_units(out, kUnits, 0, word(kItnUnits));
  say_units(out, kUnits, 1, word(kItnBefore));
  out.time("meter_date", seconds(*today));
  say_temperature(out, "temperature_average", 0, word(kItnAverage) / 256.0);
  say_temperature(out, "temperature_average", 1, word(kItnAverageBefore) / 256.0);
  out.flag("flag_tamper", word(kItnOpened) != 0);
  if (const auto opened = apator_date(word(kItnOpened))) out.time("tamper_date", seconds(*opened));
  return true;
}

bool read_apator_eitn_wrapped(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  MakerFrame unwrapped;
  return unwrap(frame, unwrapped, why) && read_apator_eitn(unwrapped, out, why);
}

// The day of the week is what tells this format from anything else.
bool read_apator_eitn_40(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  const auto word = [&frame](std::size_t at) { return little_endian(frame.payload.subspan(2 * at, 2)); };
  why = "Apator E-ITN 40: cut short";
  if (frame.payload.size() < 2 * k40Words) return false;
  const auto today = apator_date(word(k40Today));
  why = "Apator E-ITN 40: the date does not exist, or is not that day of the week";
  if (!today || word(k40Weekday) > 7 ||
      chr::weekday(word(k40Weekday)).c_encoding() != chr::weekday(chr::sys_days(*today)).c_encoding())
    return false;
  for (std::size_t season = 0; season < k40Today - k40Seasons; ++season)
    say_units(out, kUnits, season, word(k40Seasons + season));
  for (std::size_t month = 0; month < k40Seasons - k40Months; ++month)
    say_units(out, "heat_cost_units_delta", month, word(k40Months + month));
  out.time("meter_date", seconds(*today));
  say_temperature(out, "temperature", 0, static_cast<std::int16_t>(word(k40Room)) / 16.0);
  if (word(k40Radiator) != 0)
    say_temperature(out, "supply_temperature", 0, static_cast<std::int16_t>(word(k40Radiator)) / 16.0);
  out.flag("flag_tamper", word(k40Seal) == kSealBroken);
  out.flag("flag_error", word(k40Seal) != 0);
  return true;
}

bool read_apator_eitn_40_wrapped(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  MakerFrame unwrapped;
  return unwrap(frame, unwrapped, why) && read_apator_eitn_40(unwrapped, out, why);
}

bool read_bfw_240(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  const ByteView bytes = frame.payload;
  constexpr std::uint8_t kFiller = 0x2F;
  why = "BFW 240: not two fillers and " + std::to_string(kBfwSize - 2) + " bytes";
  if (bytes.size() != kBfwSize || bytes[0] != kFiller || bytes[1] != kFiller) return false;
  const auto today = bcd_date(bytes.subspan(kBfwToday));
  why = "BFW 240: the date does not exist";
  if (!today) return false;
  say_units(out, kUnits, 0, big_endian(bytes.subspan(kBfwUnits)));
  say_units(out, kUnits, 1, big_endian(bytes.subspan(kBfwBefore)));
  out.time("meter_date", seconds(*today));
  std::uint64_t storage = kFirstMonth;
  for (std::size_t at = kBfwToday; at > kBfwMonths;) {
    at -= 3;
    const unsigned high = bytes[at + 1];
    say_units(out, kUnits, storage++, (high & 0xFU) << 8 | bytes[at + 2]);
    say_units(out, kUnits, storage++, (high >> 4) << 8 | bytes[at]);
  }
  return true;
}

}  // namespace afferent::drivers::wmbus
