// Apator water meters: 16-2 (registers in place of records), NA-1 (one encrypted block), the older 08 and 17-2. Pure
// functions. There is no public text of them: the layouts are as receivers of these meters describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

bool read_apator_08(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_162(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_172(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_na1(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
