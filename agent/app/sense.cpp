#include "agent/app/sense.h"

#include <algorithm>
#include <utility>

namespace afferent::app {

Sense::Sense(const std::vector<core::DeviceIdentity>& devices, core::Millis batch, rules::Engine& rules,
             const codec::Messages& messages, Downlink& down)
    : rules_(rules), messages_(messages), down_(down) {
  std::vector<std::string> ids;
  for (const core::DeviceIdentity& device : devices) ids.push_back(device.id);
  for (const core::DeviceIdentity& device : devices) {
    auto& batcher = batchers_[device.domain];
    if (!batcher) batcher = std::make_unique<codec::Batcher>(device.domain, ids, batch);
    batcher_of_.push_back(batcher.get());
  }
}

void Sense::series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) {
  if (latest_.size() <= core::index(series)) latest_.resize(core::index(series) + 1);
  codec::ChannelFacts& facts = latest_[core::index(series)];
  facts.device = device;
  facts.channel = channel.name;
  facts.quantity = channel.quantity;
  batcher_of_[core::index(device)]->series_added(series, device, channel);
  rules_.series_added(series, device, channel);
}

void Sense::poll(const core::Poll& poll) {
  readings_ += poll.readings.size();
  for (const core::Reading& reading : poll.readings) {
    codec::ChannelFacts& facts = latest_[core::index(reading.series)];
    facts.known = true;
    facts.number = reading.value.as_number();
    if (reading.value.kind() == core::Value::Kind::text) facts.text = reading.value.as_text();
    facts.quality = reading.quality;
    facts.at = poll.received.boot;
  }
  batcher_of_[core::index(poll.device)]->poll(poll, parcel_.envelopes);
  rules_.poll(poll, *this);
  send();
}

void Sense::limit_messages(std::size_t bytes) {
  for (const auto& [domain, batcher] : batchers_) batcher->limit(bytes);
}

core::Nanos Sense::deadline() const {
  core::Nanos next = rules_.next_deadline();
  for (const auto& [domain, batcher] : batchers_) next = std::min(next, batcher->deadline());
  return next;
}

void Sense::tick(const core::Stamp& now) {
  for (const auto& [domain, batcher] : batchers_) batcher->tick(now.boot, parcel_.envelopes);
  rules_.tick(now, *this);
  send();
}

void Sense::close(const core::Stamp& now) {
  for (const auto& [domain, batcher] : batchers_) batcher->close(parcel_.envelopes);
  send();
  closing_ = true;
  rules_.close(now, *this);
}

core::Result<std::string> Sense::order(const Order& ask) {
  auto answer = ask(rules_, *this);
  send();
  return answer;
}

void Sense::alert(const core::Alert& alert) {
  ++alerts_;
  parcel_.envelopes.push_back(messages_.alert(alert));
}

void Sense::state(core::StateChange change) {
  parcel_.changes.push_back(std::move(change));
  if (closing_) send();  // what was learned is much together, and each part of it stands by itself
}

void Sense::alert_of_gone_device(const core::Alert& alert, std::string_view device_id) {
  ++alerts_;
  parcel_.envelopes.push_back(messages_.alert_of(alert, device_id));
}

void Sense::send() {
  if (parcel_.envelopes.empty() && parcel_.changes.empty()) return;
  down_.send(std::exchange(parcel_, {}));
}

}  // namespace afferent::app
