// A GPIO line for the simulator: the kernel's events, as a stand-in for a chip sends them. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/core/driver.h"
#include "agent/core/result.h"
#include "drivers/common/simulated.h"
#include "drivers/gpio/settings.h"

namespace afferent::drivers::gpio {

// struct gpio_v2_line_event of linux/gpio.h, in the byte order of the machine.
struct ChipEvent {
  std::uint64_t timestamp_ns = 0;  // 0: now
  std::uint32_t id = 0;            // 1 rising, 2 falling
  std::uint32_t offset = 0;        // number of the line
  std::uint32_t seqno = 0;
  std::uint32_t line_seqno = 0;  // from 1 with each connection
  std::uint32_t padding[6]{};
};
static_assert(sizeof(ChipEvent) == 48);

class SimulatedLine final : public SimulatedDevice {
 public:
  SimulatedLine(Settings settings, std::uint32_t line) : settings_(std::move(settings)), line_(line) {}

  // An output: what it was driven to last is served. No answer.
  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override;
  // Line numbers begin again; the level is told with the next push, and what happened meanwhile is not.
  core::Bytes greeting() override;
  // The edges since the last push. A contact tells its level with an edge once after a greeting. Pulses follow the
  // channel `pulses` or the measure's total; served are both, as who counts from the start has them.
  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override;
  std::string name() const override { return std::to_string(line_); }
  bool shows(std::string_view channel) const override;

 private:
  core::Bytes contact(const Truth& now, Truth& served);
  core::Bytes pulses(const Truth& now, Truth& served);
  void edge(bool rising, core::Bytes& events);
  std::optional<std::int64_t> count_in(const Truth& now) const;

  const Settings settings_;
  const std::uint32_t line_;
  std::uint32_t number_ = 0;          // of the last edge
  std::optional<bool> level_;         // that was told
  std::optional<std::int64_t> seen_;  // pulses in the truth at the last push
  std::int64_t told_ = 0;             // pulses that went out
};

// Error{bad_config} for a line that is named instead of numbered: only a board has names.
core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device);

}  // namespace afferent::drivers::gpio
