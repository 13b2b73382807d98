// Kamstrup water and heat meters: the info codes, records of the maker's own among standard ones. Pure functions. There
// is no public text of them: the bits are as receivers of these meters describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// Bits as flags; true where there is no info code.
bool read_kamstrup_water(const MakerFrame& frame, MakerReadings& out, std::string& why);
// The number as it is: its bits differ between the heat meters.
bool read_kamstrup_heat(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
