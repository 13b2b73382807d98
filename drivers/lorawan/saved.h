// What the driver keeps over a restart: of each device its frame counter, session and the topic of its downlinks. Pure
// functions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "drivers/lorawan/device.h"

namespace afferent::drivers::lorawan {

core::Bytes pack(const std::vector<Device>& devices);

// `device` finds one by its devEui, or nullptr for one that is gone. Error{bad_input}: nothing more could be read.
core::Result<void> unpack(core::ByteView saved, const std::function<Device*(const std::string&)>& device);

}  // namespace afferent::drivers::lorawan
