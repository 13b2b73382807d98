// One line with its port: a pty behind a symbolic link, a listening TCP port, a connection to an MQTT broker, or a
// stand-in for a GPIO chip (a socket) or for an Industrial I/O device (a folder). Can be unplugged. Loop-bound.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/core/port.h"
#include "agent/core/result.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/unique_fd.h"
#include "tools/simulator/bus.h"

namespace afferent::simulator {

class Station {
 public:
  Station(io::Loop& loop, const LinePlan& plan, std::vector<std::unique_ptr<VirtualDevice>> devices,
          std::vector<Fault> faults, Scene& scene);
  ~Station();
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // Makes the link, port, socket or folder; a broker is connected to when it is there. Error{bad_config} where
  // something else stands in the place; others as they come.
  core::Result<void> open();
  void close();  // the link, port file, socket or folder goes with it
  void quiet() { bus_.quiet(); }
  std::string place() const;  // "rs485-1 at /tmp/rs485-1", "cabinet at 127.0.0.1:40211"
  const std::string& id() const { return plan_.id; }

 private:
  core::Result<void> open_pty();
  core::Result<void> open_tcp();
  core::Result<void> open_mqtt();
  core::Result<void> open_gpio();
  core::Result<void> open_iio();

  io::Loop& loop_;
  LinePlan plan_;  // with the port that was chosen
  Bus bus_;
  std::unique_ptr<io::Helper> helper_;  // mqtt
  std::unique_ptr<core::Port> port_;
  io::UniqueFd keeper_;
  std::string slave_;  // what our link points to
};

}  // namespace afferent::simulator
