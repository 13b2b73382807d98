// Stand-ins for the outside world: time, timers, a port, a log. Deterministic, single-threaded unless said otherwise.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/driver.h"
#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/core/random.h"

namespace afferent::test {

class FakeClock final : public core::Clock {
 public:
  core::Stamp stamp{core::Nanos{1'000'000'000}, core::Micros{1'790'000'000'000'000}, core::ClockState::synced};
  std::uint64_t boot_id = 0xB007;

  core::Stamp now() const override { return stamp; }
  std::uint64_t boot() const override { return boot_id; }
};

// Time passes only in advance(); timers that fall due are called in order, each at its own time.
class FakeTimers final : public core::Timers {
 public:
  explicit FakeTimers(FakeClock& clock) : clock_(clock) {}

  Handle at(core::Nanos boot, std::function<void()> call) override;
  void cancel(Handle timer) override;
  void advance(core::Nanos by);
  std::size_t waiting() const { return timers_.size(); }

 private:
  FakeClock& clock_;
  std::map<std::pair<core::Nanos, Handle>, std::function<void()>> timers_;
  Handle last_ = 0;
};

class FakePort final : public core::Port {
 public:
  explicit FakePort(Medium medium = Medium::serial) : medium_(medium) {}

  Medium medium() const override { return medium_; }
  void start(core::PortListener& listener) override { listener_ = &listener; }
  core::Result<void> want(std::span<const core::PortWish> asked) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  core::Result<void> write_to(std::string_view name, core::ByteView bytes) override;
  core::Result<void> configure(const core::LineSettings& settings) override;
  core::Result<void> send_break(core::Millis length) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return open; }
  std::string_view trouble() const override { return wrong; }

  // What the wire does.
  void opens(const core::Stamp& at);
  void closes(const core::Stamp& at, std::string_view why = "unplugged");
  void says(const core::Stamp& at, core::ByteView bytes);
  // As a port with names, or one on which stations call in.
  void says(const core::PortEvent& event) { listener_->port_event(event); }
  void opens(std::uint32_t peer, const core::Stamp& at);
  void closes(std::uint32_t peer, const core::Stamp& at);
  void says(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes);

  bool open = false;
  std::string wrong;
  std::vector<core::Bytes> written;
  std::vector<std::uint32_t> written_to_peer;                   // parallel to `written`
  std::vector<std::uint32_t> gone;                              // peers that nothing can be written to
  std::vector<std::pair<std::string, std::string>> written_to;  // name and bytes
  std::vector<core::PortWish> wished;
  std::string refuses;  // the name of a wish that cannot be
  std::vector<core::LineSettings> configured;
  std::vector<std::string> reopened;
  std::function<void(core::ByteView)> on_write;  // an answering device

 private:
  const Medium medium_;
  core::PortListener* listener_ = nullptr;
};

// Collects what a driver says.
class RecordingSink final : public core::Sink {
 public:
  struct Read {
    core::DeviceRef device{};
    core::Channel channel{};
    core::Value::Kind kind{};
    double number = 0;
    std::string text;
    std::optional<core::Micros> measured;
    core::Quality quality{};
  };
  struct Reject {
    core::Bytes bytes;
    std::string why;
  };

  void reading(core::DeviceRef device, core::Channel channel, core::Value value, std::optional<core::Micros> measured,
               core::Quality quality) override;
  core::Channel declare(core::DeviceRef device, const core::ChannelSpec& channel) override;
  void reject(core::ByteView bytes, std::string_view why) override;
  void heard(std::string_view id, std::string_view what) override;
  void send(core::Outgoing outgoing) override { sent.push_back(std::move(outgoing)); }
  void wake_in(core::Millis delay) override { wakes.push_back(delay); }
  void done(core::Result<void> result) override;
  void reopen(std::string_view why) override { reopened.emplace_back(why); }
  void clear();

  std::vector<Read> readings;
  std::vector<core::ChannelSpec> declared;  // numbered from `first_declared`
  std::uint16_t first_declared = 0;
  std::vector<Reject> rejects;
  std::vector<std::pair<std::string, std::string>> heard_of;
  std::vector<core::Outgoing> sent;
  std::vector<core::Millis> wakes;
  std::vector<std::string> reopened;
  int done_count = 0;
  std::string done_error;  // of the last done(); empty: success
};

class RecordingLog final : public core::Log {
 public:
  void write(core::LogLevel level, std::string_view part, std::string_view message) override;
  bool contains(std::string_view text) const;
  std::vector<std::string> lines;  // "warning uplink: ..."
};

// The same numbers each run.
class CountingRandom final : public core::Random {
 public:
  std::uint64_t next() override { return next_ += 0x9E3779B97F4A7C15u; }

 private:
  std::uint64_t next_ = 0;
};

}  // namespace afferent::test
