// Gathers the readings of one domain by column and closes them into a TelemetryBatch. Loop-bound.
//
// The hot path is poll(): a reading costs a bounds check and a push to its column. Everything else happens when a batch
// is closed: after the batch time, at about 16 kB or what the broker takes, at once for a device's first poll, and
// after each poll where the batch time is zero.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/envelope.h"
#include "agent/core/reading.h"

namespace afferent::codec {

class Batcher {
 public:
  // `devices`: ids by DeviceId, of all devices of the agent. They are copied.
  Batcher(std::string domain, std::vector<std::string> devices, core::Millis batch);
  ~Batcher();

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel);

  // Messages of more than `bytes` are not delivered: batches are closed well before, if need be within a poll.
  void limit(std::size_t bytes);

  // Closed batches are appended to `out`; all readings of `poll` belong to one device.
  void poll(const core::Poll& poll, std::vector<core::Envelope>& out);

  // When tick() has to be called to close an open batch; Nanos::max() while there is none.
  core::Nanos deadline() const { return deadline_; }
  void tick(core::Nanos now, std::vector<core::Envelope>& out);
  void close(std::vector<core::Envelope>& out);  // whatever is open, at shutdown

 private:
  struct Column;
  struct DeviceColumns;
  class Writer;

  Column* column_of(core::Series series);
  void open(std::size_t device, core::Nanos received);
  void append(const core::Reading& reading, DeviceColumns& device);

  const std::string domain_;
  const core::Millis batch_;
  std::vector<DeviceColumns> devices_;            // by DeviceId
  std::vector<std::unique_ptr<Column>> columns_;  // by Series; null for a series of another domain
  std::vector<std::size_t> open_devices_;         // with polls in the open batch, in order of their first
  std::unique_ptr<Writer> writer_;
  core::Nanos first_{};
  core::Nanos last_{};
  core::Nanos deadline_ = core::Nanos::max();
  std::size_t full_;       // estimated bytes at which a batch is closed
  std::size_t bytes_ = 0;  // estimate of the open batch's size
  std::uint32_t readings_ = 0;
};

}  // namespace afferent::codec
