// A line on a fake port: drivers that do as they are scripted, and meters that answer after the time a real line takes.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/acquire/line.h"
#include "agent/acquire/timing.h"
#include "tests/support/fakes.h"

namespace afferent::test {

using namespace std::chrono_literals;
using core::WireEvent;

inline core::Outgoing request(core::Bytes bytes) {
  core::Outgoing outgoing;
  outgoing.bytes = std::move(bytes);
  return outgoing;
}

// Keeps what came, with texts copied.
class RecordingPolls final : public core::PollSink {
 public:
  struct Kept {
    core::Poll poll;
    std::vector<std::string> texts;
  };
  struct Added {
    core::Series series{};
    core::DeviceId device{};
    std::string channel;
  };

  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) override {
    added.push_back({series, device, channel.name});
  }
  void poll(const core::Poll& poll) override {
    Kept& kept = polls.emplace_back();
    kept.poll = poll;
    for (const core::Reading& reading : poll.readings) kept.texts.emplace_back(reading.value.as_text());
  }
  std::size_t of(std::uint32_t device) const {
    std::size_t count = 0;
    for (const Kept& kept : polls) count += core::index(kept.poll.device) == device ? 1 : 0;
    return count;
  }

  std::vector<Added> added;
  std::vector<Kept> polls;
};

// Sends {address, 0x03, number of the request} and is content with {address, 0x83, anything}, unless told otherwise.
class ScriptedDriver final : public core::Driver {
 public:
  using Script = std::function<void(const WireEvent&, core::Sink&)>;

  explicit ScriptedDriver(std::uint8_t address, std::vector<core::ChannelSpec> channels = {{.name = "level"}})
      : address_(address), channels_(std::move(channels)) {}

  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return channels_; }
  void on(const WireEvent& event, core::Sink& sink) override {
    events.push_back(event.kind);
    const auto own = scripts.find(event.kind);
    if (own != scripts.end()) return own->second(event, sink);
    if (any) return any(event, sink);
    usual(event, sink);
  }
  void command(const core::DeviceCommand& command, core::Sink& sink) override {
    if (on_command) return on_command(command, sink);
    core::Driver::command(command, sink);
  }
  void usual(const WireEvent& event, core::Sink& sink) {
    if (event.kind == WireEvent::Kind::turn) return sink.send(request({address_, 0x03, ++requests_}));
    if (event.kind == WireEvent::Kind::timed_out) return sink.done(core::Error(core::ErrorCode::retry, "no answer"));
    if (event.kind != WireEvent::Kind::received) return;
    buffer_.insert(buffer_.end(), event.bytes.begin(), event.bytes.end());
    if (buffer_.size() < 3) return;
    const bool mine = buffer_[0] == address_ && buffer_[1] == 0x83;
    if (mine) {
      sink.reading(core::DeviceRef{0}, core::Channel{0}, core::Value::number(buffer_[2]));
      sink.done({});
    } else {
      sink.reject(buffer_, "not my frame");
    }
    buffer_.clear();
  }
  std::size_t count(WireEvent::Kind kind) const {
    std::size_t sum = 0;
    for (const WireEvent::Kind one : events) sum += one == kind ? 1 : 0;
    return sum;
  }

  std::map<WireEvent::Kind, Script> scripts;  // instead of the usual, per kind
  Script any;                                 // instead of the usual, for the kinds without a script
  std::function<void(const core::DeviceCommand&, core::Sink&)> on_command;
  std::vector<WireEvent::Kind> events;

 private:
  const std::uint8_t address_;
  const std::vector<core::ChannelSpec> channels_;
  std::uint8_t requests_ = 0;
  core::Bytes buffer_;
};

class Rig {
 public:
  struct Write {
    core::Nanos at{};
    core::Bytes bytes;
    core::LineSettings line;
  };

  explicit Rig(acquire::LineSetup setup = {.id = "bus"}, core::Port::Medium medium = core::Port::Medium::serial)
      : base(setup.line) {
    auto owned = std::make_unique<FakePort>(medium);
    port = owned.get();
    line = std::make_unique<acquire::Line>(std::move(setup), std::move(owned), timers, clock, series, polls, log);
    port->on_write = [this](core::ByteView bytes) { written(bytes); };
  }

  // A device with address `number` + 1, which answers after 5 ms beyond the transmissions.
  ScriptedDriver& add(acquire::DeviceSetup setup, std::vector<core::ChannelSpec> channels = {{.name = "level"}}) {
    const std::uint32_t number = devices++;
    setup.device = static_cast<core::DeviceId>(number);
    if (setup.id.empty()) setup.id = "meter-" + std::to_string(number);
    auto driver = std::make_unique<ScriptedDriver>(static_cast<std::uint8_t>(number + 1), std::move(channels));
    ScriptedDriver& scripted = *driver;
    REQUIRE(line->add(core::Scope::device, {std::move(setup)}, std::move(driver)).ok());
    return scripted;
  }
  void start() {
    line->start(clock.stamp);
    port->opens(clock.stamp);
  }
  void run(core::Nanos time) { timers.advance(time); }
  void later(core::Nanos delay, std::function<void()> call) { timers.at(clock.stamp.boot + delay, std::move(call)); }
  void says(core::Bytes bytes) {
    heard_at.push_back(clock.stamp.boot);
    port->says(clock.stamp, bytes);
  }
  acquire::DeviceHealth health(std::uint32_t device) const { return line->health(static_cast<core::DeviceId>(device)); }
  std::vector<core::Nanos> writes_to(std::uint8_t address) const {
    std::vector<core::Nanos> times;
    for (const Write& write : writes) {
      if (!write.bytes.empty() && write.bytes[0] == address) times.push_back(write.at);
    }
    return times;
  }
  core::LineSettings settings() const { return port->configured.empty() ? base : port->configured.back(); }
  core::Nanos on_line(std::size_t bytes) const {
    return port->medium() == core::Port::Medium::serial ? acquire::time_of(bytes, settings()) : 0ns;
  }

  FakeClock clock;
  FakeTimers timers{clock};
  RecordingLog log;
  RecordingPolls polls;
  acquire::SeriesTable series{polls};
  FakePort* port = nullptr;
  std::unique_ptr<acquire::Line> line;
  core::LineSettings base;

  std::uint32_t devices = 0;
  std::vector<Write> writes;
  std::vector<core::Nanos> heard_at;
  std::map<std::uint8_t, bool> dead;          // address -> does not answer
  std::function<bool(core::ByteView)> meter;  // true: it has dealt with the request
  core::Nanos latency = 5ms;
  bool echoes = false;

 private:
  void written(core::ByteView bytes) {
    writes.push_back({clock.stamp.boot, core::Bytes(bytes.begin(), bytes.end()), settings()});
    const core::Bytes request(bytes.begin(), bytes.end());
    if (echoes) later(on_line(bytes.size()), [this, request] { says(request); });
    if (meter && meter(bytes)) return;
    if (request.size() < 3 || dead[request[0]]) return;
    later(on_line(6) + latency, [this, request] { says({request[0], 0x83, request[2]}); });
  }
};

}  // namespace afferent::test
