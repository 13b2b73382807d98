// A port on a descriptor that is open already, such as the master of a pty; when it ends, it stays closed. Loop-bound.
#pragma once

#include <string>

#include "agent/core/port.h"
#include "agent/io/loop.h"
#include "agent/io/stream.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

class FdPort final : public core::Port, private StreamOwner {
 public:
  // `fd` is made non-blocking. For the master of a pty, somebody has to hold the slave open: see Pty::keeper.
  FdPort(Loop& loop, UniqueFd fd, Medium medium = Medium::serial);

  Medium medium() const override { return medium_; }
  void start(core::PortListener& listener) override;  // tells of the opening before it returns
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override {
    (void)peer;
    return stream_.write(bytes);
  }
  void reopen(std::string_view why) override { stream_.fail(why); }  // closes
  bool is_open() const override { return stream_.is_open(); }
  int fd() const { return stream_.fd(); }

 private:
  void stream_received(const core::Stamp& at, core::ByteView bytes) override { listener_->port_received(0, at, bytes); }
  void stream_failed(const core::Stamp& at, std::string_view why) override { listener_->port_closed(0, at, why); }

  Loop& loop_;
  UniqueFd fd_;  // until start()
  const Medium medium_;
  Stream stream_;
  core::PortListener* listener_ = nullptr;
};

}  // namespace afferent::io
