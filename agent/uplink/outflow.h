// What is committed goes to the broker: in order within a stream, alerts before gaps before telemetry, never more in
// flight than the window; and what the broker answers goes back to the store. Used by the deliver thread only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/log.h"
#include "agent/core/sealer.h"
#include "agent/core/uplink.h"
#include "agent/outbox/store.h"
#include "agent/uplink/room.h"
#include "agent/uplink/stream_flow.h"
#include "agent/uplink/tokens.h"

namespace afferent::uplink {

struct OutflowOptions {
  std::function<std::string(const outbox::Stream&)> topic;  // asked once a stream
  std::uint32_t window = 100;                               // messages
  std::uint32_t max_message = 65536;                        // bytes of a payload with its seal
};

struct OutflowTools {  // all outlive it
  outbox::Store& store;
  core::Uplink& uplink;
  Room& room;  // cleared by whoever shares it when there is a new connection
  const core::Sealer& sealer;
  core::Log& log;
};

class Outflow {
 public:
  Outflow(OutflowOptions options, OutflowTools tools) : options_(std::move(options)), tools_(tools) {}

  // Everything unacknowledged is offered again. A maximum of 0 is none.
  void connected(std::uint64_t most_packet, std::uint16_t receive_maximum, core::Nanos now);
  void acked(const Token& token, core::Nanos now);
  void refused(const Token& token, int code, core::Nanos now);
  void lost(core::Nanos now);    // the connection: nothing that flies will be answered
  void committed(bool success);  // after each attempt to commit: the store may have new rows, fewer, or a new epoch
  void boots_changed() { boot_.reset(); }
  void end_rests();  // nothing more will come that could go with what waits

  // Fills the window; `beside` is what else is in flight, which the broker counts as well.
  void publish(core::Nanos now, std::uint64_t beside);
  bool flush(core::Nanos now, bool all = false);  // deletes what was acknowledged 10 s ago, if nothing else did

  core::Nanos due(bool connected) const;  // when something is to be tried again or flushed
  std::uint64_t in_flight() const { return in_flight_; }
  core::Nanos oldest() const;  // when the oldest message in flight was sent; kNever: none is
  std::uint64_t delivered_messages() const { return delivered_messages_; }
  std::uint64_t delivered_readings() const { return delivered_readings_; }
  std::uint64_t unflushed() const { return unflushed_; }  // acknowledged, and still rows of the store
  std::uint64_t most_message() const;                     // payload bytes that the broker takes; 0: not known
  std::string trouble() const;                            // which streams are refused, and why; empty: none

 private:
  struct Sealing {
    std::uint64_t boot = 0;
    std::optional<core::BootFact> fact;
  };

  void adopt_streams();
  bool epoch_changed();
  bool publish_one(std::size_t stream, core::Nanos now);
  bool a_probe_flies() const;  // of any stream
  bool send(std::size_t stream, outbox::Row& row, std::size_t packet, core::Nanos now);
  void seal(outbox::Row& row);
  bool has_room() const;
  void landed(const StreamFlow::Flight& flight);
  void move_overtaken(std::size_t stream, core::Nanos now);
  bool fits(const StreamFlow& flow, const outbox::Row& row) const;
  bool set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason, core::Nanos now);
  void hold(const std::string& why, core::Nanos now);

  const OutflowOptions options_;
  const OutflowTools tools_;
  std::vector<StreamFlow> flows_;                        // by stream
  std::array<std::vector<std::size_t>, 3> by_priority_;  // streams of each priority
  std::array<std::size_t, 3> turn_{};                    // whose turn it is among them
  std::uint64_t epoch_ = 0;
  std::uint8_t generation_ = 0;  // of tokens: changes with the connection and the epoch
  std::uint64_t most_packet_ = 0;
  std::uint64_t window_ = 0;
  std::uint64_t receive_maximum_ = 65535;
  std::uint64_t in_flight_ = 0;
  std::size_t in_flight_bytes_ = 0;  // of packets, taken from the room
  std::uint64_t dropped_ = 0;        // store's count when rows were read ahead
  std::optional<Sealing> boot_;
  core::Nanos held_until_ = core::Nanos::min();  // after a failure that is not of one stream
  std::string held_why_;
  core::Nanos flush_at_ = kNever;
  std::uint64_t unflushed_ = 0;
  std::uint64_t delivered_messages_ = 0;
  std::uint64_t delivered_readings_ = 0;
};

}  // namespace afferent::uplink
