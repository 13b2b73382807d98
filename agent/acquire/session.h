// One driver on a line: calls it, and keeps what it asked for until the line acts on it. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/acquire/collector.h"
#include "agent/acquire/health.h"
#include "agent/acquire/lazy_timer.h"
#include "agent/acquire/notices.h"
#include "agent/acquire/quarantine.h"
#include "agent/acquire/schedule.h"
#include "agent/acquire/setup.h"
#include "agent/core/driver.h"

namespace afferent::acquire {

class Session final : private core::Sink {
 public:
  struct Surroundings {
    SeriesTable& series;
    core::PollSink& polls;
    core::Timers& timers;
    Notices& notices;
    std::uint64_t& line_rejects;
  };

  // `woken` is called when the driver's own timer fires.
  Session(core::Scope scope, const std::vector<DeviceSetup>& devices, std::unique_ptr<core::Driver> driver,
          Surroundings around, std::function<void()> woken);

  void call(const core::WireEvent& event, const core::Stamp& now);
  void command(const core::DeviceCommand& command, const core::Stamp& at);

  // What the driver asked for in its calls since it was last taken.
  bool has_outgoing() const { return next_out_ < outgoing_.size(); }
  core::Outgoing take_outgoing();
  void drop_outgoing();
  std::optional<core::Result<void>> take_end();
  bool has_end() const { return end_.has_value(); }
  std::optional<std::string> take_reopen();
  bool waits_for_wake() const { return wake_.waits(); }

  // Hands what was read to rules and codec; false when there was nothing.
  bool hand_over();

  void turn_began();
  std::vector<Heard> take_heard();  // since the last command began
  bool heard_in_turn() const { return turn_readings_ > 0; }
  std::uint64_t rejects() const { return rejects_; }

  bool polled() const { return scope_ == core::Scope::device; }
  bool listens() const { return !polled() || driver_->listens(); }  // to what comes outside its turn
  const DeviceSetup& setup() const { return devices_.front(); }  // which gives the timing; of a port driver the first
  const std::vector<DeviceSetup>& devices() const { return devices_; }
  core::Driver& driver() { return *driver_; }
  HealthRecord& health() { return health_.front(); }
  DeviceHealth health_of(std::size_t device) const;
  void note(std::string_view error);  // to all devices

  Quarantine quarantine;
  Grid grid;
  bool first_poll = true;  // which is at once, not on the grid
  bool queued = false;     // it waits for a turn outside the schedule: to send, or to be woken
  bool woken = false;      // its own timer fired and it was not told yet

 private:
  void reading(core::DeviceRef device, core::Channel channel, core::Value value, std::optional<core::Micros> measured,
               core::Quality quality) override;
  core::Channel declare(core::DeviceRef device, const core::ChannelSpec& channel) override;
  void reject(core::ByteView bytes, std::string_view why) override;
  void fault(core::DeviceRef device, core::ByteView bytes, std::string_view why) override;
  void heard(std::string_view id, std::string_view what) override;
  void send(core::Outgoing outgoing) override;
  void wake_in(core::Millis delay) override;
  void done(core::Result<void> result) override;
  void reopen(std::string_view why) override;

  const core::Scope scope_;
  const std::vector<DeviceSetup> devices_;  // never empty
  const std::unique_ptr<core::Driver> driver_;
  const Surroundings around_;
  Collector collector_;
  std::vector<HealthRecord> health_;  // by DeviceRef
  std::vector<bool> faulted_;         // by DeviceRef: what its driver said last was a fault, not a reading
  LazyTimer wake_;

  core::Stamp at_;  // of the call that runs
  std::vector<core::Outgoing> outgoing_;
  std::size_t next_out_ = 0;
  std::optional<core::Result<void>> end_;
  std::optional<std::string> reopen_;
  std::optional<std::vector<Heard>> heard_;  // as long as a command runs
  std::uint64_t turn_readings_ = 0;
  std::uint64_t rejects_ = 0;
};

}  // namespace afferent::acquire
