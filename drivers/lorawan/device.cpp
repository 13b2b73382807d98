#include "drivers/lorawan/device.h"

#include <algorithm>
#include <set>

namespace afferent::drivers::lorawan {
namespace {

using core::Channel;
using core::ChannelSpec;
using core::Quantity;
using core::Value;

constexpr std::size_t kMostDeclared = 1024;  // a codec that makes up names

Quantity quantity_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::boolean: return Quantity::boolean;
    case Value::Kind::text: return Quantity::text;
    case Value::Kind::number: break;
  }
  return Quantity::none;
}

constexpr std::size_t kLongestLeaf = 52;  // of the 64 that a channel's name may have: a number and a suffix follow

std::string_view suffix_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::boolean: return "_flag";
    case Value::Kind::text: return "_text";
    case Value::Kind::number: break;
  }
  return "_number";
}

}  // namespace

Device::Device(core::DeviceRef ref, Settings settings) : ref_(ref), settings_(std::move(settings)) {
  channels_ = channels_of(settings_.fields);
  for (const Field& field : settings_.fields) {
    const auto known = std::find_if(channels_.begin(), channels_.end(), [&field](const ChannelSpec& channel) {
      return channel.name == field.channel.name;
    });
    numbers_.push_back(static_cast<Channel>(known - channels_.begin()));
  }
  channels_.push_back({"rssi", Quantity::signal, 0, -200.0, 20.0});
  channels_.push_back({"snr", Quantity::none, -2, -50.0, 50.0});
  topic.application = settings_.application;
  topic.device = settings_.dev_eui;
}

bool Device::decodes(std::uint8_t fport) const {
  if (settings_.codec.empty()) return false;
  return settings_.ports.empty() ||
         std::find(settings_.ports.begin(), settings_.ports.end(), fport) != settings_.ports.end();
}

std::string_view Device::unreachable() const {
  if (topic.application.empty())
    return "the device's application is not known before its first uplink; set `application`";
  // Only The Things Stack names a tenant, and there a device has an id that only its messages say.
  const bool ttn = topic.application.find('@') != std::string::npos;
  if (ttn && topic.server != Server::ttn)
    return "the device's id on The Things Stack is not known before its first uplink";
  return {};
}

void Device::put(Channel channel, const Read& read, const Taken& taken, core::Sink& sink) const {
  Value value = Value::number(read.number);
  if (read.kind == Value::Kind::boolean) value = Value::boolean(read.number != 0.0);
  if (read.kind == Value::Kind::text) value = Value::text(read.text);
  sink.reading(ref_, channel, value, taken.measured, taken.quality);
}

void Device::emit(const Taken& taken, const Json* data, core::Sink& sink) {
  std::vector<std::string> faults;
  std::size_t read = 0;
  if (data != nullptr && !settings_.fields.empty()) read = emit_fields(taken, *data, faults, sink);
  if (data != nullptr && settings_.fields.empty()) emit_leaves(taken, *data, sink);
  // What is said last decides whether the frame was a good one: one of whose fields none could be read was not.
  if (read == 0) emit_radio(taken, sink);
  for (std::string& fault : faults) fail(std::move(fault), taken.payload, sink);
  if (read > 0) emit_radio(taken, sink);
  if (data == nullptr) still_failing(sink);
}

void Device::emit_failed(const Taken& taken, const std::string& why, core::Sink& sink) {
  failing = why;
  emit_radio(taken, sink);
  fail(why, taken.payload, sink);
}

void Device::fail(std::string why, core::ByteView payload, core::Sink& sink) {
  sink.fault(ref_, payload, settings_.id + ": " + std::move(why));
}

// A device of which nothing but the signal and the battery comes is not well because of these.
void Device::still_failing(core::Sink& sink) {
  if (!failing.empty()) fail("still: " + failing, {}, sink);
}

void Device::emit_radio(const Taken& taken, core::Sink& sink) {
  if (!taken.radio) return;
  const auto rssi = static_cast<Channel>(channels_.size() - 2);
  const auto snr = static_cast<Channel>(channels_.size() - 1);
  put(rssi, {Value::Kind::number, taken.radio->rssi, {}}, taken, sink);
  put(snr, {Value::Kind::number, taken.radio->snr, {}}, taken, sink);
}

std::size_t Device::emit_fields(const Taken& taken, const Json& data, std::vector<std::string>& faults,
                                core::Sink& sink) {
  std::set<Channel> read_channels;
  for (std::size_t i = 0; i < settings_.fields.size(); ++i) {
    if (read_channels.contains(numbers_[i])) continue;
    const Json* value = at_path(data, settings_.fields[i].path);
    if (value == nullptr) continue;
    const auto read = read_field(settings_.fields[i], *value);
    if (!read) {
      faults.push_back(read.error().message());
    } else if (*read) {
      put(numbers_[i], **read, taken, sink);
      read_channels.insert(numbers_[i]);
    }
  }
  return read_channels.size();
}

void Device::emit_leaves(const Taken& taken, const Json& data, core::Sink& sink) {
  std::set<std::string> given{"rssi", "snr"};
  for (Leaf& leaf : leaves_of(data)) {
    // Two paths may give one name, and one path values of several kinds over time.
    const std::string base = leaf.name.substr(0, kLongestLeaf);
    std::string name = base;
    for (int copy = 2; !given.insert(name).second; ++copy) name = base + "_" + std::to_string(copy);
    const auto known = declared_.find(name);
    const Quantity quantity = quantity_of(leaf.value.kind);
    if (known != declared_.end() && core::kind_of(known->second.quantity) != leaf.value.kind)
      name += suffix_of(leaf.value.kind);
    put(declared({name, quantity}, sink), leaf.value, taken, sink);
  }
}

Channel Device::declared(const ChannelSpec& spec, core::Sink& sink) {
  const auto known = declared_.find(spec.name);
  if (known != declared_.end()) return known->second.channel;
  const Channel channel = sink.declare(ref_, spec);
  if (declared_.size() < kMostDeclared) declared_.emplace(spec.name, Declared{channel, spec.quantity});
  return channel;
}

// A battery that the map reads from the payload, as a voltage or percentage, keeps its channel to itself.
void Device::emit_battery(double percent, core::Sink& sink) {
  Taken taken;
  for (std::size_t i = 0; i < settings_.fields.size(); ++i) {
    if (settings_.fields[i].channel.name != "battery") continue;
    if (settings_.fields[i].channel.quantity == Quantity::ratio)
      put(numbers_[i], {Value::Kind::number, percent, {}}, taken, sink);
    return still_failing(sink);
  }
  put(declared({"battery", Quantity::ratio, 0, 0.0, 100.0}, sink), {Value::Kind::number, percent, {}}, taken, sink);
  still_failing(sink);
}

}  // namespace afferent::drivers::lorawan
