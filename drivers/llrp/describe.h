// What a message says, in a sentence for a person. Pure function.
#pragma once

#include <string>

#include "drivers/llrp/message.h"

namespace afferent::drivers::llrp {

// "ADD_ROSPEC_RESPONSE 6: M_Success (0)". Of a message of known type.
std::string describe(const Message& message);

}  // namespace afferent::drivers::llrp
