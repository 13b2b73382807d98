// B Meters: what stands behind the records and DIF 0F of Hydrodigit water meters, and the registers of Hydrocal heat
// meters that their records do not tell apart. Pure functions. There is no public text of it: the layouts are as
// receivers of these meters describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// True where there is no maker data.
bool read_bmeters(const MakerFrame& frame, MakerReadings& out, std::string& why);
// Energy and volume of heating, the same of cooling, volumes of two inputs, all with the same heads: true without a
// reading where the records are not these.
bool read_hydrocal(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
