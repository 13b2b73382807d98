#include "tools/cli/csv_time.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>

#include "tools/cli/csv_table.h"

namespace afferent::cli {
namespace {

constexpr int kEarliest = 1900;
constexpr int kLatestCompact = 2100;  // digits that would be a later date are a count of seconds

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  double second = 0.0;

  // s since 1970-01-01 as if it were UTC; nothing when there is no such time.
  std::optional<double> seconds() const {
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || year < kEarliest || hour > 23 || minute > 59 || second >= 61) return std::nullopt;
    const double days = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
    return days * 86'400.0 + hour * 3600.0 + minute * 60.0 + second;
  }
};

// What stands in a text: a moment, or what the clocks of some place show.
struct Written {
  double seconds = 0.0;  // since 1970-01-01, as if it were UTC
  bool local = false;
};

// Reads a time from the front of a text, digit by digit.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  std::optional<Written> read() {
    date("-/.");
    if (!rest_.empty()) time_of_day();
    const auto offset = zone();
    return finish(offset);
  }
  std::optional<Written> read_compact() {
    civil_.year = digits(4, 4);
    civil_.month = digits(2, 2);
    civil_.day = digits(2, 2);
    if (!rest_.empty()) civil_.hour = digits(2, 2);
    if (!rest_.empty()) civil_.minute = digits(2, 2);
    if (!rest_.empty()) civil_.second = digits(2, 2);
    return civil_.year > kLatestCompact ? std::nullopt : finish(std::nullopt);
  }

 private:
  void date(std::string_view separators) {
    civil_.year = digits(4, 4);
    const std::string_view separator = rest_.substr(0, 1);
    expect(separators);
    civil_.month = digits(1, 2);
    expect(separator);
    civil_.day = digits(1, 2);
  }
  void time_of_day() {
    expect(" Tt");
    while (take(" ")) continue;
    civil_.hour = digits(1, 2);
    expect(":");
    civil_.minute = digits(2, 2);
    if (!take(":")) return;
    civil_.second = digits(2, 2);
    if (take(".,")) civil_.second += fraction();
  }
  double fraction() {
    double value = 0.0;
    double scale = 0.1;
    good_ = good_ && !rest_.empty() && is_digit(rest_.front());
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), scale /= 10) {
      value += scale * (rest_.front() - '0');
    }
    return value;
  }
  std::optional<double> zone() {
    while (take(" ")) continue;
    if (rest_.empty()) return std::nullopt;
    if (take("Zz")) return 0.0;
    const double sign = rest_.front() == '-' ? -1.0 : 1.0;
    expect("+-");
    const int hours = digits(2, 2);
    take(":");
    const int minutes = rest_.empty() ? 0 : digits(2, 2);
    good_ = good_ && hours <= 23 && minutes <= 59;
    return sign * (hours * 3600.0 + minutes * 60.0);
  }
  std::optional<Written> finish(std::optional<double> offset) const {
    const auto seconds = civil_.seconds();
    if (!good_ || !rest_.empty() || !seconds) return std::nullopt;
    return Written{*seconds - offset.value_or(0.0), !offset};
  }

  int digits(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    for (; count < most && !rest_.empty() && is_digit(rest_.front()); ++count, rest_.remove_prefix(1)) {
      value = value * 10 + (rest_.front() - '0');
    }
    good_ = good_ && count >= least;
    return value;
  }
  bool take(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view allowed) { good_ = take(allowed) && good_; }

  std::string_view rest_;
  Civil civil_;
  bool good_ = true;
};

struct EpochUnit {
  double from;     // a count as large as this ...
  double seconds;  // ... is of this
};
// Seconds are until the year 5138, milliseconds from 1973 on.
constexpr std::array kEpochUnits{EpochUnit{1e17, 1e-9}, EpochUnit{1e14, 1e-6}, EpochUnit{1e11, 1e-3},
                                 EpochUnit{0.0, 1.0}};

std::optional<double> epoch_of(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto count = number_of(text);
  if (!count) return std::nullopt;
  const auto* unit = std::find_if(kEpochUnits.begin(), kEpochUnits.end(),
                                  [&count](const EpochUnit& one) { return *count >= one.from; });
  return *count * unit->seconds;
}

bool may_be_compact(std::string_view text) {
  const std::size_t size = text.size();
  return (size == 8 || size == 12 || size == 14) && std::all_of(text.begin(), text.end(), is_digit);
}

std::optional<Written> read(std::string_view text) {
  text = trimmed(text);
  if (may_be_compact(text)) {
    if (const auto compact = TimeReader(text).read_compact()) return compact;
  }
  if (const auto epoch = epoch_of(text)) return Written{*epoch, false};
  return TimeReader(text).read();
}

struct Moments {
  double first = 0.0;
  double last = 0.0;
  Clocks clocks = Clocks::once;
};

// Of what the clocks show. They are set at most once within the day before and after it.
Moments moments_of(double shown, const core::Zone& zone) {
  const core::Seconds local(static_cast<std::int64_t>(std::floor(shown)));
  const double fraction = shown - std::floor(shown);
  const core::Micros at(local);
  const core::Seconds earlier = zone.offset(at - std::chrono::hours(24));
  const core::Seconds later = zone.offset(at + std::chrono::hours(24));
  const auto shows = [&](core::Seconds offset) { return zone.offset(at - offset) == offset; };
  const auto moment = [&](core::Seconds offset) { return static_cast<double>((local - offset).count()) + fraction; };
  if (shows(earlier) && shows(later))
    return {moment(earlier), moment(later), earlier == later ? Clocks::once : Clocks::twice};
  const core::Seconds offset = shows(later) ? later : earlier;
  return {moment(offset), moment(offset), shows(offset) ? Clocks::once : Clocks::never};
}

}  // namespace

std::optional<double> time_of(std::string_view text, const core::Zone& zone) {
  const auto written = read(text);
  if (!written) return std::nullopt;
  return written->local ? moments_of(written->seconds, zone).first : written->seconds;
}

std::optional<FileTimes::Time> FileTimes::read(std::string_view text) {
  const auto written = cli::read(text);
  if (!written) return std::nullopt;
  Time time{written->seconds, Clocks::once};
  if (written->local) {
    const Moments moments = moments_of(written->seconds, zone_);
    const bool second = last_ && moments.first <= *last_ && moments.last > *last_;
    time = {second ? moments.last : moments.first, moments.clocks};
  }
  last_ = time.at;
  return time;
}

}  // namespace afferent::cli
