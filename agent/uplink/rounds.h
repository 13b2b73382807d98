// One round of delivery after the other: commit what came, hear the broker, publish what is committed, report. All the
// decisions of the deliver thread without the thread: time comes from the clock, and nothing here waits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/delivery.h"
#include "agent/core/log.h"
#include "agent/core/random.h"
#include "agent/core/sealer.h"
#include "agent/core/uplink.h"
#include "agent/outbox/store.h"
#include "agent/uplink/intake.h"
#include "agent/uplink/link.h"
#include "agent/uplink/outflow.h"
#include "agent/uplink/slots.h"

namespace afferent::uplink {

struct DeliveryOptions {
  std::string node;
  std::vector<std::string> area;      // grid path, widest first
  std::string broker;                 // host:port, for the report
  std::uint32_t window = 100;         // messages in flight
  std::uint32_t max_message = 65536;  // bytes
  core::Millis flush{0};              // telemetry may wait this long for its commit
  core::Seconds backoff_max{15};
  std::function<core::Bytes(std::uint64_t session)> will;   // payload of the will of that session
  std::function<void(const core::DeliveryReport&)> report;  // called on the deliver thread
};

struct DeliveryTools {  // all outlive the deliverer
  outbox::Store& store;
  core::Uplink& uplink;
  const core::Sealer& sealer;
  const core::Clock& clock;
  core::Random& random;
  core::Log& log;
};

class Rounds {
 public:
  Rounds(DeliveryOptions options, DeliveryTools tools);

  // One round with what came down; returns how long the next one may wait if nothing comes, at most a second.
  core::Nanos round(std::vector<core::DownItem> items);
  bool accepts_more() const { return intake_.accepts_more(); }

  // The end: from begin_stop() on each round commits what is there whatever `flush` says, and no connection is begun;
  // from stop_publishing() on what is not in flight yet stays in the store. Slots go out until the end.
  void begin_stop() {
    stopping_ = true;
    outflow_.end_rests();
  }
  void stop_publishing() { publishing_ = false; }
  bool quiet() const;   // not connected, or everything that was sent is answered
  bool behind() const;  // the broker takes less than is stored: who could pause should
  void finish();        // deletes what was acknowledged, disconnects

 private:
  void take_in(core::DownItem&& item, core::Nanos now);
  void remember_boots();
  void hear(core::Nanos now);
  void hear(const core::UplinkEvent& event, core::Nanos now);
  void drop_if_silent(core::Nanos now);
  core::Nanos oldest() const { return std::min(outflow_.oldest(), slots_.oldest()); }  // of what is unanswered
  void report(core::Nanos now);
  core::DeliveryReport make_report() const;
  std::string trouble() const;
  core::Nanos wait(core::Nanos now) const;

  const DeliveryOptions options_;
  const DeliveryTools tools_;
  Intake intake_;
  Link link_;
  Room room_;
  Slots slots_;
  Outflow outflow_;
  std::vector<core::BootFact> boots_;  // not yet remembered
  core::Nanos boots_at_ = core::Nanos::min();
  bool stopping_ = false;
  bool publishing_ = true;
  bool outflow_next_ = true;  // it publishes before the slots
  bool connected_now_ = false;
  std::string silence_;  // what is wrong with a broker that stopped to acknowledge; empty: it answers
  bool news_ = true;     // something to be reported at once
  core::DeliveryReport last_;
  core::Nanos last_at_ = core::Nanos::min();
};

}  // namespace afferent::uplink
