// The driver of one GPIO line. Loop-bound, see core::Driver.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/gpio/pulse_counter.h"
#include "drivers/gpio/settings.h"

namespace afferent::drivers::gpio {

class Line final : public core::Driver {
 public:
  explicit Line(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override { return channels_; }
  std::vector<core::PortWish> wishes() const override;
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  core::Bytes save() const override;  // the count
  core::Result<void> restore(core::ByteView saved) override;

 private:
  bool mine(std::string_view name) const { return settings_.wish.name.empty() || name == settings_.wish.name; }
  void opened(core::Sink& sink);
  void received(const core::WireEvent& event, core::Sink& sink);
  void text(const core::WireEvent& event, core::Sink& sink);
  void edge(bool level, std::uint64_t number, core::Nanos at, core::Sink& sink);
  void report(std::optional<bool> level, core::Nanos now, core::Sink& sink);
  void ask(core::Sink& sink) const;
  void drive(bool on, core::Sink& sink);
  void woken(core::Sink& sink);
  core::Result<void> set_output(const core::DeviceCommand& command, core::Sink& sink);
  core::Result<void> set_total(const core::DeviceCommand& command);

  const Settings settings_;
  const std::vector<core::ChannelSpec> channels_;
  PulseCounter counter_;
  std::optional<bool> driven_;  // output: as last driven
  bool pulsing_ = false;        // output: goes back when woken
};

}  // namespace afferent::drivers::gpio
