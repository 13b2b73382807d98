// Who a device is and where it stands: the identity part of a [[device]] table. Private to this folder.
#pragma once

#include "agent/config/loading.h"
#include "agent/core/device.h"

namespace afferent::config {

// Other ways to write a device's keys made the one of the field table: a grid path as a text, calibration as a table by
// channel.
core::ConfigNode normal_form(Loading& loading, const core::ConfigNode& written);

// From the checked table; what does not fit together is a problem.
core::DeviceIdentity read_identity(Loading& loading, const core::ConfigNode& table);

}  // namespace afferent::config
