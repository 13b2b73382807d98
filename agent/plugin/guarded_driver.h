// Keeps the mistakes of a driver from elsewhere to its devices: catches what it throws, watches how long it takes, and
// lets it rest when it goes on. Loop-bound. A crash or a call that never returns cannot be contained in one process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/driver.h"

namespace afferent::plugin {

inline constexpr int kMostThrows = 3;
inline constexpr core::Millis kLongestCall{50};
inline constexpr core::Seconds kQuarantine{600};

// spec.create(), and for a driver from elsewhere a guard around what it gives. Error{bug} when it throws or gives
// nothing. `clock` outlives the driver.
core::Result<std::unique_ptr<core::Driver>> create_driver(const core::DriverSpec& spec,
                                                          const core::DriverConfig& config, const core::Clock& clock);

// After kMostThrows exceptions or one call of more than kLongestCall the driver is not called for kQuarantine: each
// turn ends with an Error, so that its devices' health shows it. Then it is told what opened and closed meanwhile.
class GuardedDriver final : public core::Driver {
 public:
  // `driver` is not null; `port_devices` is the number of its devices for scope port, else 0.
  GuardedDriver(std::unique_ptr<core::Driver> driver, std::string name, std::size_t port_devices,
                const core::Clock& clock);

  std::span<const core::ChannelSpec> channels(core::DeviceRef device) const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  std::vector<core::PortWish> wishes() const override;
  bool listens() const override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  core::Bytes farewell() const override;
  core::Bytes save() const override;  // while it cannot be asked: what it said last
  core::Result<void> restore(core::ByteView saved) override;

 private:
  template <class Call>
  std::optional<std::string> fault_of(Call call) const;  // what was wrong with the call; nothing: all well
  bool resting() const;
  core::Error resting_error() const;
  void decline(const core::WireEvent& event, core::Sink& sink);
  void miss(const core::WireEvent& event);
  void call(const core::WireEvent& event, core::Sink& sink);

  const std::unique_ptr<core::Driver> driver_;
  const std::string name_;
  const std::size_t port_devices_;
  const core::Clock& clock_;
  std::vector<core::WireEvent> missed_;  // opened, closed and wake: without bytes

  // Changed by the calls that are const for the driver too.
  mutable int throws_ = 0;  // since the last quarantine
  mutable std::optional<core::Nanos> rests_until_;
  mutable std::string why_;
  mutable core::Bytes saved_;
};

}  // namespace afferent::plugin
