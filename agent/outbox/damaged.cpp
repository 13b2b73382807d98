#include "agent/outbox/damaged.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include "agent/outbox/files.h"

namespace afferent::outbox {
namespace {

using core::Result;

constexpr std::size_t kMostEarlier = 2;

std::string note_of(const std::string& path) { return path + ".setting-aside"; }

std::string compact(core::Micros utc) {
  const std::chrono::sys_time<core::Micros> time(utc);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::string free_name(const std::string& path, core::Micros utc) {
  const std::string name = path + ".damaged-" + compact(utc);
  std::string tried = name;
  for (int number = 2; exists(tried) || exists(tried + "-wal"); ++number) tried = name + "-" + std::to_string(number);
  return tried;
}

constexpr std::array kParts{"", "-wal", "-shm", "-journal"};

// Those set aside before `newest`, the newest first by when they were last written.
std::vector<std::string> earlier_ones(const std::string& path, const std::string& newest) {
  const std::filesystem::path database(path);
  const std::filesystem::path folder = database.has_parent_path() ? database.parent_path() : ".";
  const std::filesystem::path newest_name = std::filesystem::path(newest).filename();
  const std::string prefix = database.filename().string() + ".damaged-";
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> found;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool is_part = name.ends_with("-wal") || name.ends_with("-shm") || name.ends_with("-journal");
    if (!name.starts_with(prefix) || is_part || name == newest_name) continue;
    std::error_code unknown;
    found.emplace_back(at->last_write_time(unknown), at->path().string());
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<std::string> names;
  for (auto& [time, name] : found) names.push_back(std::move(name));
  return names;
}

void forget_old_ones(const std::string& path, const std::string& newest) {
  const std::vector<std::string> names = earlier_ones(path, newest);
  for (std::size_t i = kMostEarlier; i < names.size(); ++i) {
    for (const char* part : kParts) ::unlink((names[i] + part).c_str());
  }
}

Result<void> rename_all(const std::string& path, const std::string& target) {
  for (const char* part : kParts) {
    if (::rename((path + part).c_str(), (target + part).c_str()) != 0 && errno != ENOENT) {
      return system_error(path + part, core::ErrorCode::retry);
    }
  }
  auto synced = sync_folder_of(path);
  if (!synced) return synced;
  ::unlink(note_of(path).c_str());
  return sync_folder_of(path);  // before there is a new database that the note would take away
}

}  // namespace

Result<std::string> set_aside_files(const std::string& path, core::Micros utc) {
  const std::string target = free_name(path, utc);
  auto noted = write_small_file(note_of(path), target + "\n");
  // On a full disk it must do without the note, which matters only if the power fails in the next milliseconds.
  if (!noted && noted.error().code() != core::ErrorCode::full) return std::move(noted).error();
  auto renamed = rename_all(path, target);
  if (!renamed) return std::move(renamed).error();
  forget_old_ones(path, target);
  return target;
}

Result<void> finish_setting_aside(const std::string& path) {
  if (!exists(note_of(path))) return {};
  std::string target = read_small_file(note_of(path));
  if (target.starts_with(path + ".damaged-") && target.ends_with("\n")) {
    target.pop_back();
    return rename_all(path, target);
  }
  // A note that was cut short was written before the first rename: nothing is to be ended.
  ::unlink(note_of(path).c_str());
  return {};
}

}  // namespace afferent::outbox
