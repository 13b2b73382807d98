#include "agent/app/downlink.h"

#include <doctest/doctest.h>

using namespace afferent;

namespace {

class Gaps final : public core::GapWriter {
 public:
  core::Envelope write(const core::GapFacts& facts) const override {
    written.push_back(facts);
    return {facts.domain, core::Kind::gap, {}, 0, facts.first, facts.last};
  }
  mutable std::vector<core::GapFacts> written;
};

core::Envelope envelope(core::Kind kind, std::size_t bytes, std::uint32_t readings, int at) {
  return {"flood", kind, core::Bytes(bytes), readings, core::Nanos(at), core::Nanos(at)};
}

core::Parcel parcel(core::Envelope envelope) {
  core::Parcel one;
  one.envelopes.push_back(std::move(envelope));
  return one;
}

struct Fixture {
  Gaps gaps;
  core::BoundedQueue<core::DownItem> queue{10'000};
  app::Downlink down{queue, gaps};

  std::vector<core::Kind> taken() {
    std::vector<core::Kind> kinds;
    for (core::DownItem& item : queue.take(core::Nanos::zero())) {
      for (const core::Envelope& one : std::get<core::Parcel>(item).envelopes) kinds.push_back(one.kind);
    }
    return kinds;
  }
};

}  // namespace

TEST_CASE("telemetry that finds the queue full is dropped, and a gap says how much") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'000, 1, 1)));
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'000, 20, 2)));
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'000, 30, 3)));
  CHECK(f.down.dropped_readings() == 50);
  CHECK(f.taken() == std::vector{core::Kind::telemetry});
  f.down.retry();
  CHECK(f.taken() == std::vector{core::Kind::gap});
  REQUIRE(f.gaps.written.size() == 1);
  CHECK(f.gaps.written[0].messages == 2);
  CHECK(f.gaps.written[0].readings == 50);
  CHECK(f.gaps.written[0].first == core::Nanos(2));
  CHECK(f.gaps.written[0].last == core::Nanos(3));
  CHECK(f.gaps.written[0].reason == "queue full");
  f.down.retry();
  CHECK(f.taken().empty());
}

TEST_CASE("an alert has room of its own in a queue that is full of telemetry") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'800, 1, 1)));
  f.down.send(parcel(envelope(core::Kind::alert, 500, 0, 2)));
  CHECK(f.taken() == std::vector{core::Kind::telemetry, core::Kind::alert});
}

TEST_CASE("alerts that find even their room full wait, in order, and nothing overtakes them") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'000, 0, 1)));
  f.down.send(parcel(envelope(core::Kind::alert, 5'000, 0, 2)));
  f.down.send(parcel(envelope(core::Kind::custody, 10, 0, 3)));
  CHECK(f.taken() == std::vector{core::Kind::alert});
  f.down.retry();
  CHECK(f.taken() == std::vector{core::Kind::alert, core::Kind::custody});
  CHECK(f.gaps.written.empty());
}

TEST_CASE("what cannot even wait is accounted for") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'800, 0, 1)));
  for (std::size_t i = 0; i < app::Downlink::kMostWaiting + 3; ++i) {
    f.down.send(parcel(envelope(core::Kind::alert, 10, 0, 2)));
  }
  CHECK(f.taken().size() == 1);
  while (f.gaps.written.empty()) {
    f.down.retry();
    REQUIRE_FALSE(f.taken().empty());
  }
  CHECK(f.gaps.written[0].kind == core::Kind::alert);
  CHECK(f.gaps.written[0].messages == 3);
}

TEST_CASE("a state outlives it when alerts have used up all room to wait") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'800, 0, 1)));
  for (std::size_t i = 0; i < app::Downlink::kMostWaiting; ++i) {
    f.down.send(parcel(envelope(core::Kind::alert, 10, 0, 2)));
  }
  core::Parcel alone;
  alone.changes.push_back({"operator/3", 1, {1}});
  f.down.send(std::move(alone));
  core::Parcel beside = parcel(envelope(core::Kind::alert, 10, 0, 3));
  beside.changes.push_back({"rule/a", 1, {2}});
  f.down.send(std::move(beside));
  f.taken();
  f.down.drain();
  std::vector<std::string> keys;
  for (core::DownItem& item : f.queue.take(core::Nanos::zero())) {
    for (const core::StateChange& change : std::get<core::Parcel>(item).changes) keys.push_back(change.key);
  }
  CHECK(keys == std::vector<std::string>{"operator/3", "rule/a"});
  REQUIRE(f.gaps.written.size() == 1);
  CHECK(f.gaps.written[0].messages == 1);
}

