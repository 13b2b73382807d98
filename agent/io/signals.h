// Signals as events on the loop. Loop-bound; made before any other thread is started, since these inherit what is
// blocked.
#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>
#include <memory>

#include "agent/core/result.h"
#include "agent/io/loop.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

class Signals {
 public:
  // `arrived` is called with SIGTERM, SIGINT, SIGHUP, ... The signals have no other effect until this is destroyed.
  static core::Result<std::unique_ptr<Signals>> create(Loop& loop, std::initializer_list<int> signals,
                                                       std::function<void(int)> arrived);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  Signals(Loop& loop, std::function<void(int)> arrived);
  void ready();

  Loop& loop_;
  const std::function<void(int)> arrived_;
  sigset_t before_{};
  UniqueFd fd_;
};

}  // namespace afferent::io
