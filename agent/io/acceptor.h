// Takes connections from a listening socket; rests for a second when there are no descriptors left. Loop-bound.
#pragma once

#include <functional>

#include "agent/core/result.h"
#include "agent/io/loop.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

class Acceptor {
 public:
  using Accepted = std::function<void(UniqueFd fd, const core::Stamp& at)>;  // may destroy the acceptor

  Acceptor(Loop& loop, Accepted accepted) : loop_(loop), accepted_(std::move(accepted)) {}
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // Once; `fd` listens and does not block.
  core::Result<void> start(UniqueFd fd);
  bool listens() const { return watched_; }

 private:
  core::Result<void> watch();
  void accept(const core::Stamp& at);
  void rest();

  Loop& loop_;
  const Accepted accepted_;
  UniqueFd fd_;
  bool watched_ = false;
  Loop::Handle pause_ = 0;
};

}  // namespace afferent::io
