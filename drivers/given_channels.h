// Which channels a built-in driver can give, by name or by family, for people who write rules. Static data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/channel.h"

namespace afferent::drivers {

struct GivenChannel {
  std::string name;  // of one channel, or of a family: `*` is anything or nothing, `N` a number: "volume@N", "flag_*"
  core::Quantity quantity = core::Quantity::none;
  std::string help = {};      // when it comes, or what it is; may be empty
  bool any_quantity = false;  // who names it says its quantity too

  bool is_family() const { return name.find_first_of("*N") != std::string::npos; }
  bool covers(std::string_view channel, core::Quantity measured) const;
};

struct GivenChannels {
  std::string_view decides;  // what decides which of them a device has, a sentence
  std::vector<GivenChannel> channels;
};

// No channels for a driver that is not built in: it is asked itself.
GivenChannels given_channels(std::string_view driver);

}  // namespace afferent::drivers
