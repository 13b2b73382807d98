// An LLRP reader for the simulator: accepts a client, does as it is told and reports the tag that the truth holds.
// Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/llrp/message.h"

namespace afferent::drivers::llrp {

class SimulatedReader final : public SimulatedDevice {
 public:
  // Replies to the requests in it, each with its id. Behind a reply to START_ROSPEC and to GET_REPORT, and behind an
  // acknowledged keep-alive, stands a report while an inventory runs. A wrong header ends the answer.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;

  // A new connection ends the inventory of the last one.
  core::Bytes greeting() override;
  // A keep-alive, and a report of when the occasion is.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;

  core::Bytes keepalive();
  // Of the channels `tag` (EPC in hex; several are separated by blanks), `antenna`, `rssi` and `count`. Nothing while
  // no inventory runs, or where there is no tag.
  core::Bytes report(const Truth& now, Truth& served, std::optional<core::Micros> seen = {});

 private:
  core::Bytes reply(const Message& message);
  std::uint16_t obey(const Message& message);

  std::uint32_t last_id_ = 0;
  std::uint8_t version_ = kVersion1;  // as the client speaks
  bool has_rospec_ = false;
  bool enabled_ = false;
  bool running_ = false;
};

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::llrp
