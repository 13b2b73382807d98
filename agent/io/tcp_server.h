// A listening TCP port; each connection is a peer with a number of its own, from 1, never used twice. Loop-bound.
//
// Who comes while all places are taken gets the place of the peer that has said nothing for longest, if that is over
// `dull`; else it is sent away. So connections that nobody closed cannot keep others out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "agent/core/port.h"
#include "agent/io/acceptor.h"
#include "agent/io/address.h"
#include "agent/io/loop.h"
#include "agent/io/stream.h"

namespace afferent::io {

struct TcpServerOptions {
  std::string id;               // for errors: "port <id>"
  std::string host;             // local address; empty: all
  std::uint16_t port = 0;       // 0: a free one, see local_port()
  std::size_t most_peers = 64;  // who comes beyond that: see below
  core::Nanos idle{};           // a peer that says nothing for so long is dropped; 0: never
  core::Nanos dull = std::chrono::minutes(1);
  std::function<void()> sent_away{};  // told of each one who was
};

class TcpServer final : public core::Port {
 public:
  // Binds at once; a name as `host` is looked up and may block. Connections wait until start().
  static core::Result<std::unique_ptr<TcpServer>> listen(Loop& loop, TcpServerOptions options);
  ~TcpServer() override;

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override;
  // Error{retry} also when there is no such peer any more.
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  void reopen(std::string_view why) override;  // drops all peers, listens on
  void drop(std::uint32_t peer, std::string_view why);
  bool is_open() const override { return acceptor_.listens(); }

  std::uint16_t local_port() const { return local_port_; }
  std::size_t peers() const { return peers_.size(); }

 private:
  class Peer;
  TcpServer(Loop& loop, TcpServerOptions options);
  core::Result<void> bind(const Address& address);
  void adopt(UniqueFd fd, const core::Stamp& at);
  bool make_room(const core::Stamp& at);
  void forget(std::uint32_t peer, const core::Stamp& at, std::string_view why);

  Loop& loop_;
  const TcpServerOptions options_;
  UniqueFd fd_;  // bound, until start()
  Acceptor acceptor_;
  std::uint16_t local_port_ = 0;
  core::PortListener* listener_ = nullptr;
  std::uint32_t last_peer_ = 0;
  std::map<std::uint32_t, std::unique_ptr<Peer>> peers_;
};

}  // namespace afferent::io
