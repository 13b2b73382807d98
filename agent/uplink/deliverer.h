// The deliver thread: it owns the store and the broker from start() to stop(). What comes down the queue is committed,
// what is committed is published, what the broker acknowledges is deleted; DeliveryReports go up through a callback.
// start() and stop() are called by the thread that owns it. The `wake` of the uplink is the queue's notify().
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "agent/core/delivery.h"
#include "agent/core/queue.h"
#include "agent/uplink/rounds.h"

namespace afferent::uplink {

class Deliverer {
 public:
  Deliverer(DeliveryOptions options, DeliveryTools tools, core::BoundedQueue<core::DownItem>& down);
  ~Deliverer();  // stops
  Deliverer(const Deliverer&) = delete;
  Deliverer& operator=(const Deliverer&) = delete;

  void start();
  // Takes what is in the queue, commits it, gives the broker 2 s to acknowledge, disconnects cleanly and joins the
  // thread. A farewell status is an ordinary SlotUpdate, pushed before. Returns at once when not running.
  void stop();

 private:
  void run();
  void farewell();
  std::vector<core::DownItem> wait(core::Nanos longest);

  core::BoundedQueue<core::DownItem>& down_;
  Rounds rounds_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace afferent::uplink
