// The real uplink with all events that it had so far.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/uplink/paho_uplink.h"
#include "tests/support/fakes.h"
#include "tests/uplink/sockets.h"

namespace afferent::test {

struct Client {
  using Kind = core::UplinkEvent::Kind;

  uplink::PahoOptions options;
  FakeClock clock;
  std::atomic<int> wakes{0};
  std::unique_ptr<uplink::PahoUplink> uplink;
  std::vector<core::UplinkEvent> events;

  explicit Client(std::uint16_t port) {
    options.port = port;
    options.client_id = "n1";
  }
  uplink::PahoUplink& link() {
    if (!uplink) uplink = std::make_unique<uplink::PahoUplink>(options, clock, [this] { ++wakes; });
    return *uplink;
  }
  void connect() { link().connect("afferent/v1/node/status/n1", {1, 2, 3}); }
  // The next event of this kind, waited for; others stay in `events`.
  core::UplinkEvent next(Kind kind) {
    core::UplinkEvent found;
    const bool came = eventually([&] {
      for (core::UplinkEvent& event : link().take()) events.push_back(std::move(event));
      const auto fits = [kind](const core::UplinkEvent& event) { return event.kind == kind; };
      const auto event = std::find_if(events.begin(), events.end(), fits);
      if (event == events.end()) return false;
      found = *event;
      events.erase(event);
      return true;
    });
    std::string instead;
    for (const core::UplinkEvent& event : events) instead += event.reason + "; ";
    REQUIRE_MESSAGE(came, "no event of kind ", static_cast<int>(kind), ", but ", instead);
    return found;
  }
  std::string failure() {
    connect();
    return next(Kind::connect_failed).reason;
  }
  bool publish(std::uint64_t token, const std::string& topic, const std::string& text = "x") {
    return link().publish(token, topic, core::as_bytes(text), false).ok();
  }
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace afferent::test
