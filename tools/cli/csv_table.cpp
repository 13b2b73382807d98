#include "tools/cli/csv_table.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>

namespace afferent::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kEarliest = 1900;
constexpr std::size_t kShown = 40;         // bytes of a cell in a message
constexpr std::size_t kShownColumns = 12;  // cells

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

bool is_named(std::string_view column, std::string_view name) {
  column = trimmed(column);
  return std::equal(column.begin(), column.end(), name.begin(), name.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

// Reads a time from the front of a text, digit by digit.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}
  std::optional<double> read() {
    const int year = digits(4);
    expect("-/");
    const int month = digits(2);
    expect("-/");
    const int day = digits(2);
    expect(" Tt");
    const int hour = digits(2);
    expect(":");
    const int minute = digits(2);
    double second = 0.0;
    if (take(":")) {
      second = digits(2);
      if (take(".,")) second += fraction();
    }
    const double offset = zone();
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!good_ || !rest_.empty() || !date.ok() || year < kEarliest || hour > 23 || minute > 59 || second >= 61)
      return std::nullopt;
    const double days = static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
    return days * 86'400.0 + hour * 3600.0 + minute * 60.0 + second - offset;
  }

 private:
  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool take(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view allowed) { good_ = take(allowed) && good_; }
  double fraction() {
    double value = 0.0;
    double scale = 0.1;
    if (rest_.empty() || !std::isdigit(static_cast<unsigned char>(rest_.front()))) good_ = false;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), scale /= 10) {
      value += scale * (rest_.front() - '0');
    }
    return value;
  }
  double zone() {
    while (take(" ")) continue;
    if (rest_.empty() || take("Zz")) return 0.0;
    const double sign = rest_.front() == '-' ? -1.0 : 1.0;
    expect("+-");
    const int hours = digits(2);
    take(":");
    const int minutes = rest_.empty() ? 0 : digits(2);
    good_ = good_ && hours <= 23 && minutes <= 59;
    return sign * (hours * 3600.0 + minutes * 60.0);
  }

  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

std::string CsvReader::take_field(bool& last) {
  std::string field;
  bool quoted = false;
  last = true;
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (rest_.starts_with('"')) {
        field += '"';
        rest_.remove_prefix(1);
      } else {
        quoted = false;
      }
    } else if (c == '"' && trimmed(field).empty()) {
      field.clear();
      quoted = true;
    } else if (c == ',') {
      last = false;
      break;
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && rest_.starts_with('\n')) rest_.remove_prefix(1);
      break;
    } else {
      field += c;
    }
  }
  return field;
}

bool CsvReader::next(std::vector<std::string>& fields) {
  while (!rest_.empty()) {
    fields.clear();
    bool last = false;
    while (!last) fields.push_back(take_field(last));
    if (fields.size() > 1 || !trimmed(fields.front()).empty()) return true;
  }
  return false;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c;
    if (c == '"') quoted += '"';
  }
  return quoted + '"';
}

std::string shown(std::string_view cell) {
  cell = trimmed(cell);
  std::string text = "'";
  for (const char c : cell.substr(0, kShown)) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return text + (cell.size() > kShown ? "...'" : "'");
}

std::optional<double> time_of(std::string_view text) { return TimeReader(trimmed(text)).read(); }

std::optional<double> number_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

core::Result<std::vector<Sample>> samples_of(std::string_view text, std::string_view file) {
  if (text.find('\0') != std::string_view::npos) {
    return core::Error(core::ErrorCode::bad_input, std::string(file) + ": is not text, or not in UTF-8");
  }
  CsvReader reader(text);
  std::vector<std::string> fields;
  reader.next(fields);
  std::size_t time = fields.size();
  std::size_t value = fields.size();
  std::string names;
  for (std::size_t i = fields.size(); i-- > 0;) {
    if (is_named(fields[i], "timestamp")) time = i;
    if (is_named(fields[i], "value")) value = i;
    if (i < kShownColumns) names.insert(0, names.empty() ? "" : ", ").insert(0, shown(fields[i]));
  }
  if (time == fields.size() || value == fields.size()) {
    return core::Error(core::ErrorCode::bad_input, std::string(file) +
                                                       ":1: expected the columns timestamp and value; " +
                                                       (fields.empty() ? "the file is empty" : "there are: " + names));
  }
  std::vector<Sample> samples;
  while (reader.next(fields)) {
    Sample& sample = samples.emplace_back();
    if (time < fields.size()) sample.timestamp = fields[time];
    if (value < fields.size()) sample.value = fields[value];
    sample.at = time_of(sample.timestamp);
    sample.number = number_of(sample.value);
  }
  return samples;
}

}  // namespace afferent::cli
