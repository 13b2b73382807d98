#include "drivers/lorawan/driver.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "drivers/common/json_reader.h"
#include "drivers/lorawan/codec_errors.h"
#include "drivers/lorawan/saved.h"

namespace afferent::drivers::lorawan {
namespace {

using core::Error;
using core::ErrorCode;
using Kind = core::WireEvent::Kind;
using Outcome = core::CodecAnswer::Outcome;

constexpr std::size_t kMostWaiting = 4096;  // calls of the codec
constexpr std::size_t kMostHeard = 4096;    // unknown devices that are remembered
constexpr std::size_t kShown = 64;          // bytes of a message in a reject
// A source whose clock is this far ahead of ours has no clock.
constexpr core::Micros kFuture = std::chrono::hours(24);
// For the codec of a downlink: it may have to be started, and to read its script.
constexpr core::Millis kLongestEncoding = std::chrono::seconds(15);

constexpr std::array<std::string_view, 12> kTopics{
    "application/+/device/+/event/up",
    "application/+/device/+/event/join",
    "application/+/device/+/event/ack",
    "application/+/device/+/event/txack",
    "application/+/device/+/event/status",
    "application/+/device/+/event/log",
    "v3/+/devices/+/up",
    "v3/+/devices/+/join",
    "v3/+/devices/+/down/ack",
    "v3/+/devices/+/down/nack",
    "v3/+/devices/+/down/failed",
    "v3/+/devices/+/down/sent",
};

core::ByteView shown(core::ByteView bytes) { return bytes.first(std::min(bytes.size(), kShown)); }

}  // namespace

Network::Network(std::vector<Settings> settings) {
  devices_.reserve(settings.size());
  for (Settings& one : settings) {
    by_eui_.emplace(one.dev_eui, devices_.size());
    devices_.emplace_back(static_cast<core::DeviceRef>(devices_.size()), std::move(one));
  }
}

std::span<const core::ChannelSpec> Network::channels(core::DeviceRef device) const {
  return devices_[core::index(device)].channels();
}

std::vector<core::PortWish> Network::wishes() const {
  std::vector<core::PortWish> wishes;
  for (const std::string_view topic : kTopics) wishes.push_back({.name = std::string(topic)});
  return wishes;
}

void Network::on(const core::WireEvent& event, core::Sink& sink) {
  now_ = event.at.boot;
  if (event.kind == Kind::opened) return opened(sink);
  if (event.kind == Kind::closed) return command_.reset();
  if (event.kind == Kind::wake) return woken(sink);
  if (event.kind != Kind::received && event.kind != Kind::overheard) return;
  if (event.name == core::kCodecTopic) return answered(event.bytes, sink);
  if (!event.bytes.empty()) message(event, sink);
}

std::optional<std::size_t> Network::find(const std::string& dev_eui) const {
  auto found = by_eui_.find(dev_eui);
  if (found == by_eui_.end()) found = by_eui_.find({});
  if (found == by_eui_.end()) return std::nullopt;
  return found->second;
}

void Network::unknown(const std::string& dev_eui, const Json& json, core::Sink& sink) {
  if (heard_.contains(dev_eui)) return;
  if (heard_.size() >= kMostHeard) heard_.clear();
  heard_.insert(dev_eui);
  std::string what(json["deviceInfo"]["deviceName"].text(json["end_device_ids"]["device_id"].text()));
  const std::string_view profile = json["deviceInfo"]["deviceProfileName"].text();
  if (!profile.empty()) what += (what.empty() ? "" : ", ") + std::string(profile);
  sink.heard(dev_eui, what.empty() ? "LoRaWAN device" : what.substr(0, 200));
}

void Network::message(const core::WireEvent& event, core::Sink& sink) {
  std::optional<Topic> topic = read_topic(event.name);
  if (!topic && !event.name.empty()) return;  // somebody else's
  const auto json = read_json(core::as_text(event.bytes));
  if (!json) return sink.reject(shown(event.bytes), json.error().message());
  if (!json->is(Json::Kind::object)) return sink.reject(shown(event.bytes), "the message is no JSON object");
  if (!topic) topic = guess_topic(*json);
  if (topic->event == Topic::Event::up) return uplink(*topic, *json, event, sink);
  other(*topic, *json, sink);
}

void Network::uplink(const Topic& topic, const Json& json, const core::WireEvent& event, core::Sink& sink) {
  auto read = read_uplink(topic, json);
  if (!read) return sink.reject(shown(event.bytes), "uplink: " + read.error().message());
  const auto number = find(read->dev_eui);
  if (!number) return unknown(read->dev_eui, json, sink);
  Device& device = devices_[*number];
  if (!topic.application.empty()) device.topic = topic;
  if (read->time && event.at.clock != core::ClockState::unsynced && *read->time > event.at.utc + kFuture)
    read->time = {};
  const auto verdict = device.counter.see(read->fcnt, read->id, read->dev_addr, read->time);
  if (verdict == FrameCounter::Verdict::duplicate) return;
  Taken taken{read->time, core::Quality::good, read->radio, read->payload};
  // By its time it is known for what it is; without one nobody could tell that a newer value came before it.
  if (verdict == FrameCounter::Verdict::late && !taken.measured) taken.quality = core::Quality::uncertain;
  decode(*number, *read, std::move(taken), event, sink);
}

void Network::decode(std::size_t number, const Uplink& uplink, Taken taken, const core::WireEvent& event,
                     core::Sink& sink) {
  Device& device = devices_[number];
  const bool empty = uplink.payload.empty() || uplink.fport == 0;  // nothing but MAC commands
  if (device.settings().codec.empty()) {
    if (uplink.object == nullptr && !empty) {
      return device.emit_failed(
          taken,
          "port " + std::to_string(uplink.fport) + ": the device has no codec, and the network server sends no object",
          sink);
    }
    if (uplink.object != nullptr) device.failing.clear();
    return device.emit(taken, uplink.object, sink);
  }
  if (empty || !device.decodes(uplink.fport)) return device.emit(taken, nullptr, sink);
  core::CodecCall call;
  call.fport = uplink.fport;
  call.time_ms = std::chrono::floor<core::Millis>(uplink.time.value_or(event.at.utc)).count();
  call.script = device.settings().codec;
  call.variables = device.settings().variables;
  call.payload = uplink.payload;
  ask_codec(std::move(call), {number, std::move(taken), {}, {}}, sink);
}

std::optional<std::uint32_t> Network::ask_codec(core::CodecCall call, Waiting waiting, core::Sink& sink) {
  if (waiting_.size() >= kMostWaiting) {
    devices_[waiting.device].fail("too many payloads wait for the codec", call.payload, sink);
    return std::nullopt;
  }
  call.id = ++last_call_;
  waiting_.insert_or_assign(call.id, std::move(waiting));
  core::Outgoing outgoing;
  outgoing.bytes = core::pack(call);
  outgoing.expects_answer = false;
  outgoing.topic = core::kCodecTopic;
  sink.send(std::move(outgoing));
  return call.id;
}

void Network::answered(core::ByteView bytes, core::Sink& sink) {
  const auto answer = core::unpack_answer(bytes);
  if (!answer) return sink.reject(shown(bytes), answer.error().message());
  auto node = waiting_.extract(answer->id);
  if (node.empty()) return;
  if (!node.mapped().script.empty()) return loaded(node.mapped().script, *answer, sink);
  node.mapped().wish ? encode_answered(answer->id, node.mapped(), *answer, sink)
                     : decoded(node.mapped(), *answer, sink);
}

void Network::decoded(Waiting& waiting, const core::CodecAnswer& answer, core::Sink& sink) {
  Device& device = devices_[waiting.device];
  const auto refuse = [&](const std::string& why) { device.emit_failed(waiting.taken, "codec: " + why, sink); };
  if (answer.outcome != Outcome::ok) return refuse(answer.text);
  const auto result = read_json(answer.text);
  if (!result) return refuse(result.error().message());
  if (const auto errors = errors_in(*result)) return refuse(*errors);
  const Json& data = (*result)["data"];
  if (!data.is(Json::Kind::object) && !data.is(Json::Kind::array)) {
    const auto warnings = warnings_in(*result);
    return refuse("it gave no data" + (warnings ? ": " + *warnings : ""));
  }
  device.failing.clear();
  device.emit(waiting.taken, &data, sink);
}

// A script that is missing, or is no JavaScript, is to be known before the first payload comes.
void Network::opened(core::Sink& sink) {
  std::set<std::string> scripts;
  for (const Device& device : devices_) {
    if (!device.settings().codec.empty()) scripts.insert(device.settings().codec);
  }
  unloaded_.assign(scripts.rbegin(), scripts.rend());
  load_next(sink);
}

void Network::load_next(core::Sink& sink) {
  if (unloaded_.empty()) return;
  core::CodecCall call;
  call.verb = core::CodecCall::Verb::load;
  call.script = std::move(unloaded_.back());
  unloaded_.pop_back();
  Waiting waiting;
  waiting.script = call.script;
  ask_codec(std::move(call), std::move(waiting), sink);
}

void Network::loaded(const std::string& script, const core::CodecAnswer& answer, core::Sink& sink) {
  load_next(sink);
  if (answer.outcome == Outcome::ok) return;
  for (Device& device : devices_) {
    if (device.settings().codec != script) continue;
    device.failing = "codec: " + answer.text;
    device.fail(device.failing, {}, sink);
  }
}

void Network::other(const Topic& topic, const Json& json, core::Sink& sink) {
  const std::string dev_eui = dev_eui_of(topic, json);
  if (topic.event == Topic::Event::other || dev_eui.empty()) return;
  const auto number = find(dev_eui);
  if (!number) return unknown(dev_eui, json, sink);
  Device& device = devices_[*number];
  if (!topic.application.empty()) device.topic = topic;
  switch (topic.event) {
    case Topic::Event::join: return device.counter.joined();
    case Topic::Event::status: return status(device, json, sink);
    case Topic::Event::log:
      if (json["level"].text() != "ERROR") return;
      return device.fail("network server: " + std::string(json["code"].text("error")) + ": " +
                             std::string(json["description"].text()).substr(0, 300),
                         {}, sink);
    case Topic::Event::ack:
      // ChirpStack leaves out what is false.
      if (topic.server == Server::chirpstack ? json["acknowledged"].boolean() : topic.acknowledged) return;
      return device.fail("a downlink was not acknowledged", {}, sink);
    case Topic::Event::up:
    case Topic::Event::txack:
    case Topic::Event::other: return;
  }
}

void Network::status(Device& device, const Json& json, core::Sink& sink) {
  if (json["externalPowerSource"].boolean() || json["batteryLevelUnavailable"].boolean()) return;
  device.emit_battery(json["batteryLevel"].number(), sink);  // left out when it is 0
}

void Network::command(const core::DeviceCommand& command, core::Sink& sink) {
  if (command.verb != "downlink") return Driver::command(command, sink);
  const std::size_t number = core::index(command.device);
  if (number >= devices_.size()) return sink.done(Error(ErrorCode::bug, "no such device"));
  Device& device = devices_[number];
  auto wish = read_wish(command.arguments);
  if (!wish) return sink.done(std::move(wish).error());
  if (const std::string_view why = device.unreachable(); !why.empty())
    return sink.done(Error(ErrorCode::not_found, std::string(why)));
  if (wish->data.empty()) {
    sink.send(lorawan::message(device.topic, device.settings().dev_eui, wish->downlink));
    return sink.done({});
  }
  if (device.settings().codec.empty())
    return sink.done(Error(ErrorCode::bad_input, "data needs a codec, which the device does not have; give bytes"));
  core::CodecCall call;
  call.verb = core::CodecCall::Verb::encode;
  call.fport = wish->downlink.fport;
  call.script = device.settings().codec;
  call.variables = device.settings().variables;
  call.payload.assign(wish->data.begin(), wish->data.end());
  const auto asked = ask_codec(std::move(call), {number, {}, *std::move(wish), {}}, sink);
  if (!asked) return sink.done(Error(ErrorCode::full, "too many payloads wait for the codec"));
  command_ = asked;
  command_until_ = now_ + kLongestEncoding;
  sink.wake_in(kLongestEncoding);
}

// One command at a time: the line holds the others back until this one is done.
void Network::encode_answered(std::uint32_t call, Waiting& waiting, const core::CodecAnswer& answer, core::Sink& sink) {
  if (command_ != call) return;  // it has ended without, and nothing may come of it any more
  command_.reset();
  const Device& device = devices_[waiting.device];
  const auto refuse = [&](const std::string& why) { sink.done(Error(ErrorCode::bad_input, "codec: " + why)); };
  if (answer.outcome != Outcome::ok) return refuse(answer.text);
  const auto result = read_json(answer.text);
  if (!result) return refuse(result.error().message());
  const auto downlink = encoded(*waiting.wish, *result);
  if (!downlink) return refuse(downlink.error().message());
  sink.send(lorawan::message(device.topic, device.settings().dev_eui, *downlink));
  sink.done({});
}

void Network::woken(core::Sink& sink) {
  if (!command_) return;
  if (now_ < command_until_) return sink.wake_in(std::chrono::ceil<core::Millis>(command_until_ - now_));
  command_.reset();
  sink.done(Error(ErrorCode::retry, "codec: it gave no answer"));
}

core::Bytes Network::save() const { return pack(devices_); }

core::Result<void> Network::restore(core::ByteView saved) {
  return unpack(saved, [this](const std::string& dev_eui) -> Device* {
    const auto found = by_eui_.find(dev_eui);
    return found == by_eui_.end() ? nullptr : &devices_[found->second];
  });
}

}  // namespace afferent::drivers::lorawan
