// Zenner EDC water meters with a radio module of type 0B: the reading stands behind DIF 0F. Pure function. There is no
// public text of it: the layout is as receivers of these meters describe it.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// True where there is no maker data.
bool read_zenner(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
