// Techem water meters: radio 3 and 4 behind CI A2, in tenths of a cubic metre. Pure functions. There is no public text
// of them: the layouts are as receivers of these meters describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// The value of the last settlement day and what was used since.
bool read_techem_water(const MakerFrame& frame, MakerReadings& out, std::string& why);
// The total and what was used in each half of the last months.
bool read_techem_half_months(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
