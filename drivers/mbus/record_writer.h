// Writes true values as the records that a meter would send. Pure functions, thread-safe.
#pragma once

#include <span>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/channel.h"
#include "drivers/common/simulated.h"

namespace afferent::drivers::mbus {

struct WrittenRecord {
  core::Bytes bytes;
  std::string channel;
  double value = 0.0;  // as the record's resolution carries it
};

// One for each channel of `now` that the simulated meter has, in the order of its table.
std::vector<WrittenRecord> write_records(const Truth& now);

// All that the simulated meter can show, the flags of its header included, as the driver declares them.
std::span<const core::ChannelSpec> written_channels();

}  // namespace afferent::drivers::mbus
