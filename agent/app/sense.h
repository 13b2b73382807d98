// Where a poll goes: into the table of latest values, through codec and rules, and down the queue. Loop-bound.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/app/downlink.h"
#include "agent/codec/batcher.h"
#include "agent/codec/messages.h"
#include "agent/core/device.h"
#include "agent/core/reading.h"
#include "agent/rules/engine.h"

namespace afferent::app {

class Sense final : public core::PollSink, private rules::Output {
 public:
  // The references outlive it.
  Sense(const std::vector<core::DeviceIdentity>& devices, core::Millis batch, rules::Engine& rules,
        const codec::Messages& messages, Downlink& down);

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) override;
  void poll(const core::Poll& poll) override;

  // Goes down with the poll that comes next, in the same transaction.
  void remember(core::StateChange change) { parcel_.changes.push_back(std::move(change)); }

  void limit_messages(std::size_t bytes);  // what the broker takes

  core::Nanos deadline() const;  // when tick() has something to do
  void tick(const core::Stamp& now);
  void close(const core::Stamp& now);  // sends what is gathered and learned, at shutdown

  // Something that a person asks of the rules; what comes of it goes down as one parcel.
  using Order = std::function<core::Result<std::string>(rules::Engine&, rules::Output&)>;
  core::Result<std::string> order(const Order& ask);
  // Is told when rules want a device to be polled at another interval; zero: as configured.
  using Pace = std::function<void(core::DeviceId, core::Millis)>;
  void on_pace(Pace pace) { pace_ = std::move(pace); }

  const std::vector<codec::ChannelFacts>& latest() const { return latest_; }  // by series
  std::uint64_t readings() const { return readings_; }
  std::uint64_t alerts() const { return alerts_; }  // transitions so far: a change means that states are out of date

 private:
  void alert(const core::Alert& alert) override;
  void state(core::StateChange change) override;
  void alert_of_gone_device(const core::Alert& alert, std::string_view device_id) override;
  void event(const core::Event& event) override { parcel_.envelopes.push_back(messages_.event(event)); }
  void custody(const core::Custody& custody) override { parcel_.envelopes.push_back(messages_.custody(custody)); }
  void poll_interval(core::DeviceId device, core::Millis interval) override {
    if (pace_) pace_(device, interval);
  }
  void send();

  rules::Engine& rules_;
  const codec::Messages& messages_;
  Downlink& down_;
  std::map<std::string, std::unique_ptr<codec::Batcher>> batchers_;  // by domain
  std::vector<codec::Batcher*> batcher_of_;                          // by device
  std::vector<codec::ChannelFacts> latest_;
  Pace pace_;
  core::Parcel parcel_;  // of the running call
  bool closing_ = false;
  std::uint64_t readings_ = 0;
  std::uint64_t alerts_ = 0;
};

}  // namespace afferent::app
