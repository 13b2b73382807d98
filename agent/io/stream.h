// An open descriptor that carries bytes both ways: the part that serial lines, ptys and sockets have in common.
// Loop-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/io/loop.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

class StreamOwner {
 public:
  virtual ~StreamOwner() = default;
  virtual void stream_received(const core::Stamp& at, core::ByteView bytes) = 0;
  // The descriptor is closed already. Never called from within write(), so that a listener is not told of a closing
  // while it is sending. The owner may destroy the stream in any of these calls.
  virtual void stream_failed(const core::Stamp& at, std::string_view why) = 0;
};

class Stream {
 public:
  static constexpr std::size_t kQueueLimit = 64 * 1024;  // bytes that wait for the kernel, unless said otherwise
  static constexpr std::size_t kReadSize = 4096;         // bytes of one read; one read a wake

  Stream(Loop& loop, StreamOwner& owner, std::size_t queue_limit = kQueueLimit)
      : loop_(loop), owner_(owner), queue_limit_(queue_limit) {}
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Takes a non-blocking descriptor and watches it.
  core::Result<void> open(UniqueFd fd);
  void close();  // forgets what waits
  // Closes now and tells the owner on the next round.
  void fail(std::string_view why);

  // All or nothing: into the kernel at once, the rest waits. Error{full} beyond the limit, Error{retry} while closed.
  core::Result<void> write(core::ByteView bytes);

  bool is_open() const { return static_cast<bool>(fd_); }
  std::size_t waiting() const { return queue_.size() - sent_; }  // bytes
  int fd() const { return fd_.get(); }

 private:
  void ready(std::uint32_t events, const core::Stamp& at);
  void receive(std::uint32_t events, const core::Stamp& at);
  bool flush(const core::Stamp& at);
  ssize_t send(core::ByteView bytes) const;
  void watch_output(bool on);

  Loop& loop_;
  StreamOwner& owner_;
  const std::size_t queue_limit_;
  UniqueFd fd_;
  bool socket_ = false;
  bool output_watched_ = false;
  core::Bytes queue_;
  std::size_t sent_ = 0;  // of queue_
  Loop::Handle failure_ = 0;
};

}  // namespace afferent::io
