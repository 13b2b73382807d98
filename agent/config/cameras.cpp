#include "agent/config/cameras.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string>

#include "agent/config/files.h"
#include "agent/core/csv.h"
#include "agent/core/utf8.h"

namespace afferent::config {
namespace {

constexpr std::array<std::string_view, 3> kColumns{"id", "latitude", "longitude"};
constexpr std::size_t kMost = 10'000;
constexpr std::size_t kLongestId = 64;  // bytes

std::optional<double> degrees(const std::string& text, double most) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) <= most)) return std::nullopt;
  return value;
}

class CameraReader {
 public:
  CameraReader(Loading& loading, std::string file) : loading_(loading), file_(std::move(file)) {}

  bool header(std::string_view line) {
    if (!core::is_utf8(line)) {
      problem(1, "is not UTF-8: the file has to be saved as that");
      return false;
    }
    separator_ = core::csv_separator(line);
    const std::vector<std::string> names = core::csv_cells(line, separator_);
    width_ = names.size();
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto found = std::find(names.begin(), names.end(), kColumns[i]);
      if (found == names.end()) {
        problem(1, "column \"" + std::string(kColumns[i]) + "\" is missing; expected id, latitude, longitude");
        return false;
      }
      places_[i] = static_cast<std::size_t>(found - names.begin());
    }
    return true;
  }
  void line(std::uint32_t number, std::string_view line) {
    if (!core::is_utf8(line)) return problem(number, "is not UTF-8: the file has to be saved as that");
    const std::vector<std::string> cells = core::csv_cells(line, separator_);
    if (cells.size() != width_) {
      return problem(number, "has " + std::to_string(cells.size()) + " columns, expected " + std::to_string(width_));
    }
    const std::string& id = cells[places_[0]];
    const auto latitude = degrees(cells[places_[1]], 90);
    const auto longitude = degrees(cells[places_[2]], 180);
    if (id.empty() || id.size() > kLongestId) problem(number, "id must have 1 to 64 characters");
    if (!latitude) problem(number, "latitude " + in_quotes(cells[places_[1]]) + " must be a number from -90 to 90");
    if (!longitude) problem(number, "longitude " + in_quotes(cells[places_[2]]) + " must be a number from -180 to 180");
    if (!ids_.insert(id).second) problem(number, "id " + in_quotes(id) + " is there already");
    if (latitude && longitude) cameras.push_back({id, *latitude, *longitude});
  }
  void problem(std::uint32_t number, std::string message) {
    add(loading_.problems, {file_, number}, "node.cameras", std::move(message));
  }

  std::vector<Camera> cameras;

 private:
  Loading& loading_;
  const std::string file_;
  std::array<std::size_t, kColumns.size()> places_{};
  std::size_t width_ = 0;
  char separator_ = ',';
  std::set<std::string> ids_;
};

}  // namespace

std::vector<Camera> read_cameras(Loading& loading, const core::ConfigNode& contents, const core::ConfigNode& written) {
  CameraReader reader(loading, resolved(std::string(written.text()), written.source().file));
  std::string_view rest = core::without_mark(contents.text());
  if (!reader.header(core::take_line(rest))) return {};
  for (std::uint32_t number = 2; !rest.empty(); ++number) {
    const std::string_view line = core::take_line(rest);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.front() == '#') continue;
    if (reader.cameras.size() >= kMost) {
      reader.problem(number, "more than 10000 cameras");
      break;
    }
    reader.line(number, line);
  }
  return std::move(reader.cameras);
}

}  // namespace afferent::config
