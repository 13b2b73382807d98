// The connection to the broker: when to try, what stands in the will, which session it is. Used by the deliver thread
// only. Failures are never fatal: the next attempt comes after a pause that doubles from 0.5 s to `backoff_max`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/core/log.h"
#include "agent/core/random.h"
#include "agent/core/uplink.h"
#include "agent/uplink/times.h"

namespace afferent::uplink {

struct LinkOptions {
  std::string will_topic;
  std::function<core::Bytes(std::uint64_t session)> will;
  core::Nanos backoff_max = core::Seconds{15};
};

class Link {
 public:
  Link(LinkOptions options, core::Uplink& uplink, core::Random& random, core::Log& log);

  void drive(core::Nanos now);  // starts an attempt when it is due
  void opened(const core::UplinkEvent& event, core::Nanos now);
  void failed(const core::UplinkEvent& event, core::Nanos now);  // connect_failed or lost

  bool connected() const { return state_ == State::connected; }
  bool mqtt5() const { return mqtt5_; }
  std::uint64_t session() const { return session_; }       // of the running or last attempt; 0 before the first
  const std::string& trouble() const { return trouble_; }  // why it is not connected; empty: it is, or never tried
  core::Nanos due() const { return state_ == State::waiting ? next_attempt_ : kNever; }

 private:
  enum class State : std::uint8_t { waiting, connecting, connected };

  core::Nanos jittered(core::Nanos delay);

  const LinkOptions options_;
  core::Uplink& uplink_;
  core::Random& random_;
  core::Log& log_;
  State state_ = State::waiting;
  core::Nanos next_attempt_ = core::Nanos::min();
  core::Nanos connected_at_{};
  GrowingPause pause_;
  std::uint64_t session_ = 0;
  bool mqtt5_ = false;
  std::string trouble_;
};

}  // namespace afferent::uplink
