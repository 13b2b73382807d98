// What people say to alerts and devices, as verbs: acknowledge, shelve, maintenance windows, holidays. The same
// handlers serve the control socket and any other way in. Loop-bound.
//
//   alerts               -> {"alerts": [...], "shelved": [...]}
//   alert-ack            alert, who, note
//   alert-shelve         alert, until, who, note
//   alert-unshelve       alert
//   maintenance-start    device (absent: all), until, from (absent: now), who, note    -> {"number": 3, ...}
//   maintenance-stop     number, or device (all of its windows; absent: those of all devices)
//   maintenance-list     -> {"entries": [...]}
//   holiday-add, holiday-remove, holiday-list    likewise; a device is needed
//
// `alert` is an id in hexadecimal, the beginning of one, or rule/device. Times are as in moment.h.
#pragma once

#include <functional>

#include "agent/app/commands.h"
#include "agent/app/sense.h"
#include "agent/config/config.h"
#include "agent/core/clock.h"
#include "agent/core/json.h"

namespace afferent::app {

// `changed` is called after each order: deadlines may have moved. All that is referred to outlives the commands.
void add_orders(Commands& commands, const config::Config& config, const core::Clock& clock, Sense& sense,
                std::function<void()> changed);

// An alert as `status` and `alerts` show it.
void write_alert(core::JsonWriter& json, const core::Alert& alert, const config::Config& config, const core::Zone& zone,
                 const core::Stamp& now);

}  // namespace afferent::app
