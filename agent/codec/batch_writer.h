// Writes closed columns into a TelemetryBatch message that is used again and again. Private to agent/codec; loop-bound.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/codec/column.h"
#include "agent/codec/encode.h"

namespace afferent::codec {

class Batcher::Writer {
 public:
  void begin(core::Nanos base);
  void device(const std::string& id, std::span<const core::Nanos> polls);  // followed by its series
  void series(const Column& column);
  core::Bytes finish();

 private:
  void number(const Column& column);
  void values(std::span<const std::int64_t> wholes);

  pb::TelemetryBatch batch_;
  std::int64_t base_ms_ = 0;
  std::int64_t measured_index_ = 0;  // of the pair before
  std::int64_t measured_ms_ = 0;
  std::vector<std::int64_t> wholes_;
};

}  // namespace afferent::codec
