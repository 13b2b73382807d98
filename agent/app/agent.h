// The whole agent, constructed from a configuration in the order in which data move. Loop-bound; the deliver thread
// lives inside, between start() and stop().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/acquire/line.h"
#include "agent/app/bulletin.h"
#include "agent/app/commands.h"
#include "agent/app/downlink.h"
#include "agent/app/driver_states.h"
#include "agent/app/replay.h"
#include "agent/app/sense.h"
#include "agent/app/status.h"
#include "agent/assembly/drivers.h"
#include "agent/codec/seal.h"
#include "agent/config/config.h"
#include "agent/control/server.h"
#include "agent/io/codec_port.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/random.h"
#include "agent/io/unix_server.h"
#include "agent/outbox/store.h"
#include "agent/uplink/deliverer.h"
#include "agent/uplink/paho_uplink.h"

namespace afferent::app {

class Agent {
 public:
  // Opens the store and creates rules and drivers. Error{bad_config} says what a person has to correct; nothing has
  // been sent or polled by then. `clock` and `log` outlive the agent.
  static core::Result<std::unique_ptr<Agent>> create(config::Config config, core::Clock& clock, core::Log& log);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  io::Loop& loop() { return *loop_; }
  core::Result<void> start();  // Error{bad_config} or Error{retry} when the control socket cannot be made
  // Commits what there is, gives the broker 2 s to acknowledge it and 2 s more to say goodbye; the disk takes its time.
  void stop();

 private:
  Agent(config::Config config, assembly::Drivers drivers, core::Clock& clock, core::Log& log);
  core::Result<void> open_store();
  core::Result<void> make_rules();
  core::Result<void> make_lines();
  core::Result<void> add_driver(assembly::PlacedDriver placed);
  void make_delivery();
  void delivered(const core::DeliveryReport& report);
  void make_commands();
  core::Result<void> restore();
  std::unique_ptr<core::Port> make_port(const config::PortConfig& port);
  acquire::DeviceHealth health(core::DeviceId device) const;
  void run_device_command(const core::CommandRequest& request, core::CommandTarget::Reply reply);
  void second();
  void tell_boot(const core::Stamp& now);
  void arm();  // the timer of rules and batches

  class Polls;

  const config::Config config_;
  core::Clock& clock_;
  core::Log& log_;
  io::RandomDevice random_;
  std::unique_ptr<io::Loop> loop_;
  std::unique_ptr<io::Helper> helper_;        // opens devices, reads slow attributes
  std::unique_ptr<io::Helper> lookups_;       // names; a name server that does not answer must not delay the above
  std::unique_ptr<io::CodecProcess> codecs_;  // for all MQTT-in ports; null where there are none

  std::vector<core::DeviceIdentity> identities_;
  codec::Sealer sealer_;
  codec::GapWriter gaps_;
  std::unique_ptr<codec::Messages> messages_;
  std::unique_ptr<rules::Engine> rules_;

  core::BoundedQueue<core::DownItem> queue_{Downlink::kRoom};
  Downlink down_{queue_, gaps_};
  std::unique_ptr<Sense> sense_;
  std::unique_ptr<Polls> polls_;
  std::unique_ptr<Replay> replay_;
  std::unique_ptr<acquire::SeriesTable> series_;
  DriverStates driver_states_;  // of the drivers in lines_
  std::unique_ptr<Bulletin> bulletin_;
  std::vector<std::unique_ptr<acquire::Line>> lines_;  // by port; gone before what their polls go through
  assembly::Drivers drivers_;                          // until they are in lines_
  Commands commands_;
  std::unique_ptr<control::Server> control_;
  std::unique_ptr<io::UnixServer> control_socket_;

  std::unique_ptr<outbox::Store> store_;
  std::unique_ptr<uplink::PahoUplink> broker_;
  std::unique_ptr<uplink::Deliverer> deliverer_;  // goes first: it uses all of the above

  io::Loop::Handle timer_ = 0;
  core::Nanos timer_at_ = core::Nanos::max();
  core::Micros told_utc_at_boot_{};
  core::ClockState told_clock_ = core::ClockState::unsynced;
  bool told_boot_ = false;
};

}  // namespace afferent::app
