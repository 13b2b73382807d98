// A listening Unix socket for local clients, e.g. the control socket. Loop-bound.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/io/acceptor.h"
#include "agent/io/loop.h"
#include "agent/io/stream.h"

namespace afferent::io {

class UnixServer {
 public:
  static constexpr std::size_t kLongestReply = 16u << 20;  // bytes that may wait for one client
  static constexpr std::size_t kMostClients = 16;          // one more is closed at once

  struct Listener {
    std::function<void(std::uint32_t peer, core::ByteView bytes)> received;
    std::function<void(std::uint32_t peer)> gone;  // not called for a peer closed by close()
    std::function<void(std::uint32_t peer)> came{};
  };

  // Replaces a socket that an earlier process left at `path`; only its owner and group may connect. Error{bad_config}
  // for a path that cannot be right, or at which there is something else or somebody listens; else Error{retry}.
  static core::Result<std::unique_ptr<UnixServer>> listen(Loop& loop, std::string path, Listener listener);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  void send(std::uint32_t peer, core::ByteView bytes);  // a client that does not read is closed
  void close(std::uint32_t peer);                       // after this round

 private:
  class Client;
  UnixServer(Loop& loop, std::string path, Listener listener);
  core::Result<void> open();
  void adopt(UniqueFd fd);

  Loop& loop_;
  const std::string path_;
  const Listener listener_;
  bool bound_ = false;
  Acceptor acceptor_;
  std::map<std::uint32_t, std::unique_ptr<Client>> clients_;
  std::uint32_t last_peer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for calls posted to the loop
};

}  // namespace afferent::io
