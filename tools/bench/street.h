// A street for the benchmarks: devices with channels, four threshold rules on each channel, and the codec behind them.
// Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agent/codec/batcher.h"
#include "agent/codec/messages.h"
#include "agent/io/random.h"
#include "agent/rules/engine.h"

namespace afferent::bench {

struct StreetPlan {
  std::uint32_t devices = 50;
  std::uint32_t channels = 4;  // of each device
  core::Millis poll{1000};     // between two polls of a device
  core::Millis batch{5000};
  bool rules = true;
};

class Street final : private rules::Output {
 public:
  explicit Street(const StreetPlan& plan);

  // One poll of each device, an interval later than the last; closed batches are appended to `envelopes`.
  void poll_all(std::vector<core::Envelope>& envelopes);
  void close(std::vector<core::Envelope>& envelopes) { batcher_.close(envelopes); }

  std::uint32_t readings_a_round() const { return plan_.devices * plan_.channels; }
  std::uint64_t alerts() const { return alerts_; }

 private:
  void alert(const core::Alert& alert) override;
  void state(core::StateChange change) override;
  void alert_of_gone_device(const core::Alert& alert, std::string_view device_id) override;
  void make_rules();
  void add_series();
  void step_values();

  const StreetPlan plan_;
  io::RandomDevice random_;
  std::vector<core::DeviceIdentity> devices_;
  std::unique_ptr<rules::Engine> engine_;
  codec::Batcher batcher_;
  std::vector<core::Poll> polls_;          // one a device, reused
  std::vector<std::int64_t> millimetres_;  // by series
  core::Nanos now_ = core::Seconds(1000);
  std::uint64_t noise_ = 1;
  std::uint64_t alerts_ = 0;
};

}  // namespace afferent::bench
