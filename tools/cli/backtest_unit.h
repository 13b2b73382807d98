// In which unit recorded data are. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "agent/config/rules_only.h"
#include "agent/core/quantity.h"
#include "agent/core/result.h"

namespace afferent::cli {

struct DataUnit {
  core::Quantity quantity = core::Quantity::none;
  double scale = 1.0;  // from the data's unit to the quantity's
};

// `unit` as it was given; empty: the data are in the channel's own unit where a rule has limits in it, else in one that
// nobody has said, so that sentences say none. Error{bad_config} names the units that there are for the channel.
core::Result<DataUnit> unit_of_data(const config::LoadedRules& loaded, std::string_view channel, std::string_view unit);

}  // namespace afferent::cli
