// A sensor of the Industrial I/O for the simulator: the texts of its attributes. Loop-bound.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/iio/settings.h"

namespace afferent::drivers::iio {

class SimulatedAttributes final : public SimulatedDevice {
 public:
  explicit SimulatedAttributes(Settings settings);

  // Attributes are read without asking: nothing.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;
  // Lines `FILE=TEXT`, as `afferent decode` takes them: the scale, where the options do not say it.
  core::Bytes greeting() override;
  // The raw values that changed. Tilt: `tilt` away from the reference, in any direction; `vibration` lengthens the
  // vector. Loop: the channel, or 0 mA while `flag_broken_wire`.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;
  std::string name() const override;  // "in_accel", "in_voltage0"
  bool shows(std::string_view channel) const override;

 private:
  using Texts = std::map<std::string, std::string>;  // by file
  Texts tilted(const Truth& now, Truth& served) const;
  Texts mapped(const Truth& now, Truth& served) const;
  double raw(double value) const;  // what the file says for what (raw + offset) * scale makes
  double made(double raw) const;

  const Settings settings_;
  const double scale_;
  const double offset_;
  Texts last_;
};

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::iio
