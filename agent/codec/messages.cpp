#include "agent/codec/messages.h"

#include <algorithm>

#include "agent/codec/encode.h"

namespace afferent::codec {
namespace {

constexpr std::size_t kPageBytes = 60'000;  // leaves room for the seal and the page numbers below 64 kB

void fill_orders(const core::Alert& alert, pb::Alert& out) {
  if (alert.acknowledged) {
    out.set_acknowledged_by(alert.acknowledged->who);
    out.set_acknowledged_note(alert.acknowledged->note);
    out.set_acknowledged_ms(to_ms(alert.acknowledged->at.boot));
    out.set_acknowledged_utc_us(known_utc_us(alert.acknowledged->at));
  }
  if (alert.shelf) {
    out.set_shelved_by(alert.shelf->who);
    out.set_shelved_note(alert.shelf->note);
    out.set_shelved_until_ms(to_ms(alert.shelf->until));
    out.set_shelved_until_utc_us(alert.shelf->until_utc.value_or(core::Micros{}).count());
  }
  out.set_flapping(alert.flapping);
  out.set_expected_utc_us(alert.expected.value_or(core::Micros{}).count());
}

void fill(const core::Alert& alert, const core::DeviceIdentity& device, std::span<const std::string> cameras,
          pb::Alert& out) {
  out.set_id(alert.id.data(), alert.id.size());
  out.set_rule(alert.rule);
  out.set_device(device.id);
  out.set_device_name(device.name);
  out.set_channel(alert.channel);
  out.set_severity(static_cast<pb::Severity>(alert.severity));
  out.set_state(static_cast<pb::AlertState>(alert.state));
  out.set_first_ms(to_ms(alert.first.boot));
  out.set_last_ms(to_ms(alert.last.boot));
  out.set_first_utc_us(known_utc_us(alert.first));
  out.set_last_utc_us(known_utc_us(alert.last));
  out.set_value(alert.value);
  out.set_has_limit(alert.limit.has_value());
  out.set_limit(alert.limit.value_or(0.0));
  out.set_unit(alert.unit);
  for (const core::EvidenceSample& sample : alert.evidence) {
    pb::Evidence* evidence = out.add_evidence();
    evidence->set_boot_ms(to_ms(sample.at.boot));
    evidence->set_value(sample.value);
  }
  codec::fill(device.place, *out.mutable_place());
  out.set_component(device.component);
  for (const std::string& camera : cameras) out.add_camera(camera);
  out.set_sentence(alert.sentence);
  fill_orders(alert, out);
}

core::Envelope enveloped(const core::Alert& alert, const core::DeviceIdentity& device,
                         std::span<const std::string> cameras) {
  pb::Alert message;
  fill(alert, device, cameras, message);
  return {alert.domain, core::Kind::alert, serialized(message), 0, alert.last.boot, alert.last.boot};
}

void fill(const DeviceFacts& facts, const core::DeviceIdentity& identity, pb::DeviceState& out) {
  out.set_device(identity.id);
  out.set_health(to_proto(facts.health));
  out.set_last_good_ms(to_ms(facts.last_good));
  out.set_errors(facts.errors);
  out.set_last_error(facts.last_error);
  out.set_round_trip_ms(static_cast<std::uint32_t>(facts.round_trip.count()));
}

void fill(const ChannelFacts& facts, pb::ChannelState& out) {
  out.set_channel(facts.channel);
  out.set_number(facts.number);
  out.set_text(facts.text);
  out.set_quality(static_cast<pb::Quality>(facts.quality));
  out.set_at_ms(to_ms(facts.at));
  out.set_unit(std::string(core::unit_of(facts.quantity)));
}

// The channels of a device; these and those of the devices before it leave `rest`, which is sorted by device.
std::span<const ChannelFacts> take_of(core::DeviceId device, std::span<const ChannelFacts>& rest) {
  const auto first =
      std::find_if(rest.begin(), rest.end(), [device](const auto& fact) { return fact.device >= device; });
  const auto last = std::find_if(first, rest.end(), [device](const auto& fact) { return fact.device != device; });
  const std::span<const ChannelFacts> own(first, last);
  rest = std::span<const ChannelFacts>(last, rest.end());
  return own;
}

// A domain's state, cut where a page is full.
class Pages {
 public:
  void add(const pb::Alert& alert) { *page_for(alert.ByteSizeLong()).add_alert() = alert; }

