#include "tools/cli/backtest_truth.h"

#include <fmt/format.h>
#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/cli/csv_time.h"

namespace afferent::cli {
namespace {

constexpr double kMonth = 30 * 86'400.0;  // s

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

core::Result<Window> window_of(const nlohmann::json& pair, const std::string& where, const core::Zone& zone) {
  const auto wrong = [&where](const std::string& what) {
    return core::Error(core::ErrorCode::bad_input, where + ": " + what);
  };
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
    return wrong("expected a pair of timestamps");
  }
  const auto from = time_of(pair[0].get<std::string>(), zone);
  const auto to = time_of(pair[1].get<std::string>(), zone);
  if (!from || !to) return wrong("expected timestamps such as \"2026-07-01 14:30:00\"");
  if (*from > *to) return wrong("ends before it begins");
  return Window{*from, *to};
}

}  // namespace

core::Result<Truth> truth_of(std::string_view json, const std::string& file, const core::Zone& zone) {
  const auto wrong = [&file](const std::string& what) {
    return core::Error(core::ErrorCode::bad_input, file + ": " + what);
  };
  const nlohmann::json root = nlohmann::json::parse(json, nullptr, false);
  if (root.is_discarded()) return wrong("is not JSON");
  if (!root.is_object()) return wrong("expected an object of streams");
  Truth truth;
  for (const auto& [stream, list] : root.items()) {
    if (!list.is_array()) return wrong(stream + ": expected a list of pairs of timestamps");
    std::vector<Window>& windows = truth[stream];
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto window = window_of(list[i], fmt::format("{}: {}: event {}", file, stream, i + 1), zone);
      if (!window) return std::move(window).error();
      windows.push_back(*window);
    }
  }
  return truth;
}

const std::vector<Window>* windows_of(const Truth& truth, std::string_view stream) {
  if (const auto found = truth.find(stream); found != truth.end()) return &found->second;
  const auto ends = [](std::string_view whole, std::string_view end) {
    return whole.size() > end.size() && whole.ends_with(end) && whole[whole.size() - end.size() - 1] == '/';
  };
  const std::vector<Window>* only = nullptr;
  for (const auto& [path, windows] : truth) {
    if (!ends(path, stream) && !ends(stream, path)) continue;
    if (only != nullptr) return nullptr;
    only = &windows;
  }
  return only;
}

std::size_t Tally::add(const std::vector<double>& raised, const std::vector<Window>& windows,
                       const std::vector<Window>& ignored, const Window& data) {
  std::size_t outside = 0;
  ++streams_;
  months_ += (data.to - data.from) / kMonth;
  const auto in = [](const Window& window, double at) { return window.from <= at && at <= window.to; };
  for (const Window& window : windows) {
    if (window.to < data.from || window.from > data.to) {
      ++outside;
      continue;
    }
    ++events_;
    const auto first = std::find_if(raised.begin(), raised.end(), [&](double at) { return in(window, at); });
    if (first == raised.end()) continue;
    const double delay = *first - window.from;
    delays_.insert(std::upper_bound(delays_.begin(), delays_.end(), delay), delay);
  }
  for (const double at : raised) {
    const auto holds = [&](const Window& window) { return in(window, at); };
    const bool right = std::any_of(windows.begin(), windows.end(), holds);
    if (!right && std::none_of(ignored.begin(), ignored.end(), holds)) ++false_alarms_;
  }
  return outside;
}

double Tally::recall() const { return ratio(found(), events_); }
double Tally::precision() const { return ratio(found(), found() + false_alarms_); }
double Tally::false_alarms_per_month() const {
  return months_ > 0 ? static_cast<double>(false_alarms_) / months_ : 0.0;
}
double Tally::median_delay() const {
  return delays_.empty() ? std::numeric_limits<double>::quiet_NaN() : delays_[delays_.size() / 2];
}
double Tally::mean_delay() const {
  if (delays_.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(delays_.begin(), delays_.end(), 0.0) / static_cast<double>(delays_.size());
}

std::vector<double> raised_at(const std::vector<core::Alert>& alerts) {
  std::vector<double> times;
  for (const core::Alert& alert : alerts) {
    if (alert.state != core::AlertState::raised) continue;
    times.push_back(std::chrono::duration<double>(alert.last.utc).count());
  }
  return times;
}

}  // namespace afferent::cli
