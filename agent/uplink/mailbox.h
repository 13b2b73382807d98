// What Paho's threads leave for the deliver thread. Thread-safe.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "agent/core/uplink.h"
#include "agent/uplink/paho_failure.h"

namespace afferent::uplink {

class Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  struct Content {
    std::vector<core::UplinkEvent> events;
    std::optional<ConnectFailure> failure;  // after it the attempt is over
  };
  void post(core::UplinkEvent event);
  void post(ConnectFailure failure);
  Content take();
  void close();  // from now on nothing is kept and nobody is woken

 private:
  std::mutex mutex_;
  Content content_;             // guarded by mutex_
  std::function<void()> wake_;  // guarded by mutex_, called under it; empty: closed
};

}  // namespace afferent::uplink
