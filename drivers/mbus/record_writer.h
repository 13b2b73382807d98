// Writes true values as the records that a meter would send. Pure functions, thread-safe.
#pragma once

#include <vector>

#include "agent/core/bytes.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::mbus {

struct WrittenRecord {
  core::Bytes bytes;
  std::string channel;
  double value = 0.0;  // as the record's resolution carries it
};

// One for each channel of `now` that the simulated meter has, in the order of its table.
std::vector<WrittenRecord> write_records(const Truth& now);

}  // namespace afferent::drivers::mbus
