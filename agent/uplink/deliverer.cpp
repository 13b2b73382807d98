#include "agent/uplink/deliverer.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace afferent::uplink {
namespace {

constexpr auto kFarewell = std::chrono::seconds(2);

}  // namespace

Deliverer::Deliverer(DeliveryOptions options, DeliveryTools tools, core::BoundedQueue<core::DownItem>& down)
    : down_(down), rounds_(std::move(options), tools) {}

Deliverer::~Deliverer() { stop(); }

void Deliverer::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Deliverer::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  down_.notify();
  thread_.join();
}

std::vector<core::DownItem> Deliverer::wait(core::Nanos longest) {
  if (rounds_.accepts_more()) return down_.take(longest);
  // The store takes nothing at the moment: the queue holds the rest, and the producers see it fill. The broker is heard
  // all the same.
  down_.rest(longest);
  return {};
}

void Deliverer::run() {
  core::Nanos longest = core::Nanos::zero();
  while (!stopping_) {
    longest = rounds_.round(wait(longest));
    down_.set_behind(rounds_.behind());
  }
  farewell();
}

void Deliverer::farewell() {
  rounds_.begin_stop();
  // The queue is bounded and its producers are done, so this ends.
  for (std::vector<core::DownItem> items = down_.take({}); !items.empty(); items = down_.take({})) {
    rounds_.round(std::move(items));
  }
  // Not by our clock: a test's may stand still, and these 2 s must end.
  const auto end = std::chrono::steady_clock::now() + kFarewell;
  core::Nanos longest = rounds_.round({});
  rounds_.stop_publishing();
  while (!rounds_.quiet() && std::chrono::steady_clock::now() < end) {
    const core::Nanos left = end - std::chrono::steady_clock::now();
    longest = rounds_.round(down_.take(std::max(core::Nanos::zero(), std::min(longest, left))));
  }
  rounds_.finish();
}

}  // namespace afferent::uplink
