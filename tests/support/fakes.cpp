#include "tests/support/fakes.h"

#include <algorithm>
#include <array>

namespace afferent::test {

core::Timers::Handle FakeTimers::at(core::Nanos boot, std::function<void()> call) {
  timers_.emplace(std::pair(boot, ++last_), std::move(call));
  return last_;
}

void FakeTimers::cancel(Handle timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
}

void FakeTimers::advance(core::Nanos by) {
  const core::Nanos end = clock_.stamp.boot + by;
  while (!timers_.empty() && timers_.begin()->first.first <= end) {
    auto due = timers_.extract(timers_.begin());
    const core::Nanos step = std::max(core::Nanos::zero(), due.key().first - clock_.stamp.boot);
    clock_.stamp.boot += step;
    clock_.stamp.utc += std::chrono::duration_cast<core::Micros>(step);
    due.mapped()();
  }
  const core::Nanos rest = end - clock_.stamp.boot;
  clock_.stamp.boot = end;
  clock_.stamp.utc += std::chrono::duration_cast<core::Micros>(rest);
}

core::Result<void> FakePort::want(std::span<const core::PortWish> asked) {
  for (const core::PortWish& wish : asked) {
    if (wish.name == refuses) return core::Error(core::ErrorCode::bad_config, "no '" + wish.name + "' here");
    wished.push_back(wish);
  }
  return {};
}

core::Result<void> FakePort::write_to(std::string_view name, core::ByteView bytes) {
  if (!open) return core::Error(core::ErrorCode::retry, "port is closed");
  written_to.emplace_back(name, core::as_text(bytes));
  return {};
}

core::Result<void> FakePort::write(std::uint32_t peer, core::ByteView bytes) {
  if (!open) return core::Error(core::ErrorCode::retry, "port is closed");
  if (std::find(gone.begin(), gone.end(), peer) != gone.end()) {
    return core::Error(core::ErrorCode::retry, "peer " + std::to_string(peer) + " is gone");
  }
  written.emplace_back(bytes.begin(), bytes.end());
  written_to_peer.push_back(peer);
  if (on_write) on_write(bytes);
  return {};
}

core::Result<void> FakePort::configure(const core::LineSettings& settings) {
  configured.push_back(settings);
  return {};
}

core::Result<void> FakePort::send_break(core::Millis /*length*/) { return {}; }

void FakePort::reopen(std::string_view why) { reopened.emplace_back(why); }

void FakePort::opens(const core::Stamp& at) {
  open = true;
  listener_->port_opened(0, at);
}

void FakePort::closes(const core::Stamp& at, std::string_view why) {
  open = false;
  listener_->port_closed(0, at, why);
}

void FakePort::opens(std::uint32_t peer, const core::Stamp& at) {
  open = true;
  listener_->port_opened(peer, at);
}

void FakePort::closes(std::uint32_t peer, const core::Stamp& at) { listener_->port_closed(peer, at, "hung up"); }

void FakePort::says(std::uint32_t peer, const core::Stamp& at, core::ByteView bytes) {
  listener_->port_received(peer, at, bytes);
}

void FakePort::says(const core::Stamp& at, core::ByteView bytes) { listener_->port_received(0, at, bytes); }

void RecordingSink::reading(core::DeviceRef device, core::Channel channel, core::Value value,
                            std::optional<core::Micros> measured, core::Quality quality) {
  readings.push_back(
      {device, channel, value.kind(), value.as_number(), std::string(value.as_text()), measured, quality});
}

core::Channel RecordingSink::declare(core::DeviceRef /*device*/, const core::ChannelSpec& channel) {
  declared.push_back(channel);
  return static_cast<core::Channel>(first_declared + declared.size() - 1);
}

void RecordingSink::reject(core::ByteView bytes, std::string_view why) {
  rejects.push_back({core::Bytes(bytes.begin(), bytes.end()), std::string(why)});
}

void RecordingSink::heard(std::string_view id, std::string_view what) { heard_of.emplace_back(id, what); }

void RecordingSink::done(core::Result<void> result) {
  ++done_count;
  done_error = result ? std::string() : result.error().message();
}

void RecordingSink::clear() { *this = RecordingSink(); }

void RecordingLog::write(core::LogLevel level, std::string_view part, std::string_view message) {
  static constexpr std::array kLevels{"debug ", "info ", "warning ", "error "};
  lines.push_back(kLevels[static_cast<std::size_t>(level)] + std::string(part) + ": " + std::string(message));
}

bool RecordingLog::contains(std::string_view text) const {
  return std::any_of(lines.begin(), lines.end(),
                     [text](const std::string& line) { return line.find(text) != line.npos; });
}

}  // namespace afferent::test
