#include "drivers/llrp/channels.h"

#include <array>

namespace afferent::drivers::llrp {

std::span<const core::ChannelSpec> all_channels() {
  using core::Quantity;
  static const std::array kChannels{
      core::ChannelSpec{"tag", Quantity::text},
      core::ChannelSpec{"antenna", Quantity::none, 0, 1, 65'535},
      core::ChannelSpec{"rssi", Quantity::signal, 0, -128, 127},
      core::ChannelSpec{"count", Quantity::none, 0, 0, 65'535},
  };
  return kChannels;
}

}  // namespace afferent::drivers::llrp
