// A telegram as a dongle of each kind hands it over: the other side of the sources, for the simulator. Pure.
#pragma once

#include <optional>

#include "agent/core/bytes.h"
#include "drivers/wmbus/source.h"

namespace afferent::drivers::wmbus {

struct Wrapped {
  core::Bytes bytes;
  std::optional<double> rssi;  // dBm, as the dongle's resolution carries it; nothing where it says none
};

// `frame` begins with L and has no checksums.
Wrapped wrapped(const SourceOptions& source, core::ByteView frame, double rssi);

}  // namespace afferent::drivers::wmbus