  // Channels that would fill a page follow as a further state of the same device.
  void add(pb::DeviceState device, std::span<const ChannelFacts> channels) {
    std::size_t gathered = 0;  // bytes of channels
    for (const ChannelFacts& channel : channels) {
      if (!channel.known) continue;
      if (gathered > kPageBytes / 2) {
        add(device);
        device.clear_channel();
        gathered = 0;
      }
      fill(channel, *device.add_channel());
      gathered += device.channel(device.channel_size() - 1).ByteSizeLong();
    }
    add(device);
  }

  std::vector<core::Bytes> encoded(std::string_view domain, const NodeFacts& node) {
    std::vector<core::Bytes> encoded;
    for (pb::DomainState& page : pages_) {
      page.set_domain(std::string(domain));
      page.set_page(static_cast<std::uint32_t>(encoded.size()));
      page.set_pages(static_cast<std::uint32_t>(pages_.size()));
      page.set_boot(node.boot);
      page.set_utc_at_boot_us(node.utc_at_boot.count());
      encoded.push_back(serialized(page));
    }
    return encoded;
  }

 private:
  void add(const pb::DeviceState& device) { *page_for(device.ByteSizeLong()).add_device() = device; }

  pb::DomainState& page_for(std::size_t size) {
    if (used_ != 0 && used_ + size > kPageBytes) {
      pages_.emplace_back();
      used_ = 0;
    }
    used_ += size + 4;
    return pages_.back();
  }

