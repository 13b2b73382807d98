// What the tests of io share: a loop that is run until something is true, and a listener that remembers.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/port.h"
#include "agent/io/clock.h"
#include "agent/io/loop.h"

namespace afferent::test {

// The guard only keeps a broken build from hanging.
inline constexpr core::Nanos kGuard = std::chrono::seconds(60);

struct RealLoop {
  io::RealClock clock;
  std::unique_ptr<io::Loop> loop = io::Loop::create(clock).value();

  bool run_until(const std::function<bool()>& condition) const {
    const core::Nanos end = clock.now().boot + kGuard;
    while (!condition() && clock.now().boot < end) loop->run_once(std::chrono::milliseconds(100));
    return condition();
  }
};

struct RecordingListener final : core::PortListener {
  void port_opened(std::uint32_t peer, const core::Stamp&) override {
    ++opened;
    last_peer = peer;
  }
  void port_closed(std::uint32_t, const core::Stamp&, std::string_view why) override {
    ++closed;
    last_why = why;
  }
  void port_received(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) override {
    text[peer] += core::as_text(bytes);
    largest = std::max(largest, bytes.size());
    last_at = at;
    if (on_received) on_received(peer, bytes);
  }

  int opened = 0;
  int closed = 0;
  std::uint32_t last_peer = 0;
  std::string last_why;
  std::map<std::uint32_t, std::string> text;  // by peer
  std::size_t largest = 0;                    // bytes of one call
  core::Stamp last_at;
  std::function<void(std::uint32_t, core::ByteView)> on_received;
};

}  // namespace afferent::test
