// Qundis meters' walk-by telegrams: a block of 53 bytes in a maker's record (VIF FF 5F), plain or encrypted. Pure
// function. There is no public text of it: the layout is as receivers of these meters describe it.
#pragma once

#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// True where there is no such record.
bool read_qundis(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