  std::vector<pb::DomainState> pages_{1};
  std::size_t used_ = 0;  // bytes of the last page
};

}  // namespace

core::Bytes encode_will(std::uint64_t session) {
  pb::NodeStatus status;
  status.set_online(false);
  status.set_session(session);
  return serialized(status);
}

core::Bytes encode_status(const NodeFacts& node, const core::DeliveryReport& delivery, bool online) {
  pb::NodeStatus status;
  status.set_online(online);
  status.set_session(delivery.session);
  status.set_node(node.node);
  status.set_software(node.software);
  status.set_board(node.board);
  status.set_clock(to_proto(node.clock));
  status.set_boot(node.boot);
  status.set_utc_at_boot_us(node.utc_at_boot.count());
  status.set_epoch(delivery.epoch);
  for (const auto& [stream, next] : delivery.next_sequence) {
    pb::StreamPosition* position = status.add_stream();
    position->set_stream(stream);
    position->set_next_sequence(next);
  }
  for (const auto& [health, devices] : node.health) {
    pb::HealthCount* count = status.add_health();
    count->set_health(to_proto(health));
    count->set_devices(devices);
  }
  status.set_backlog_messages(delivery.backlog_messages);
  status.set_backlog_bytes(delivery.backlog_bytes);
  status.set_delivery(delivery.mqtt5 ? "confirmed" : "unconfirmed (MQTT 3.1.1)");
  const std::string_view between = delivery.trouble.empty() || delivery.store_trouble.empty() ? "" : "; ";
  status.set_trouble(delivery.store_trouble + std::string(between) + delivery.trouble);
  status.set_uptime_s(static_cast<std::uint64_t>(std::chrono::duration_cast<core::Seconds>(node.uptime).count()));
  status.set_dropped_readings(delivery.dropped_readings);
  return serialized(status);
}

core::Envelope Messages::alert(const core::Alert& alert) const {
  return enveloped(alert, devices_[core::index(alert.device)], cameras_[core::index(alert.device)]);
}

core::Envelope Messages::alert_of(const core::Alert& alert, std::string_view device_id) const {
  core::DeviceIdentity gone;
  gone.id = device_id;
  return enveloped(alert, gone, {});
}

core::Envelope Messages::event(const core::Event& event) const {
  const core::DeviceIdentity& device = devices_[core::index(event.device)];
  pb::Event out;
  out.set_what(event.what);
  out.set_rule(event.rule);
  out.set_device(device.id);
  out.set_device_name(device.name);
  out.set_first_ms(to_ms(event.first.boot));
  out.set_last_ms(to_ms(event.last.boot));
  out.set_first_utc_us(known_utc_us(event.first));
  out.set_last_utc_us(known_utc_us(event.last));
  for (const core::Figure& figure : event.figures) {
    pb::Figure* one = out.add_figure();
    one->set_name(figure.name);
    one->set_value(figure.value);
    one->set_unit(figure.unit);
  }
  codec::fill(device.place, *out.mutable_place());
  out.set_component(device.component);
  out.set_sentence(event.sentence);
  return {event.domain, core::Kind::event, serialized(out), 0, event.last.boot, event.last.boot};
}

core::Envelope Messages::custody(const core::Custody& custody) const {
  const core::DeviceIdentity& device = devices_[core::index(custody.device)];
  pb::CustodyEvent out;
  out.set_tag(custody.tag);
  out.set_cylinder(custody.cylinder);
  out.set_owner(custody.owner);
  out.set_state(custody.state);
  out.set_rule(custody.rule);
  out.set_device(device.id);
  out.set_device_name(device.name);
  out.set_at_ms(to_ms(custody.at.boot));
  out.set_at_utc_us(known_utc_us(custody.at));
  out.set_antenna(custody.antenna);
  out.set_rssi(custody.rssi);
  out.set_dwell_s(custody.dwell);
  codec::fill(device.place, *out.mutable_place());
  out.set_component(device.component);
  out.set_sentence(custody.sentence);
  return {custody.domain, core::Kind::custody, serialized(out), 0, custody.at.boot, custody.at.boot};
}

core::Bytes Messages::inventory(std::string_view domain, std::span<const ChannelFacts> channels) const {
  pb::Inventory inventory;
  inventory.set_domain(std::string(domain));
  for (std::uint32_t i = 0; i < devices_.size(); ++i) {
    const core::DeviceIdentity& identity = devices_[i];
    const auto own = take_of(core::DeviceId{i}, channels);
    if (identity.domain != domain) continue;
    pb::DeviceIdentity* device = inventory.add_device();
    device->set_id(identity.id);
    device->set_driver(identity.driver);
    device->set_port(identity.port);
    device->set_name(identity.name);
    codec::fill(identity.place, *device->mutable_place());
    device->set_component(identity.component);
    device->set_installed(identity.installed);
    for (const core::Calibration& given : identity.calibration) {
      pb::Calibration* calibration = device->add_calibration();
      calibration->set_channel(given.channel);
      calibration->set_scale(given.scale);
      calibration->set_offset(given.offset);
    }
    for (const ChannelFacts& channel : own) {
      const std::string_view unit = core::unit_of(channel.quantity);
      device->add_channel(channel.channel + (unit.empty() ? "" : " ") + std::string(unit));
    }
  }
  return serialized(inventory);
}

std::vector<core::Bytes> Messages::state(std::string_view domain, const NodeFacts& node,
                                         std::span<const DeviceFacts> devices, std::span<const ChannelFacts> latest,
                                         std::span<const core::Alert> alerts) const {
  Pages pages;
  for (const core::Alert& alert : alerts) {
    if (alert.domain != domain) continue;
    pb::Alert message;
    fill(alert, devices_[core::index(alert.device)], cameras_[core::index(alert.device)], message);
    pages.add(message);
  }
  for (const DeviceFacts& facts : devices) {
    const auto own = take_of(facts.device, latest);
    const core::DeviceIdentity& identity = devices_[core::index(facts.device)];
    if (identity.domain != domain) continue;
    pb::DeviceState message;
    fill(facts, identity, message);
    pages.add(std::move(message), own);
  }
  return pages.encoded(domain, node);
}

}  // namespace afferent::codec
