// The line as its master sees it: cuts requests, lets the devices answer, strikes with the faults, keeps the truth.
// Does no I/O of its own. Loop-bound.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/port.h"
#include "tools/simulator/dice.h"
#include "tools/simulator/request_splitter.h"
#include "tools/simulator/scenario.h"
#include "tools/simulator/scene.h"
#include "tools/simulator/spoiler.h"
#include "tools/simulator/virtual_device.h"

namespace afferent::simulator {

class Bus final : public core::PortListener {
 public:
  // `faults` are those of this line and its devices. `scene` outlives the bus.
  Bus(const LinePlan& plan, std::vector<std::unique_ptr<VirtualDevice>> devices, std::vector<Fault> faults,
      Scene& scene);
  ~Bus() override;
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  void attach(core::Port& port);   // starts it; it outlives the bus or is detached before it goes
  void detach();                   // answers that are still to come are dropped
  void quiet() { quiet_ = true; }  // from now on nothing more is sent

  void port_opened(std::uint32_t peer, const core::Stamp& at) override;
  void port_closed(std::uint32_t peer, const core::Stamp& at, std::string_view why) override;
  void port_received(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) override;

 private:
  struct Master {
    explicit Master(bool modbus_tcp) : splitter(modbus_tcp) {}
    RequestSplitter splitter;
    core::Timers::Handle pause = 0;
    core::Bytes unanswered;  // a request that nobody answered, maybe only the front of one
    core::Nanos unanswered_at{};
  };
  struct Reply {
    VirtualDevice* device = nullptr;
    Answer answer;
  };

  void paused(std::uint32_t peer);
  bool serve(std::uint32_t peer, core::ByteView request);
  void collide(std::uint32_t peer, const std::vector<Reply>& replies);
  void deliver(std::uint32_t peer, Reply reply);
  Spoilt spoil(Reply& reply);
  void push_later(VirtualDevice& device, core::Nanos delay);
  void push(VirtualDevice& device);
  void say(VirtualDevice& device, core::ByteView bytes, const drivers::Truth& served, bool intact);
  void say_again(VirtualDevice& device, const drivers::Occasion& occasion, double seconds, const Spoilt& first);
  void later(core::Nanos delay, std::function<void()> call);  // dropped by detach()
  core::Result<void> send(std::uint32_t peer, core::ByteView bytes);
  bool send_to_all(core::ByteView bytes);  // true when somebody got it
  bool publish(const VirtualDevice& device, core::ByteView bytes);
  void schedule(const Fault& fault);
  void spontaneous(const Fault& fault);
  void foreign(const Fault& fault, std::size_t frame);
  void note(std::string_view what, std::string_view device = {}, std::string_view detail = {});

  const LinePlan plan_;
  const std::vector<std::unique_ptr<VirtualDevice>> devices_;
  Scene& scene_;
  Spoiler spoiler_;
  Dice dice_;  // when what needs no request comes
  core::Port* port_ = nullptr;
  bool quiet_ = false;
  std::map<std::uint32_t, Master> masters_;
  std::shared_ptr<bool> attached_;  // expires what later() holds
};

}  // namespace afferent::simulator
