// The way back: a TelemetryBatch as a subscriber reads it. Used by `afferent sub` and by tests. Pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "afferent/v1/afferent.pb.h"
#include "agent/core/result.h"

namespace afferent::codec {

struct ExpandedReading {
  std::string_view device;
  std::string_view channel;
  std::uint64_t boot_ms = 0;
  bool is_text = false;
  double number = 0.0;
  std::string_view text;
  v1::Quality quality = v1::QUALITY_GOOD;
  std::optional<std::int64_t> measured_ms;  // UTC, by the source; nothing where the poll time is as good
};

// Calls `each` for every reading, series by series. Error{bad_input} for a batch whose columns do not fit together; the
// readings before the fault have been given by then.
core::Result<void> expand(const v1::TelemetryBatch& batch, const std::function<void(const ExpandedReading&)>& each);

}  // namespace afferent::codec
