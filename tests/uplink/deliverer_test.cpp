// The thread: waking, shutdown, and the whole way from the queue to a real broker.
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>

#include "agent/uplink/deliverer.h"
#include "agent/uplink/paho_uplink.h"
#include "tests/uplink/broker.h"
#include "tests/uplink/fakes.h"

namespace afferent::test {
namespace {

// The last report, as another thread sees it.
struct LastReport {
  void set(const core::DeliveryReport& report) {
    const std::lock_guard lock(mutex);
    last = report;
  }
  core::DeliveryReport get() {
    const std::lock_guard lock(mutex);
    return last;
  }
  std::mutex mutex;
  core::DeliveryReport last;
};

void push(core::BoundedQueue<core::DownItem>& queue, core::DownItem item) { REQUIRE(queue.push(item)); }

TEST_CASE("stop commits and publishes what is in the queue, waits for the answers and disconnects") {
  Bench bench;
  LastReport report;
  bench.options.flush = core::Seconds{3600};
  bench.options.report = [&](const core::DeliveryReport& made) { report.set(made); };
  bench.broker.accepts = true;
  bench.broker.opens();
  core::BoundedQueue<core::DownItem> queue(1000);
  uplink::Deliverer deliverer(bench.options, bench.tools(), queue);
  deliverer.start();
  REQUIRE(eventually([&] { return report.get().connected; }));
  push(queue, telemetry("a"));
  push(queue, telemetry("b"));
  push(queue, slot("s", "farewell"));
  deliverer.stop();
  CHECK(bench.store.commits == 1);
  CHECK(bench.store.acks.size() == 2);
  CHECK(bench.store.rows.empty());
  CHECK(bench.broker.disconnects == 1);
  CHECK(std::any_of(bench.broker.sent.begin(), bench.broker.sent.end(),
                    [](const FakeUplink::Sent& sent) { return sent.payload == "farewell"; }));
  deliverer.stop();
  CHECK(bench.broker.disconnects == 1);
}

TEST_CASE("stop without a broker commits and does not wait") {
  Bench bench;
  core::BoundedQueue<core::DownItem> queue(1000);
  uplink::Deliverer deliverer(bench.options, bench.tools(), queue);
  deliverer.start();
  push(queue, telemetry("a"));
  deliverer.stop();
  CHECK(bench.store.rows.size() == 1);
  CHECK(bench.broker.disconnects == 0);
}

TEST_CASE("while the store takes nothing the broker is heard as soon as it has something to say") {
  Bench bench;
  bench.store.failures.emplace_back(core::ErrorCode::retry, "I/O error");
  core::BoundedQueue<core::DownItem> queue(10u << 20);
  class Talkative final : public core::Uplink {
   public:
    explicit Talkative(core::BoundedQueue<core::DownItem>& queue) : queue_(queue) {}
    void connect(const std::string&, const core::Bytes&) override {}
    core::Result<void> publish(std::uint64_t, const std::string&, core::ByteView, bool) override { return {}; }
    std::vector<core::UplinkEvent> take() override {
      ++heard;
      queue_.notify();
      return {};
    }
    void disconnect() override {}
    std::atomic<int> heard = 0;

   private:
    core::BoundedQueue<core::DownItem>& queue_;
  } broker{queue};
  uplink::DeliveryTools tools{bench.store, broker, bench.sealer, bench.clock, bench.random, bench.log};
  uplink::Deliverer deliverer(bench.options, tools, queue);
  push(queue, telemetry(std::string(2u << 20, 'x')));  // more than is kept for a store that fails
  deliverer.start();
  CHECK(eventually([&] { return broker.heard > 200; }));  // a wait of a second each would take longer
  deliverer.stop();
  CHECK(bench.store.rows.size() == 1);
}

TEST_CASE("from the queue to a broker that comes and goes: everything is delivered and nothing is left in the store") {
  const BrokerFolder folder;
  Broker mosquitto(folder, "");
  Bench bench;
  LastReport report;
  bench.options.report = [&](const core::DeliveryReport& made) { report.set(made); };
  uplink::PahoOptions paho;
  paho.port = mosquitto.port();
  paho.client_id = "n1";
  core::BoundedQueue<core::DownItem> queue(100'000);
  uplink::PahoUplink uplink(paho, bench.clock, [&] { queue.notify(); });
  struct SteadyClock final : core::Clock {
    core::Stamp now() const override {
      return {std::chrono::steady_clock::now().time_since_epoch(), {}, core::ClockState::unsynced};
    }
    std::uint64_t boot() const override { return 5; }
  } clock;
  uplink::DeliveryTools tools{bench.store, uplink, bench.sealer, clock, bench.random, bench.log};
  uplink::Deliverer deliverer(bench.options, tools, queue);
  deliverer.start();
  REQUIRE(eventually([&] { return report.get().connected; }));
  for (int i = 0; i < 300; ++i) push(queue, telemetry(std::to_string(i)));
  mosquitto.stop();
  REQUIRE(eventually([&] { return !report.get().connected; }));
  for (int i = 300; i < 600; ++i) push(queue, telemetry(std::to_string(i)));
  mosquitto.start();
  CHECK(eventually([&] { return report.get().connected && report.get().delivered_messages == 600; }));
  INFO("delivered ", report.get().delivered_messages, ", trouble: ", report.get().trouble);
  CHECK(report.get().delivered_messages == 600);
  push(queue, slot("afferent/v1/node/status/n1", "off"));
  deliverer.stop();
  CHECK(bench.store.rows.empty());
}

}  // namespace
}  // namespace afferent::test
