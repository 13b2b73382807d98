// What broken connections leave behind in Paho, by its own account.
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <utility>

#include "agent/uplink/paho_uplink.h"
#include "agent/uplink/room.h"
#include "tests/uplink/fakes.h"
#include "tests/uplink/stalling_broker.h"

extern "C" {
struct PahoHeap {
  std::size_t current_size;
  std::size_t max_size;
};
PahoHeap* Heap_get_info(void);  // of libpaho-mqtt3as; no header of it is installed
}

namespace afferent::test {
namespace {

std::size_t held_by_paho() { return Heap_get_info()->current_size; }

// Rounds of delivery to a broker that takes nothing, on a clock that the test moves.
struct StalledLink {
  StallingBroker broker;
  FakeStore store;
  TextSealer sealer;
  FakeClock clock;
  CountingRandom random;
  RecordingLog log;
  uplink::PahoUplink paho{broker_options(broker.port()), clock, [] {}};
  std::optional<uplink::Rounds> rounds;
  core::DeliveryReport report;

  static uplink::PahoOptions broker_options(std::uint16_t port) {
    uplink::PahoOptions options;
    options.port = port;
    options.client_id = "n1";
    options.wedged_after = core::Seconds{1'000'000};  // of a clock that runs as fast as it is asked
    return options;
  }
  // Without the doubts that a broken connection leaves, so that it sends all that it may.
  void begin() {
    uplink::DeliveryOptions options;
    options.node = "n1";
    options.window = 1000;
    options.report = [this](const core::DeliveryReport& made) { report = made; };
    rounds.emplace(std::move(options), uplink::DeliveryTools{store, paho, sealer, clock, random, log});
    std::vector<core::DownItem> items;
    for (int i = 0; i < 10; ++i) items.push_back(slot("state/" + std::to_string(i), std::string(900, 's')));
    rounds->round(std::move(items));
  }
  bool becomes(bool connected) {
    return eventually([&] {
      clock.stamp.boot += core::Seconds{1};
      rounds->round({});
      return report.connected == connected;
    });
  }
  // Paho writes on a thread of its own; while it does, its memory changes.
  bool has_written_what_it_can() {
    std::size_t before = 0;
    int same = 0;
    return eventually([&] {
      same = std::exchange(before, held_by_paho()) == held_by_paho() ? same + 1 : 0;
      return same == 20;
    });
  }
};

TEST_CASE("connections that break while the broker takes nothing leave nothing behind in memory") {
  StalledLink link;
  for (int i = 0; i < 400; ++i) {
    for (core::DownItem item : std::array{telemetry(std::string(900, 't')), alert(std::string(200, 'a'))}) {
      link.store.insert(std::get<core::Parcel>(item).envelopes[0]);
    }
  }
  std::size_t early = 0;
  for (int i = 0; i < 20; ++i) {
    link.begin();
    REQUIRE(link.becomes(true));
    REQUIRE(link.has_written_what_it_can());
    link.broker.break_connection();
    REQUIRE(link.becomes(false));
    if (i == 4) early = held_by_paho();
  }
  const std::size_t late = held_by_paho();
  MESSAGE("Paho holds ", early, " bytes after 5 broken connections and ", late, " after 20");
  CHECK(late < early + uplink::Room::kMost);
}

}  // namespace
}  // namespace afferent::test
