#include "drivers/sl651/center.h"

#include <algorithm>
#include <utility>

#include "drivers/sl651/elements.h"
#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::uint8_t kKeepalive = 0x2F;
constexpr std::size_t kSlice = 512;  // keeps a receiver small whatever the size of a burst
constexpr std::size_t kMostReceivers = 1024;
constexpr std::size_t kMostHeard = 256;
constexpr std::size_t kMostChannels = 500;     // of one station
constexpr std::size_t kMostReports = 64;       // in packets at a time, beside one of each station
constexpr core::Seconds kRepeatedWithin{600};  // a station repeats twice within minutes

std::string describe(const Frame& frame, const Body& body) {
  std::string what = "function " + hex_text(frame.function, 2);
  if (body.kind == '\0') return what;
  const std::string_view kind = kind_of_station(body.kind);
  return "type " + hex_text(static_cast<std::uint8_t>(body.kind), 2) + " " + std::string(kind) +
         (kind.empty() ? "station, " : " station, ") + what;
}

}  // namespace

Center::Center(std::vector<Settings> stations) {
  if (stations.empty()) stations.emplace_back();
  stations_.resize(stations.size());
  for (std::size_t i = 0; i < stations.size(); ++i) {
    any_ = any_ || stations[i].station.empty();
    places_.emplace(stations[i].station, i);
    stations_[i].device = static_cast<core::DeviceRef>(i);
    stations_[i].settings = std::move(stations[i]);
  }
}

std::span<const core::ChannelSpec> Center::channels(core::DeviceRef /*device*/) const { return {}; }

void Center::on(const core::WireEvent& event, core::Sink& sink) {
  using Kind = core::WireEvent::Kind;
  switch (event.kind) {
    case Kind::received:
    case Kind::overheard: return received(event, sink);
    case Kind::opened:
      if (receivers_.size() < kMostReceivers) receivers_[event.peer].flush();
      return;
    case Kind::closed: return closed(event.peer, sink);
    case Kind::timed_out: return timed_out(sink);
    case Kind::turn: return sink.done({});  // nobody is polled
    case Kind::wake: return ask(event, sink);
    case Kind::edge: return;
  }
}

void Center::closed(std::uint32_t peer, core::Sink& sink) {
  if (const auto found = receivers_.find(peer); found != receivers_.end()) {
    if (const core::Bytes rest = found->second.flush(); !rest.empty()) sink.reject(rest, "no complete frame");
    receivers_.erase(found);
  }
  std::erase_if(assemblies_, [peer](const auto& one) { return one.first.first == peer; });
  for (Station& station : stations_) {
    if (station.peer != peer) continue;
    station.peer.reset();
    if (question_ && question_->device == station.device) question_.reset();
  }
}

void Center::timed_out(core::Sink& sink) {
  if (question_) {
    question_.reset();
    return sink.done(Error(ErrorCode::retry, "no answer"));
  }
  if (std::exchange(sent_, false)) return sink.done({});  // of a confirmation, to which nobody answers
  for (auto& [peer, receiver] : receivers_) {
    if (const core::Bytes rest = receiver.flush(); !rest.empty()) sink.reject(rest, "no complete frame");
  }
}

void Center::received(const core::WireEvent& event, core::Sink& sink) {
  if (!receivers_.contains(event.peer) && receivers_.size() >= kMostReceivers) {
    return sink.reject(event.bytes, "too many connections");
  }
  Receiver& receiver = receivers_[event.peer];
  core::ByteView bytes = event.bytes;
  while (!bytes.empty()) {
    const core::ByteView slice = bytes.first(std::min(bytes.size(), kSlice));
    bytes = bytes.subspan(slice.size());
    receiver.feed(slice);
    while (const auto found = receiver.next()) {
      if (found->frame) {
        accept(*found->frame, found->raw, event, sink);
      } else {
        sink.reject(found->raw, found->why);
      }
    }
  }
}

Center::Station* Center::find(std::string_view address) {
  if (any_) return &stations_.front();
  const auto place = places_.find(std::string(address));
  return place == places_.end() ? nullptr : &stations_[place->second];
}

void Center::accept(const Frame& frame, core::ByteView raw, const core::WireEvent& event, core::Sink& sink) {
  if (frame.down) return;  // an echo, or another centre's
  Station* station = find(frame.station);
  if (station != nullptr) {
    if (station->settings.password && *station->settings.password != frame.password) {
      return sink.reject(raw, "station " + frame.station + ": wrong password");
    }
    station->peer = event.peer;
    station->last = frame;
    station->last->body.clear();
  }
  if (frame.start != kSyn) return report(station, frame, raw, event, sink);
  if (station == nullptr) return unknown(frame.station, "packets of function " + hex_text(frame.function, 2), sink);
  packet(*station, frame, raw, event, sink);
}

void Center::packet(Station& station, const Frame& frame, core::ByteView raw, const core::WireEvent& event,
                    core::Sink& sink) {
  Assembly* assembly = assembly_of(event.peer, frame.station);
  if (assembly == nullptr)
    return sink.reject(raw, "station " + frame.station + ": too many reports in packets at once");
  const Assembly::Step step = assembly->add(frame, event.at.boot);
  switch (step.state) {
    case Assembly::State::waits: return;
    case Assembly::State::too_long: return sink.reject(raw, "report in packets is longer than 64 kB");
    case Assembly::State::whole:
      assemblies_.erase({event.peer, frame.station});
      return report(&station, *step.frame, raw, event, sink);
    case Assembly::State::missing: break;
  }
  if (station.settings.answer == Answer::none) return;
  Frame again = frame;
  again.number = step.number;
  again.end = kNak;
  send(std::move(again), 0, event.at.utc, station.settings.rules.zone, event.peer, sink);
}

