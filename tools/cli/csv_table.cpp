#include "tools/cli/csv_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <span>

#include "tools/cli/csv_time.h"

namespace afferent::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array<char, 3> kSeparators{',', ';', '\t'};
constexpr std::array<std::string_view, 6> kTimeNames{"timestamp", "time", "datetime", "date_time", "date", "ts"};
constexpr std::array<std::string_view, 1> kValueNames{"value"};
constexpr std::size_t kShown = 40;         // bytes of a cell in a message
constexpr std::size_t kShownColumns = 12;  // cells

bool is_named(std::string_view column, std::string_view name) {
  column = trimmed(column);
  return std::equal(column.begin(), column.end(), name.begin(), name.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  const std::string_view first = rest_.substr(0, rest_.find_first_of("\r\n"));
  const auto separator = std::find_if(kSeparators.begin(), kSeparators.end(),
                                      [first](char c) { return first.find(c) != std::string_view::npos; });
  if (separator != kSeparators.end()) separator_ = *separator;
}

// A quote that nothing closes is a character like others: it must not swallow the rows behind it.
bool CsvReader::is_closed() {
  for (std::size_t at = rest_.find('"'); at != std::string_view::npos; at = rest_.find('"', at + 2)) {
    if (at + 1 >= rest_.size() || rest_[at + 1] != '"') return true;
  }
  quotes_ = false;
  return false;
}

// The end of a line, at the front of what is left, with what belongs to it.
void CsvReader::count_line(char c) {
  if (c == '\n' || (c == '\r' && !rest_.starts_with('\n'))) ++ahead_;
}

std::string CsvReader::take_field(bool& last) {
  std::string field;
  bool quoted = false;
  last = true;
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    count_line(c);
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (rest_.starts_with('"')) {
        field += '"';
        rest_.remove_prefix(1);
      } else {
        quoted = false;
      }
    } else if (c == '"' && quotes_ && trimmed(field).empty() && is_closed()) {
      field.clear();
      quoted = true;
    } else if (c == separator_) {
      last = false;
      break;
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && rest_.starts_with('\n')) {
        rest_.remove_prefix(1);
        ++ahead_;
      }
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
    line_ = ahead_;
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

std::optional<double> number_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> truth_value_of(std::string_view text) {
  if (is_named(text, "true")) return true;
  if (is_named(text, "false")) return false;
  return std::nullopt;
}

namespace {

struct Columns {
  std::size_t time = 0;
  std::size_t value = 0;
};

std::optional<std::size_t> column_of(const std::vector<std::string>& header, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = std::find_if(header.begin(), header.end(),
                                    [name](const std::string& column) { return is_named(column, name); });
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

core::Result<Columns> columns_of(const std::vector<std::string>& header, std::string_view file) {
  const auto time = column_of(header, kTimeNames);
  auto value = column_of(header, kValueNames);
  if (time && !value && header.size() == 2) value = 1 - *time;  // there is no other that it could be
  if (time && value) return Columns{*time, *value};
  std::string names;
  for (std::size_t i = 0; i < std::min(header.size(), kShownColumns); ++i)
    names += (i == 0 ? "" : ", ") + shown(header[i]);
  return core::Error(core::ErrorCode::bad_input, std::string(file) + ":1: expected the columns timestamp and value; " +
                                                     (header.empty() ? "the file is empty" : "there are: " + names));
}

}  // namespace

core::Result<std::vector<Sample>> samples_of(std::string_view text, std::string_view file, const core::Zone& zone) {
  if (text.find('\0') != std::string_view::npos) {
    return core::Error(core::ErrorCode::bad_input, std::string(file) + ": is not text, or not in UTF-8");
  }
  CsvReader reader(text);
  std::vector<std::string> fields;
  reader.next(fields);
  const auto columns = columns_of(fields, file);
  if (!columns) return columns.error();
  std::vector<Sample> samples;
  FileTimes times(zone);
  while (reader.next(fields)) {
    Sample& sample = samples.emplace_back();
    sample.line = reader.line();
    if (columns->time < fields.size()) sample.timestamp = fields[columns->time];
    if (columns->value < fields.size()) sample.value = fields[columns->value];
    if (const auto time = times.read(sample.timestamp)) {
      sample.at = time->at;
      sample.clocks = time->clocks;
    }
    sample.number = number_of(sample.value);
    if (const auto truth = truth_value_of(sample.value)) {
      sample.number = *truth ? 1.0 : 0.0;
      sample.is_truth = true;
    }
  }
  return samples;
}

}  // namespace afferent::cli
