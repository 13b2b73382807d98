#include "agent/rules/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "agent/core/csv.h"
#include "agent/core/utf8.h"

namespace afferent::rules {

namespace {
constexpr std::size_t kMostErrors = 20;  // that are named one by one
}

// One column: false when its text makes no sense.
struct Inventory::Column {
  std::string_view name;
  bool (*read)(std::string_view text, Cylinder& cylinder, std::string& tag);
  std::string_view expected;
};

// Collects what is wrong, line by line.
class Inventory::Faults {
 public:
  void note(std::uint32_t line, std::string what) {
    if (++count_ <= kMostErrors) faults_.push_back({line, std::move(what)});
    if (count_ > kMostErrors) last_ = line;
  }
  std::vector<Fault> take() {
    if (count_ > kMostErrors)
      faults_.push_back({last_, fmt::format("{} more mistakes up to here", count_ - kMostErrors)});
    return std::move(faults_);
  }
  bool any() const { return count_ != 0; }

 private:
  std::vector<Fault> faults_;
  std::size_t count_ = 0;
  std::uint32_t last_ = 0;
};

namespace {

// Service life and inspections by the standard of making. GB 5842: eight years, twelve after a passed inspection; first
// inspection after four years, then every three, of large cylinders always every three. Those made by the edition
// before 2006 are scrapped after fifteen years. The first match counts; the last row is for all others.
struct Edition {
  std::string_view standard;  // and what may follow it: "GB 5842-2006 YSP35.5"
  int first_inspection;       // years
  int next_inspection;
  int large_inspection;
  int life;
  int extended_life;
};
constexpr std::array kEditions{
    Edition{"GB 5842-1996", 4, 4, 3, 15, 15}, Edition{"GB 5842-2006", 4, 3, 3, 8, 12},
    Edition{"GB/T 5842-2022", 4, 3, 3, 8, 12}, Edition{"", 4, 3, 3, 8, 12},  // of those that say none
};
constexpr double kLarge = 50.0;  // kg

// "GB5842-2006" and "GB/T 5842-2006" are the same edition.
std::string bare(std::string_view standard) {
  std::string letters;
  for (const char c : standard) {
    if (c != ' ') letters += c;
  }
  if (letters.starts_with("GB/T")) letters.erase(2, 2);
  return letters;
}

const Edition& edition_of(std::string_view standard) {
  const std::string wanted = bare(standard);
  const auto fits = [&](const Edition& edition) { return wanted.starts_with(bare(edition.standard)); };
  return *std::find_if(kEditions.begin(), kEditions.end(), fits);
}

std::string known_editions() {
  std::string all;
  for (const Edition& edition : kEditions) {
    if (!edition.standard.empty()) all += fmt::format("{}{}", all.empty() ? "" : ", ", edition.standard);
  }
  return all;
}

Days years_later(Days day, int years) {
  const std::chrono::year_month_day date(day);
  const std::chrono::year_month_day later = date + std::chrono::years(years);
  return later.ok() ? Days(later) : Days(later.year() / later.month() / std::chrono::last);
}

std::optional<Days> date_of(std::string_view text) {
  unsigned year = 0;  // without a sign
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto whole = [text](std::size_t at, std::size_t length, auto& value) {
    const char* end = text.data() + at + length;
    return std::from_chars(text.data() + at, end, value).ptr == end;
  };
  if (!whole(0, 4, year) || !whole(5, 2, month) || !whole(8, 2, day)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  return date.ok() ? std::optional(Days(date)) : std::nullopt;
}

template <std::optional<Days> Cylinder::* member>
bool read_date(std::string_view text, Cylinder& cylinder, std::string& /*tag*/) {
  if (text.empty()) return true;
  cylinder.*member = date_of(text);
  return (cylinder.*member).has_value();
}

template <std::string Cylinder::* member>
bool read_text(std::string_view text, Cylinder& cylinder, std::string& /*tag*/) {
  cylinder.*member = text;
  return text.size() <= 100;
}

bool read_number(std::string_view text, Cylinder& cylinder, std::string& tag) {
  return !text.empty() && read_text<&Cylinder::number>(text, cylinder, tag);
}

bool read_tag(std::string_view text, Cylinder& /*cylinder*/, std::string& tag) {
  tag = upper_hex(text);
  return !tag.empty() && tag.size() <= 124 && tag.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

bool read_capacity(std::string_view text, Cylinder& cylinder, std::string& /*tag*/) {
  if (text.empty()) return true;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cylinder.capacity);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(cylinder.capacity) &&
         cylinder.capacity >= 0;
}

bool read_status(std::string_view text, Cylinder& cylinder, std::string& /*tag*/) {
  if (text == "scrapped") cylinder.status = Cylinder::Status::scrapped;
  if (text == "stolen") cylinder.status = Cylinder::Status::stolen;
  return text.empty() || text == "in use" || text == "scrapped" || text == "stolen";
}

constexpr std::array kColumns{
    Inventory::Column{"tag", read_tag, "the EPC in hexadecimal"},
    Inventory::Column{"cylinder", read_number, "the cylinder's number, at most 100 bytes"},
    Inventory::Column{"owner", read_text<&Cylinder::owner>, "a name of at most 100 bytes"},
    Inventory::Column{"standard", read_text<&Cylinder::standard>, "an edition such as GB 5842-2006"},
    Inventory::Column{"capacity_kg", read_capacity, "a number of kg"},
    Inventory::Column{"made", read_date<&Cylinder::made>, "a date such as 2021-05-31"},
    Inventory::Column{"filled", read_date<&Cylinder::filled>, "a date such as 2021-05-31"},
    Inventory::Column{"inspected", read_date<&Cylinder::inspected>, "a date such as 2021-05-31"},
    Inventory::Column{"status", read_status, "in use, scrapped or stolen"},
};

std::vector<const Inventory::Column*> columns_of(std::string_view header, Inventory::Faults& faults) {
  std::vector<const Inventory::Column*> columns;
  if (!core::is_utf8(header)) {
    faults.note(1, "is not UTF-8: the file has to be saved as that");
    return columns;
  }
  for (const std::string& name : core::csv_cells(header, core::csv_separator(header))) {
    const auto known =
        std::find_if(kColumns.begin(), kColumns.end(), [&name](const Inventory::Column& c) { return c.name == name; });
    if (known == kColumns.end()) {
      std::string names;
      for (const Inventory::Column& column : kColumns)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", column.name);
      faults.note(1, fmt::format("there is no column '{}'; allowed: {}", name.substr(0, 40), names));
    } else if (std::find(columns.begin(), columns.end(), &*known) != columns.end()) {
      faults.note(1, fmt::format("column '{}' is there twice", name));
    } else {
      columns.push_back(&*known);
    }
  }
  for (const std::string_view needed : {"tag", "cylinder"}) {
    const auto is = [needed](const Inventory::Column* column) { return column->name == needed; };
    if (std::none_of(columns.begin(), columns.end(), is)) faults.note(1, fmt::format("column '{}' is missing", needed));
  }
  // Lines cannot be read by columns that are not right.
  if (faults.any()) columns.clear();
  return columns;
}

}  // namespace

std::string upper_hex(std::string_view tag) {
  std::string upper(tag);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::optional<Days> Cylinder::inspection_due() const {
  const Edition& edition = edition_of(standard);
  const bool large = capacity >= kLarge;
  if (inspected) return years_later(*inspected, large ? edition.large_inspection : edition.next_inspection);
  if (made) return years_later(*made, large ? edition.large_inspection : edition.first_inspection);
  return std::nullopt;
}

std::optional<Days> Cylinder::end_of_life() const {
  if (!made) return std::nullopt;
  const Edition& edition = edition_of(standard);
  const Days plain = years_later(*made, edition.life);
  // An inspection near the end of its life, and passed, lengthens it.
  const bool extended = inspected && *inspected >= years_later(*made, edition.life - 1);
  return extended ? years_later(*made, edition.extended_life) : plain;
}

struct Inventory::Reading {
  std::vector<const Column*> columns;
  char separator = ',';
  std::optional<Days> today;
};

namespace {

std::string date_text(Days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

// What cannot be, though each cell has its form. What is impossible is not used further on.
void check_sense(Cylinder& cylinder, std::optional<Days> today, std::uint32_t line, Inventory::Faults& faults) {
  struct Date {
    std::string_view name;
    std::optional<Days>& day;
  };
  for (const Date& date :
       {Date{"made", cylinder.made}, Date{"filled", cylinder.filled}, Date{"inspected", cylinder.inspected}}) {
    if (!date.day || !today || *date.day <= *today) continue;
    faults.note(line, fmt::format("{} '{}' lies in the future; right is a date up to today, {}", date.name,
                                  date_text(*date.day), date_text(*today)));
    date.day.reset();
  }
  for (const Date& date : {Date{"filled", cylinder.filled}, Date{"inspected", cylinder.inspected}}) {
    if (!date.day || !cylinder.made || *date.day >= *cylinder.made) continue;
    faults.note(line, fmt::format("{} '{}' lies before made '{}'; right is that day or a later one", date.name,
                                  date_text(*date.day), date_text(*cylinder.made)));
    date.day.reset();
  }
  if (!cylinder.standard.empty() && edition_of(cylinder.standard).standard.empty()) {
    faults.note(line, fmt::format("standard '{}' is not known; allowed: {}, or nothing",
                                  cylinder.standard.substr(0, 40), known_editions()));
    cylinder.standard.clear();
  }
}

}  // namespace

void Inventory::read_line(std::string_view line, std::uint32_t number, const Reading& reading, Faults& faults) {
  const std::vector<const Column*>& columns = reading.columns;
  if (!core::is_utf8(line)) return faults.note(number, "is not UTF-8: the file has to be saved as that");
  const std::vector<std::string> cells = core::csv_cells(line, reading.separator);
  if (cells.size() != columns.size()) {
    return faults.note(number, fmt::format("has {} columns, expected {}", cells.size(), columns.size()));
  }
  Cylinder cylinder;
  std::string tag;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (columns[i]->read(cells[i], cylinder, tag)) continue;
    faults.note(number,
                fmt::format("{} '{}' must be {}", columns[i]->name, cells[i].substr(0, 40), columns[i]->expected));
    if (columns[i]->read == read_tag) return;
  }
  check_sense(cylinder, reading.today, number, faults);
  if (!cylinders_.emplace(tag, std::move(cylinder)).second) {
    faults.note(number, fmt::format("tag {} is there already", tag));
  }
}

Inventory::Read Inventory::parse(std::string_view csv, std::optional<Days> today) {
  auto inventory = std::make_shared<Inventory>();
  Faults faults;
  std::string_view rest = core::without_mark(csv);
  const std::string_view header = core::take_line(rest);
  const Reading reading{columns_of(header, faults), core::csv_separator(header), today};
  for (std::uint32_t number = 2; !rest.empty() && !reading.columns.empty(); ++number) {
    const std::string_view line = core::take_line(rest);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.front() == '#') continue;
    if (inventory->cylinders_.size() >= kMost) {
      faults.note(number, fmt::format("more than {} cylinders", kMost));
      break;
    }
    inventory->read_line(line, number, reading, faults);
  }
  return {std::move(inventory), faults.take()};
}

Inventory::Read Inventories::of(const core::Contents& file) {
  const auto known = known_.find(file.text);
  if (known != known_.end()) return {known->second, {}};
  Inventory::Read read = Inventory::parse(*file.text, today_);
  known_.emplace(file.text, read.inventory);
  return read;
}

const Cylinder* Inventory::find(std::string_view tag) const {
  const auto found = cylinders_.find(upper_hex(tag));
  return found == cylinders_.end() ? nullptr : &found->second;
}

}  // namespace afferent::rules