// Null where there are too many at once; those that began and never end give way.
Assembly* Center::assembly_of(std::uint32_t peer, const std::string& address) {
  const auto found = assemblies_.find({peer, address});
  if (found != assemblies_.end()) return &found->second;
  if (assemblies_.size() >= kMostReports + stations_.size()) return nullptr;
  return &assemblies_[{peer, address}];
}

// Whose values come next, where one device stands for any station.
void Center::name(std::string_view address, const std::string& what, core::Sink& sink) {
  if (any_ && std::exchange(any_address_, address) != address) sink.heard(address, what);
}

// `station` is null where the sender is not configured; it may be a relay of stations that are.
void Center::report(Station* station, const Frame& frame, core::ByteView raw, const core::WireEvent& event,
                    core::Sink& sink) {
  const Body body = read_body(frame, station != nullptr ? station->settings.rules : Rules());
  name(frame.station, describe(frame, body), sink);
  if (station == nullptr && body.items.empty()) return unknown(frame.station, describe(frame, body), sink);
  const bool again = station != nullptr && is_repetition(*station, raw, event);
  const bool ours = again || publish(body, sink) || station != nullptr;
  if (!ours) return;
  if (!body.trouble.empty() && !again) sink.reject(raw, "station " + frame.station + ": " + body.trouble);
  if (station == nullptr) return;
  if (!body.items.empty()) {
    station->last_report.assign(raw.begin(), raw.end());
    station->last_report_at = event.at.boot;
  }
  confirm(*station, frame, body, event, sink);
  answered(*station, frame, sink);
}

// A confirmation that was lost makes the station send the same once more.
bool Center::is_repetition(const Station& station, core::ByteView raw, const core::WireEvent& event) const {
  return !any_ && event.at.boot - station.last_report_at <= kRepeatedWithin &&
         std::equal(raw.begin(), raw.end(), station.last_report.begin(), station.last_report.end());
}

// True where something was of a station that is configured.
bool Center::publish(const Body& body, core::Sink& sink) {
  bool any = false;
  for (const Item& item : body.items) {
    Station* station = find(item.station);
    if (station == nullptr) {
      unknown(item.station, "in a report", sink);
      continue;
    }
    any = true;
    name(item.station, "in a report", sink);
    const auto number = channel(*station, item.channel, sink);
    if (!number) continue;
    core::Value value = core::Value::number(item.number);
    if (item.kind == core::Value::Kind::boolean) value = core::Value::boolean(item.number != 0.0);
    if (item.kind == core::Value::Kind::text) value = core::Value::text(item.text);
    sink.reading(station->device, *number, value, item.measured);
  }
  return any;
}

void Center::unknown(std::string_view address, std::string_view what, core::Sink& sink) {
  if (std::find(heard_.begin(), heard_.end(), address) != heard_.end()) return;
  if (heard_.size() >= kMostHeard) heard_.pop_front();
  heard_.emplace_back(address);
  sink.heard(address, what);
}

std::optional<core::Channel> Center::channel(Station& station, const core::ChannelSpec& wanted, core::Sink& sink) {
  const auto known = station.channels.find(wanted.name);
  if (known != station.channels.end()) return known->second;
  if (station.channels.size() >= kMostChannels) return std::nullopt;
  const core::Channel number = sink.declare(station.device, wanted);
  station.channels.emplace(wanted.name, number);
  return number;
}

// Section 6.3: ACK where more follows, else EOT or ESC; a keepalive is not confirmed.
void Center::confirm(Station& station, const Frame& frame, const Body& body, const core::WireEvent& event,
                     core::Sink& sink) {
  if (frame.function == kKeepalive || station.settings.answer == Answer::none || !body.serial) return;
  Frame confirmation = frame;
  confirmation.number = frame.total;
  confirmation.end = station.settings.answer == Answer::leave ? kEot : kEsc;
  if (frame.start == kStx && frame.end == kEtb) confirmation.end = kAck;
  // Without a clock of our own the station hears its own time.
  const bool lost = event.at.clock == core::ClockState::unsynced;
  const core::Micros time = lost && body.sent ? *body.sent : event.at.utc;
  send(std::move(confirmation), *body.serial, time, station.settings.rules.zone, event.peer, sink);
}

void Center::send(Frame frame, std::uint16_t serial, core::Micros time, Minutes zone, std::uint32_t peer,
                  core::Sink& sink) {
  frame.down = true;
  const std::string head = hex_text(serial, 4) + time_text(time, zone);
  core::Bytes body = frame.ascii ? core::Bytes(head.begin(), head.end()) : core::from_hex(head).value_or(core::Bytes{});
  body.insert(body.end(), frame.body.begin(), frame.body.end());
  const bool order = frame.end == kEnq;
  if (!order) body.resize(frame.ascii ? head.size() : head.size() / 2);
  frame.body = std::move(body);
  core::Outgoing outgoing;
  outgoing.bytes = encode(frame);
  outgoing.expects_answer = order;
  if (!order) outgoing.reply_timeout = core::Millis(0);
  outgoing.peer = peer;
  sent_ = true;
  sink.send(std::move(outgoing));
}

void Center::answered(const Station& station, const Frame& frame, core::Sink& sink) {
  if (!question_ || question_->device != station.device || question_->function != frame.function) return;
  question_.reset();
  sink.done({});
}

}  // namespace afferent::drivers::sl651
