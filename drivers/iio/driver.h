// The driver of one sensor of the Industrial I/O. Loop-bound, see core::Driver.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/iio/attributes.h"
#include "drivers/iio/settings.h"

namespace afferent::drivers::iio {

class Sensor final : public core::Driver {
 public:
  explicit Sensor(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override { return channels_; }
  void on(const core::WireEvent& event, core::Sink& sink) override;
  void command(const core::DeviceCommand& command, core::Sink& sink) override;
  core::Bytes save() const override;  // the reference that a command took
  core::Result<void> restore(core::ByteView saved) override;

 private:
  void begin(bool for_reference, core::Sink& sink);
  void ask(core::Sink& sink);
  void received(const core::WireEvent& event, core::Sink& sink);
  void text(core::ByteView bytes, core::Sink& sink);
  void sampled(core::Sink& sink);
  core::Result<void> finish(core::Sink& sink);
  core::Result<void> report_tilt(core::Sink& sink);
  void report_value(core::Sink& sink);
  double middle() const;
  const Vector& reference() const;

  const Settings settings_;
  const std::vector<core::ChannelSpec> channels_;
  Attributes attributes_;
  std::vector<std::vector<double>> samples_;  // of this turn
  std::optional<Vector> taken_;               // by the command
  bool for_reference_ = false;                // this turn
  std::string asked_;                         // empty: nothing
};

}  // namespace afferent::drivers::iio
