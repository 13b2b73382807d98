// The channels of a reader. Static data.
#pragma once

#include <span>

#include "agent/core/channel.h"

namespace afferent::drivers::llrp {

// In the order in which the readings of a tag come; the first one begins a poll.
inline constexpr core::Channel kTag{0};
inline constexpr core::Channel kAntenna{1};
inline constexpr core::Channel kRssi{2};
inline constexpr core::Channel kCount{3};

std::span<const core::ChannelSpec> all_channels();

}  // namespace afferent::drivers::llrp
