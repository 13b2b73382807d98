#include "agent/io/fault_clock.h"

#include "agent/io/clock.h"

#ifdef AFFERENT_FAULTS

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace afferent::io {
namespace {

using core::ClockState;
using core::Error;
using core::ErrorCode;
using core::Nanos;

constexpr Nanos kLookEvery = std::chrono::milliseconds(50);
constexpr Nanos kLongestWait = std::chrono::milliseconds(20);
constexpr double kFastest = 1e6;
constexpr double kFarthest = 1e10;  // s, three centuries

struct Faults {
  Nanos utc_offset{};
  double speed = 1.0;
  std::optional<ClockState> state;
  std::optional<std::uint64_t> boot;
};

// What tells one version of the file from another.
struct Version {
  std::int64_t modified = -1;  // UTC ns; -1: there is no file
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  bool operator==(const Version&) const = default;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool read_offset(std::string_view text, Faults& faults) {
  const auto seconds = number<double>(text);
  if (!seconds || !(std::abs(*seconds) <= kFarthest / 2)) return false;
  faults.utc_offset = Nanos(std::llround(*seconds * 1e9));
  return true;
}

bool read_speed(std::string_view text, Faults& faults) {
  const auto speed = number<double>(text);
  if (!speed || !(*speed >= 0.0 && *speed <= kFastest)) return false;
  faults.speed = *speed;
  return true;
}

bool read_state(std::string_view text, Faults& faults) {
  for (const ClockState state : {ClockState::unsynced, ClockState::holdover, ClockState::synced}) {
    if (core::name_of(state) == text) {
      faults.state = state;
      return true;
    }
  }
  return false;
}

bool read_boot(std::string_view text, Faults& faults) {
  faults.boot = number<std::uint64_t>(text);
  return faults.boot.value_or(0) != 0;
}

struct Line {
  std::string_view key;
  bool (*read)(std::string_view, Faults&);
  std::string_view allowed;
};
constexpr std::array kLines{
    Line{"utc_offset_s", read_offset, "a number of seconds"},
    Line{"speed", read_speed, "0 to 1000000"},
    Line{"state", read_state, "synced, holdover or unsynced"},
    Line{"boot", read_boot, "an integer from 1"},
};

core::Result<void> read_line(std::string_view text, Faults& faults) {
  const std::size_t equals = text.find('=');
  const std::string_view key = trimmed(text.substr(0, equals));
  const auto* const line =
      std::find_if(kLines.begin(), kLines.end(), [key](const Line& known) { return known.key == key; });
  if (equals == text.npos || line == kLines.end()) {
    return Error(ErrorCode::bad_config,
                 "'" + std::string(text) + "' is none of utc_offset_s, speed, state or boot = VALUE");
  }
  const std::string_view value = trimmed(text.substr(equals + 1));
  if (!line->read(value, faults)) {
    return Error(ErrorCode::bad_config,
                 std::string(key) + " = " + std::string(value) + ": allowed is " + std::string(line->allowed));
  }
  return {};
}

// Nothing when the file is empty: whoever writes it has just begun.
core::Result<std::optional<Faults>> read_faults(const std::string& path) {
  std::ifstream file(path);
  Faults faults;
  bool any = false;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const std::string_view line = trimmed(std::string_view(text).substr(0, text.find('#')));
    if (line.empty()) continue;
    any = true;
    if (auto read = read_line(line, faults); !read) {
      return std::move(read).error().in(path + ":" + std::to_string(number));
    }
  }
  return any ? std::optional(faults) : std::nullopt;
}

Version version_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec,
          static_cast<std::uint64_t>(info.st_ino), static_cast<std::int64_t>(info.st_size)};
}

class FaultClock final : public PacedClock {
 public:
  explicit FaultClock(std::string path) : path_(std::move(path)) {
    const core::Stamp start = real_.now();
    anchor_ = {start.boot, start.boot, start.utc};
    looked_ = start.boot;
  }

  core::Result<void> open() {
    const core::Stamp start = real_.now();
    version_ = version_of(path_);
    if (version_.modified < 0) return {};
    auto read = read_faults(path_);
    if (!read) return std::move(read).error();
    const std::optional<Faults> faults = *std::move(read);
    if (!faults) return {};
    faults_ = *faults;
    // As if this process had been there when the file was written: then all that read it agree on the time, and one
    // that was killed and started again does not go back in boot time.
    const Nanos age = std::max(Nanos::zero(), Nanos(start.utc) - Nanos(version_.modified));
    const Nanos gained = scaled(age) - age;
    anchor_.boot += gained;
    anchor_.utc += std::chrono::floor<core::Micros>(gained);
    return {};
  }

  core::Stamp now() const override {
    const std::lock_guard lock(mutex_);
    const core::Stamp real = real_.now();
    look(real.boot);
    core::Stamp stamp = at(real.boot);
    stamp.utc += std::chrono::floor<core::Micros>(faults_.utc_offset);
    stamp.clock = faults_.state.value_or(real.clock);
    return stamp;
  }

  std::uint64_t boot() const override {
    const std::lock_guard lock(mutex_);
    return faults_.boot.value_or(real_.boot());
  }

  Nanos real_wait(Nanos span) const override {
    const std::lock_guard lock(mutex_);
    if (faults_.speed <= 0.0) return kLongestWait;
    const double wait = std::ceil(static_cast<double>(span.count()) / faults_.speed);
    return wait < static_cast<double>(kLongestWait.count()) ? Nanos(static_cast<std::int64_t>(wait)) : kLongestWait;
  }

 private:
  // From here on time runs at the present speed.
  struct Anchor {
    Nanos real;
    Nanos boot;
    core::Micros utc;
  };

  Nanos scaled(Nanos span) const {
    if (faults_.speed == 1.0) return span;
    return Nanos(static_cast<std::int64_t>(static_cast<double>(span.count()) * faults_.speed));
  }

  core::Stamp at(Nanos real) const {
    const Nanos passed = scaled(real - anchor_.real);
    return {anchor_.boot + passed, anchor_.utc + std::chrono::floor<core::Micros>(passed), ClockState::unsynced};
  }

  void look(Nanos real) const {
    if (real - looked_ < kLookEvery) return;
    looked_ = real;
    const Version version = version_of(path_);
    if (version == version_) return;
    auto read = read_faults(path_);
    if (!read) return;  // half written: the next look sees all of it
    const std::optional<Faults> faults = *std::move(read);
    if (!faults) return;
    version_ = version;
    const core::Stamp here = at(real);
    anchor_ = {real, here.boot, here.utc};
    faults_ = *faults;
  }

  const std::string path_;
  const RealClock real_;
  mutable std::mutex mutex_;
  mutable Faults faults_;  // this and all below: guarded by mutex_
  mutable Anchor anchor_{};
  mutable Version version_;
  mutable Nanos looked_{};
};

}  // namespace

core::Result<std::unique_ptr<core::Clock>> make_fault_clock(const std::string& path) {
  auto clock = std::make_unique<FaultClock>(path);
  if (auto opened = clock->open(); !opened) return std::move(opened).error().in("clock faults");
  return std::unique_ptr<core::Clock>(std::move(clock));
}

}  // namespace afferent::io

#else

namespace afferent::io {

core::Result<std::unique_ptr<core::Clock>> make_fault_clock(const std::string& path) {
  return core::Error(
      core::ErrorCode::bad_config,
      "clock faults " + path + ": this build has the real clock only; configure it with AFFERENT_FAULTS");
}

}  // namespace afferent::io

#endif
