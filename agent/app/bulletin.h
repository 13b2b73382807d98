// The retained messages: node status, domain states, inventories. Refreshed on a new connection, at a change (at most
// once a second), and once a minute; inventories on a new connection and, at most every 10 s, when devices have more
// channels. Loop-bound.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "agent/acquire/setup.h"
#include "agent/app/downlink.h"
#include "agent/app/retained.h"
#include "agent/app/sense.h"
#include "agent/codec/messages.h"
#include "agent/config/config.h"
#include "agent/core/clock.h"

namespace afferent::app {

class Bulletin {
 public:
  using HealthOf = std::function<acquire::DeviceHealth(core::DeviceId)>;

  // The references outlive it.
  Bulletin(const config::Config& config, const core::Clock& clock, const codec::Messages& messages, const Sense& sense,
           const rules::Engine& rules, Downlink& down, HealthOf health);

  void restore(const std::map<std::string, core::StateChange>& states) {
    states_.restore(states);
    inventories_.restore(states);
  }
  void delivery(const core::DeliveryReport& report);  // from the deliver thread, on the loop
  void second();                                      // once a second
  void farewell();                                    // the last status: offline

  const core::DeliveryReport& report() const { return report_; }
  core::Nanos started() const { return started_; }
  codec::NodeFacts node() const;

 private:
  struct Mark {  // a change of any of these is worth a new status
    std::string trouble;
    std::uint64_t alerts = 0;
    std::map<core::Health, std::uint32_t> health;
    core::ClockState clock{};
    bool operator==(const Mark&) const = default;
  };

  Mark mark() const;
  void publish_all();
  void publish_status(bool online);
  void publish_states();
  void publish_inventories();

  const config::Config& config_;
  const core::Clock& clock_;
  const codec::Messages& messages_;
  const Sense& sense_;
  const rules::Engine& rules_;
  Downlink& down_;
  const HealthOf health_;
  std::set<std::string> domains_;        // of devices
  std::set<std::string> state_domains_;  // and of rules: their alerts stand there
  core::DeliveryReport report_;
  core::Nanos started_{};
  core::Nanos published_{};
  Mark published_mark_;
  std::size_t inventoried_ = 0;  // channels in the inventories as published last; they only become more
  core::Nanos inventoried_at_{};
  Retained states_;
  Retained inventories_;
};

}  // namespace afferent::app
