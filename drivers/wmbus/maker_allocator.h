// Heat cost allocators: Apator E-ITN and E-ITN 40, BFW 240. Pure functions. There is no public text of them: the
// layouts are as receivers of these allocators describe them.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

bool read_apator_eitn(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_eitn_wrapped(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_eitn_40(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_apator_eitn_40_wrapped(const MakerFrame& frame, MakerReadings& out, std::string& why);
bool read_bfw_240(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
