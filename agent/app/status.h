// What the running agent says of itself, as JSON. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/acquire/line.h"
#include "agent/app/bulletin.h"
#include "agent/config/config.h"
#include "agent/core/json.h"
#include "agent/rules/engine.h"

namespace afferent::app {

using Lines = std::vector<std::unique_ptr<acquire::Line>>;  // by port

// The answer to `status`. `replayed`: how many of the readings no device has said.
std::string status_json(const config::Config& config, const Bulletin& bulletin, const Lines& lines,
                        const rules::Engine& rules, const Sense& sense, std::uint64_t replayed, const core::Stamp& now);

// What it says of one device.
void write_device(core::JsonWriter& json, const config::DeviceConfig& device, const acquire::DeviceHealth& health,
                  const core::Stamp& now);

}  // namespace afferent::app
