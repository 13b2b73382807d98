// What was served and what was done to it, as JSON lines, each complete before the next begins. Loop-bound.
//   {"boot_ms":..,"device":"..","channel":"..","value":..,"answer":7}      a value of an answer that left intact
//   {"boot_ms":..,"event":"crc","line":"..","device":"..", ...}            a fault that struck
// `boot_ms` is CLOCK_BOOTTIME; values of one answer share its number.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/core/time.h"
#include "drivers/common/simulated.h"

namespace afferent::simulator {

struct Event {
  std::string_view what;
  std::string_view line;
  std::string_view device = {};
  std::string_view detail = {};
};

class TruthLog {
 public:
  // `write` takes one line without its end and says whether that was kept.
  using Write = std::function<bool(std::string_view line)>;
  explicit TruthLog(Write write) : write_(std::move(write)) {}

  // Truncates `path`; each line is flushed. Empty: nothing is kept. Error{retry} with the system's reason.
  static core::Result<std::unique_ptr<TruthLog>> open(const std::string& path);

  void served(core::Nanos boot, std::string_view device, const drivers::Truth& values);
  void event(core::Nanos boot, const Event& event);
  bool complete() const { return complete_; }  // false: a line could not be written

 private:
  void put(std::string_view line) { complete_ = write_(line) && complete_; }

  Write write_;
  bool complete_ = true;
  std::uint64_t answers_ = 0;
};

}  // namespace afferent::simulator
