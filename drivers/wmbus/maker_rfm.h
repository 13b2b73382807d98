// B Meters RFM-TX1, the older radio module of water meters: a total that is mixed with the access number, and a clock.
// Pure function. There is no public text of it: the layout is as receivers of these meters describe it.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

bool read_rfm_tx1(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
