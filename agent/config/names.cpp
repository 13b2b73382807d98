#include "agent/config/names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include "agent/config/problem.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

namespace fs = std::filesystem;
using core::ConfigNode;

const char* const kZones = "/usr/share/zoneinfo";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_control(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

bool is_word(std::string_view text, std::string_view marks) {
  if (text.empty() || text.size() > 64 || !(is_lower(text.front()) || is_digit(text.front()))) return false;
  return std::all_of(text.begin(), text.end(),
                     [marks](char c) { return is_lower(c) || is_digit(c) || marks.find(c) != std::string_view::npos; });
}

bool is_zone_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  return file && std::string_view(magic.data(), magic.size()) == "TZif";
}

// "Asia/Shanghai": the zones of a folder per continent, without the copies under posix/ and right/.
std::vector<std::string> zones_of(const fs::path& root) {
  std::vector<std::string> zones;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(root, error); it != fs::recursive_directory_iterator();) {
    const std::string name = it->path().filename().string();
    if (name == "posix" || name == "right" || it.depth() > 2) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file(error) && name.find('.') == std::string::npos) {
      zones.push_back(it->path().lexically_relative(root).string());
    }
    it.increment(error);
    if (error) break;
  }
  std::sort(zones.begin(), zones.end());
  return zones;
}

}  // namespace

bool is_node_id(std::string_view text) { return is_word(text, "_-"); }
bool is_id(std::string_view text) { return is_word(text, "_.-"); }

bool is_domain(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), is_lower);
}

bool is_topic_level(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '$' &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return is_control(c) || c == '/' || c == '+' || c == '#'; });
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [text](std::size_t at, std::size_t length) {
    const std::string_view digits = text.substr(at, length);
    int value = -1;
    if (std::all_of(digits.begin(), digits.end(), is_digit))
      std::from_chars(std::to_address(digits.begin()), std::to_address(digits.end()), value);
    return value;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 1900 || month < 1 || day < 1) return false;
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

bool is_component(std::string_view text) {
  return text.size() == 16 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && text.find("://") == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == '/'; });
}

ConfigNode as_path(const ConfigNode& node) {
  const auto* text = std::get_if<std::string>(&node.data());
  if (text == nullptr) return node;
  ConfigNode::List levels;
  for (const std::string_view level : split(*text, '/')) levels.emplace_back(std::string(level), node.source());
  return {std::move(levels), node.source()};
}

std::optional<std::string> timezone_problem(const std::string& name) {
  const bool formed = !name.empty() && name.front() != '/' && name.find("..") == std::string::npos &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                        return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') ||
                               std::string_view("_+-/").find(c) != std::string_view::npos;
                      });
  std::error_code error;
  if (formed && (name == "UTC" || !fs::is_directory(kZones, error) || is_zone_file(fs::path(kZones) / name))) return {};
  const std::vector<std::string> zones = zones_of(kZones);
  const std::string_view near = nearest(name, Names(zones.begin(), zones.end()));
  return in_quotes(name) + " is not a time zone; allowed: an IANA name such as \"Asia/Shanghai\" or \"UTC\"" +
         (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?");
}

}  // namespace afferent::config
