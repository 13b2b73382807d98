#include "agent/app/bulletin.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "agent/app/version.h"
#include "agent/core/topic.h"

namespace afferent::app {
namespace {

constexpr std::size_t kNotYet = static_cast<std::size_t>(-1);  // no inventory, or not all of them
constexpr core::Nanos kRefresh = std::chrono::minutes(1);
constexpr core::Nanos kInventoryEvery =
    std::chrono::seconds(10);  // where the wire tells of channels, they come one by one

codec::DeviceFacts facts_of(core::DeviceId device, const acquire::DeviceHealth& health) {
  codec::DeviceFacts facts;
  facts.device = device;
  facts.health = health.state;
  if (health.last_good) facts.last_good = health.last_good->boot;
  facts.errors = health.timeouts + health.rejects + health.errors;
  facts.last_error = health.last_error;
  facts.round_trip = core::Millis(std::llround(health.round_trip_ms));
  return facts;
}

std::vector<codec::ChannelFacts> latest_by_device(const Sense& sense) {
  std::vector<codec::ChannelFacts> latest = sense.latest();
  std::sort(latest.begin(), latest.end(),
            [](const auto& a, const auto& b) { return std::tie(a.device, a.channel) < std::tie(b.device, b.channel); });
  return latest;
}

}  // namespace

Bulletin::Bulletin(const config::Config& config, const core::Clock& clock, const codec::Messages& messages,
                   const Sense& sense, const rules::Engine& rules, Downlink& down, HealthOf health)
    : config_(config),
      clock_(clock),
      messages_(messages),
      sense_(sense),
      rules_(rules),
      down_(down),
      health_(std::move(health)),
      started_(clock.now().boot),
      states_(down, "retained/state", config.node.id),
      inventories_(down, "retained/inventory", config.node.id) {
  for (const config::DeviceConfig& device : config.devices) domains_.insert(device.identity.domain);
  state_domains_ = domains_;
  for (const config::RuleConfig& rule : config.rules) {
    if (!rule.domain.empty()) state_domains_.insert(rule.domain);
  }
}

codec::NodeFacts Bulletin::node() const {
  const core::Stamp now = clock_.now();
  codec::NodeFacts facts;
  facts.node = config_.node.id;
  facts.board = config_.node.board;
  facts.software = kVersion;
  facts.clock = now.clock;
  facts.boot = clock_.boot();
  if (now.clock != core::ClockState::unsynced)
    facts.utc_at_boot = now.utc - std::chrono::duration_cast<core::Micros>(now.boot);
  facts.uptime = now.boot - started_;
  for (std::uint32_t i = 0; i < config_.devices.size(); ++i) ++facts.health[health_(core::DeviceId{i}).state];
  return facts;
}

Bulletin::Mark Bulletin::mark() const {
  const codec::NodeFacts facts = node();
  return {report_.trouble + report_.store_trouble, sense_.alerts(), facts.health, facts.clock};
}

void Bulletin::delivery(const core::DeliveryReport& report) {
  report_ = report;
  report_.dropped_readings += down_.dropped_readings();
  if (report.connected_now) {
    publish_inventories();
    publish_all();
  }
}

void Bulletin::second() {
  if (!report_.connected) return;
  const core::Nanos now = clock_.now().boot;
  if (sense_.latest().size() != inventoried_ && now - inventoried_at_ >= kInventoryEvery) publish_inventories();
  if (now - published_ >= kRefresh || mark() != published_mark_) publish_all();
}

void Bulletin::publish_all() {
  published_ = clock_.now().boot;
  published_mark_ = mark();
  publish_status(true);
  publish_states();
}

void Bulletin::farewell() { publish_status(false); }

void Bulletin::publish_status(bool online) {
  // What does not fit comes with the next refresh.
  (void)down_.send(core::SlotMessage{core::topic_of("node", core::Kind::status, config_.node.id, config_.node.area),
                                     codec::encode_status(node(), report_, online)});
}

void Bulletin::publish_states() {
  std::vector<codec::DeviceFacts> devices;
  for (std::uint32_t i = 0; i < config_.devices.size(); ++i)
    devices.push_back(facts_of(core::DeviceId{i}, health_(core::DeviceId{i})));
  const std::vector<codec::ChannelFacts> latest = latest_by_device(sense_);
  const std::vector<core::Alert> alerts = rules_.active();
  const codec::NodeFacts facts = node();
  std::set<std::string> domains = state_domains_;
  for (const core::Alert& alert : alerts) domains.insert(alert.domain);
  for (const std::string& domain : domains) {
    const std::string topic = core::topic_of(domain, core::Kind::state, config_.node.id, config_.node.area);
    std::vector<core::Bytes> pages = messages_.state(domain, facts, devices, latest, alerts);
    for (std::size_t page = 0; page < pages.size(); ++page) {
      (void)states_.publish(page == 0 ? topic : topic + "/p" + std::to_string(page), std::move(pages[page]));
    }
  }
  states_.settle();
}

void Bulletin::publish_inventories() {
  const std::vector<codec::ChannelFacts> channels = latest_by_device(sense_);
  bool sent = true;
  inventoried_at_ = clock_.now().boot;
  for (const std::string& domain : domains_) {
    sent = inventories_.publish(core::topic_of(domain, core::Kind::inventory, config_.node.id, config_.node.area),
                                messages_.inventory(domain, channels)) &&
           sent;
  }
  inventories_.settle();
  inventoried_ = sent ? channels.size() : kNotYet;
}

}  // namespace afferent::app
