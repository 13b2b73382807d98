// Messages to a device, as the network server wants them. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/core/bytes.h"
#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/json_reader.h"
#include "drivers/lorawan/event.h"

namespace afferent::drivers::lorawan {

struct Downlink {
  core::Bytes bytes;
  std::uint8_t fport = 1;
  bool confirmed = false;
};

// The command `downlink` as it was given: either bytes, or `data` for the codec.
struct DownlinkWish {
  Downlink downlink;
  bool fport_given = false;
  std::string data;  // JSON object; empty: `downlink` is complete
};

core::Result<DownlinkWish> read_wish(const std::map<std::string, std::string>& arguments);

// What encodeDownlink gave: {bytes, fPort, errors}.
core::Result<Downlink> encoded(const DownlinkWish& wish, const Json& result);

core::Outgoing message(const Topic& topic, const std::string& dev_eui, const Downlink& downlink);

}  // namespace afferent::drivers::lorawan
