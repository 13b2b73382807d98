// Techem heat meters (Compact V, Vario 4) and heat cost allocators (radio 3 and 4): the value of the last settlement
// day and what was used since. Pure functions. There is no public text of them: the layouts are as receivers of these
// meters describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

bool read_techem_heat(const MakerFrame& frame, MakerReadings& out, std::string& why);        // in kWh
bool read_techem_heat_joule(const MakerFrame& frame, MakerReadings& out, std::string& why);  // in MJ
bool read_techem_allocator(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
