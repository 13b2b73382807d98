// Where the rules put what they found. Loop-bound.
#pragma once

#include <string_view>

#include "agent/core/alert.h"
#include "agent/core/envelope.h"
#include "agent/core/event.h"

namespace afferent::rules {

// What comes during one call of the engine belongs together and is to be committed in one parcel.
class Output {
 public:
  virtual ~Output() = default;
  virtual void alert(const core::Alert& alert) = 0;
  virtual void state(core::StateChange change) = 0;
  // An alert that was active at the last shutdown and whose device is no longer configured: state `cleared`. Its
  // `device` means nothing; `device_id` is what the device was called.
  virtual void alert_of_gone_device(const core::Alert& alert, std::string_view device_id) = 0;
  // Of the reading that is being judged, by a rule that scores; see Context::score().
  virtual void score(core::DeviceId /*device*/, std::string_view /*rule*/, double /*score*/) {}
  virtual void event(const core::Event& /*event*/) {}
  virtual void custody(const core::Custody& /*custody*/) {}
  // A device is to be polled this often from now on, since a rule wants to look closely; zero: as configured again. The
  // fastest of what its rules ask for.
  virtual void poll_interval(core::DeviceId /*device*/, core::Millis /*interval*/) {}
};

}  // namespace afferent::rules