TEST_CASE("alerts that wait are bounded in bytes, and there is room again when they are gone") {
  constexpr std::size_t kLarge = app::Downlink::kWaitingRoom / 4;
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'800, 0, 1)));
  for (int i = 0; i < 6; ++i) f.down.send(parcel(envelope(core::Kind::alert, kLarge, 0, 2)));
  std::size_t came = 0;
  for (std::size_t now = f.taken().size(); now != 0; now = f.taken().size()) {
    came += now;
    f.down.retry();
  }
  CHECK(came == 1 + 4 + 1);  // and the gap
  REQUIRE(f.gaps.written.size() == 1);
  CHECK(f.gaps.written[0].messages == 2);
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'800, 0, 3)));
  f.down.send(parcel(envelope(core::Kind::alert, kLarge, 0, 4)));
  f.down.drain();
  CHECK(f.taken().size() == 2);
  CHECK(f.gaps.written.size() == 1);
}

TEST_CASE("telemetry beside an alert that has to wait goes where there is room") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'000, 1, 1)));
  // More than the reserve: the alert waits.
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 2'000, 0, 2)));
  core::Parcel both = parcel(envelope(core::Kind::alert, 100, 0, 3));
  both.envelopes.push_back(envelope(core::Kind::telemetry, 100, 5, 3));
  f.down.send(std::move(both));
  CHECK(f.down.dropped_readings() == 0);
  CHECK(f.taken() == std::vector{core::Kind::telemetry, core::Kind::telemetry});
  f.down.retry();
  CHECK(f.taken() == std::vector{core::Kind::alert, core::Kind::alert});
}

TEST_CASE("what waits when the agent ends goes down whatever room there is") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'000, 1, 1)));
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 2'000, 0, 2)));
  f.down.send(parcel(envelope(core::Kind::alert, 100, 0, 3)));
  f.down.drain();
  CHECK(f.taken() == std::vector{core::Kind::telemetry, core::Kind::alert, core::Kind::alert});
}

TEST_CASE("of states that have to wait the newest of each key does, and alerts have their places") {
  Fixture f;
  const auto state = [](const char* key, std::uint8_t value) {
    core::Parcel one;
    one.changes.push_back({key, 1, {value}});
    return one;
  };
  f.down.send(parcel(envelope(core::Kind::alert, app::Downlink::kReserve + 9'800, 0, 1)));
  for (std::size_t i = 0; i < app::Downlink::kMostWaiting + 10; ++i) {
    f.down.send(state(i % 2 == 0 ? "driver/a" : "driver/b", static_cast<std::uint8_t>(i % 100)));
  }
  core::Parcel both = parcel(envelope(core::Kind::alert, 10, 0, 2));
  both.changes.push_back({"driver/a", 1, {200}});
  f.down.send(std::move(both));
  f.down.send(state("driver/a", 201));
  CHECK(f.taken().size() == 1);
  f.down.retry();
  std::vector<std::pair<std::string, int>> told;
  std::size_t alerts = 0;
  for (core::DownItem& item : f.queue.take(core::Nanos::zero())) {
    const auto& one = std::get<core::Parcel>(item);
    alerts += one.envelopes.size();
    for (const core::StateChange& change : one.changes) told.emplace_back(change.key, change.bytes.at(0));
  }
  CHECK(alerts == 1);
  CHECK(f.gaps.written.empty());
  CHECK(told == std::vector<std::pair<std::string, int>>{{"driver/b", 9}, {"driver/a", 200}, {"driver/a", 201}});
}

TEST_CASE("a state that waits before an alert does not keep it from its reserve") {
  Fixture f;
  f.down.send(parcel(envelope(core::Kind::telemetry, 9'600, 1, 1)));
  core::Parcel state;
  state.changes.push_back({"driver/a", 1, core::Bytes(500)});
  f.down.send(std::move(state));
  f.down.send(parcel(envelope(core::Kind::alert, 100, 0, 2)));
  f.down.retry();
  CHECK(f.taken() == std::vector{core::Kind::telemetry, core::Kind::alert});
}
