#include "drivers/common/mbus_time.h"

#include <chrono>

namespace afferent::drivers::mbus {
namespace {

namespace chr = std::chrono;

// Days since 1970 of a day and month byte pair; `century` is that of the year's two digits.
std::optional<std::int64_t> days(std::uint8_t low, std::uint8_t high, int century) {
  const unsigned day = low & 0x1FU;
  const unsigned month = high & 0x0FU;
  const int year = (low >> 5) | (high >> 4 << 3);
  if (year > 99) return std::nullopt;
  const chr::year_month_day date{chr::year(century + year), chr::month(month), chr::day(day)};
  if (!date.ok()) return std::nullopt;
  return chr::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> of_day(unsigned hour, unsigned minute, unsigned second) {
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
}

std::optional<std::int64_t> joined(std::optional<std::int64_t> date, std::optional<std::int64_t> time) {
  if (!date || !time) return std::nullopt;
  return *date * 86400 + *time;
}

struct Parts {
  chr::year_month_day date;
  std::int64_t second_of_day;
};

Parts parts_of(std::int64_t local_seconds) {
  const chr::sys_seconds time{chr::seconds(local_seconds)};
  const auto midnight = chr::floor<chr::days>(time);
  return {chr::year_month_day(midnight), (time - midnight).count()};
}

void append_date(core::Bytes& bytes, const chr::year_month_day& date) {
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()) % 100);
  bytes.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(date.day()) | (year & 7U) << 5));
  bytes.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(date.month()) | year >> 3 << 4));
}

}  // namespace

std::optional<std::int64_t> time_g(core::ByteView bytes) {
  if (bytes.size() != 2) return std::nullopt;
  return joined(days(bytes[0], bytes[1], 2000), 0);
}

std::optional<std::int64_t> time_f(core::ByteView bytes) {
  if (bytes.size() != 4 || (bytes[0] & 0x80U) != 0) return std::nullopt;
  // The hundreds of the year came later than the type: with 0, years to 80 are those that older meters send in this
  // century (note of annex A).
  constexpr int kLastOfCentury = 80;
  const unsigned hundreds = bytes[1] >> 5 & 3U;
  const int year = bytes[2] >> 5 | bytes[3] >> 4 << 3;
  const int century = hundreds == 0 && year <= kLastOfCentury ? 2000 : 1900 + 100 * static_cast<int>(hundreds);
  return joined(days(bytes[2], bytes[3], century), of_day(bytes[1] & 0x1FU, bytes[0] & 0x3FU, 0));
}

std::optional<std::int64_t> time_i(core::ByteView bytes) {
  if (bytes.size() != 6 || (bytes[1] & 0x80U) != 0) return std::nullopt;
  return joined(days(bytes[3], bytes[4], 2000), of_day(bytes[2] & 0x1FU, bytes[1] & 0x3FU, bytes[0] & 0x3FU));
}

std::optional<std::int64_t> time_of(core::ByteView bytes) {
  switch (bytes.size()) {
    case 2: return time_g(bytes);
    case 4: return time_f(bytes);
    case 6: return time_i(bytes);
    default: return std::nullopt;
  }
}

core::Bytes bytes_g(std::int64_t local_seconds) {
  core::Bytes bytes;
  append_date(bytes, parts_of(local_seconds).date);
  return bytes;
}

core::Bytes bytes_f(std::int64_t local_seconds) {
  const Parts parts = parts_of(local_seconds);
  core::Bytes bytes{static_cast<std::uint8_t>(parts.second_of_day / 60 % 60),
                    static_cast<std::uint8_t>(parts.second_of_day / 3600 | 0x20)};
  append_date(bytes, parts.date);
  return bytes;
}

std::int64_t add_months(std::int64_t local_seconds, std::int64_t months) {
  const Parts parts = parts_of(local_seconds);
  const auto month = parts.date.year() / parts.date.month() + chr::months(months);
  chr::year_month_day date = month / parts.date.day();
  if (!date.ok()) date = chr::year_month_day(month / chr::last);
  return std::int64_t{chr::sys_days(date).time_since_epoch().count()} * 86400 + parts.second_of_day;
}

}  // namespace afferent::drivers::mbus
