// Serves the control socket's clients: bytes to requests, replies to bytes. The socket itself is io's. Loop-bound.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "agent/control/framing.h"
#include "agent/core/command_target.h"

namespace afferent::control {

class Server {
 public:
  using Send = std::function<void(std::uint32_t peer, core::ByteView bytes)>;
  using Close = std::function<void(std::uint32_t peer)>;

  Server(core::CommandTarget& target, Send send, Close close);
  void received(std::uint32_t peer, core::ByteView bytes);  // closes a peer that does not speak the protocol
  void gone(std::uint32_t peer);                            // replies that still come for it are dropped

 private:
  void serve(std::uint32_t peer, core::ByteView message);

  core::CommandTarget& target_;
  const Send send_;
  const Close close_;
  std::map<std::uint32_t, Deframer> peers_;
  std::shared_ptr<Server*> self_;  // for replies that come after us
};

}  // namespace afferent::control
