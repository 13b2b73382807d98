// B Meters Hydrodigit water meters: what stands behind the records and DIF 0F. Pure function. There is no public text
// of it: the layout is as receivers of these meters describe it.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// True where there is no maker data.
bool read_bmeters(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
