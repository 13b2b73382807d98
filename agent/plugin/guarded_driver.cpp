#include "agent/plugin/guarded_driver.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "agent/core/utf8.h"

namespace afferent::plugin {
namespace {

using core::Error;
using core::ErrorCode;
using core::WireEvent;
using Kind = WireEvent::Kind;

constexpr std::size_t kMostMissed = 256;
constexpr std::size_t kLongestReason = 200;

template <class Call>
std::optional<std::string> exception_of(Call call) {
  try {
    call();
    return std::nullopt;
  } catch (const std::exception& error) {
    return "threw: " + core::clean_utf8(error.what(), kLongestReason);
  } catch (...) {
    return "threw something that is no std::exception";
  }
}

// Of the first channel with one; "" when all are well.
std::string channel_mistake(const core::Driver& driver, const core::DriverConfig& config) {
  for (std::size_t i = 0; i < config.devices.size(); ++i) {
    for (const core::ChannelSpec& channel : driver.channels(static_cast<core::DeviceRef>(i))) {
      const std::string_view mistake = core::mistake_in(channel);
      if (mistake.empty()) continue;
      return "channel '" + core::clean_utf8(channel.name, kLongestReason) + "' of device '" + config.devices[i].id +
             "': " + std::string(mistake);
    }
  }
  return {};
}

}  // namespace

core::Result<std::unique_ptr<core::Driver>> create_driver(const core::DriverSpec& spec,
                                                          const core::DriverConfig& config, const core::Clock& clock) {
  if (!spec.out_of_tree) return spec.create(config);
  const std::string name(spec.name);
  std::optional<core::Result<std::unique_ptr<core::Driver>>> made;
  if (auto fault = exception_of([&] { made.emplace(spec.create(config)); })) {
    return Error(ErrorCode::bug, "driver '" + name + "': create() " + *fault);
  }
  if (!*made) return std::move(*made).error();
  if (made->value() == nullptr) return Error(ErrorCode::bug, "driver '" + name + "': create() gave no driver");
  const std::unique_ptr<core::Driver>& driver = made->value();
  std::string mistake;
  static_cast<void>(
      exception_of([&] { mistake = channel_mistake(*driver, config); }));  // which is told when it is asked
  if (!mistake.empty()) return Error(ErrorCode::bug, "driver '" + name + "': " + mistake);
  const std::size_t port_devices = spec.scope == core::Scope::port ? config.devices.size() : 0;
  return std::unique_ptr<core::Driver>(
      std::make_unique<GuardedDriver>(std::move(*made).value(), name, port_devices, clock));
}

GuardedDriver::GuardedDriver(std::unique_ptr<core::Driver> driver, std::string name, std::size_t port_devices,
                             const core::Clock& clock)
    : driver_(std::move(driver)), name_(std::move(name)), port_devices_(port_devices), clock_(clock) {}

template <class Call>
std::optional<std::string> GuardedDriver::fault_of(Call call) const {
  const core::Nanos began = clock_.now().boot;
  std::optional<std::string> fault = exception_of(std::move(call));
  const core::Nanos now = clock_.now().boot;
  const auto took = std::chrono::duration_cast<core::Millis>(now - began);
  const bool slow = now - began > kLongestCall;
  if (fault) ++throws_;
  if (slow && !fault) {
    fault = "stayed " + std::to_string(took.count()) +
            " ms in a call; allowed: " + std::to_string(kLongestCall.count()) + " ms";
  }
  if (slow || throws_ >= kMostThrows) {
    rests_until_ = now + kQuarantine;
    throws_ = 0;
  }
  if (fault) {
    *fault = "driver '" + name_ + "' " + *fault;
    why_ = *fault;
  }
  return fault;
}

bool GuardedDriver::resting() const { return rests_until_ && clock_.now().boot < *rests_until_; }

Error GuardedDriver::resting_error() const {
  return {ErrorCode::bug, "in quarantine for up to " +
                              std::to_string(std::chrono::minutes(kQuarantine / std::chrono::minutes(1)).count()) +
                              " min: " + why_};
}

void GuardedDriver::on(const WireEvent& event, core::Sink& sink) {
  if (resting()) return decline(event, sink);
  rests_until_.reset();
  for (const WireEvent& missed : std::exchange(missed_, {})) {
    if (resting()) {
      miss(missed);
    } else {
      call(missed, sink);
    }
  }
  if (resting()) return decline(event, sink);
  call(event, sink);
}

void GuardedDriver::decline(const WireEvent& event, core::Sink& sink) {
  miss(event);
  // What nobody decodes is counted as what nobody could decode.
  if (event.kind == Kind::received) sink.reject(event.bytes, resting_error().message());
  sink.done(resting_error());
}

void GuardedDriver::miss(const WireEvent& event) {
  const bool lasting = event.kind == Kind::opened || event.kind == Kind::closed || event.kind == Kind::wake;
  if (!lasting) return;
  const bool known = std::any_of(missed_.begin(), missed_.end(), [&event](const WireEvent& missed) {
    return event.kind == Kind::wake && missed.kind == Kind::wake;
  });
  if (known || missed_.size() >= kMostMissed) return;
  WireEvent& kept = missed_.emplace_back();
  kept.kind = event.kind;
  kept.at = event.at;
  kept.peer = event.peer;
}

void GuardedDriver::call(const WireEvent& event, core::Sink& sink) {
  const auto fault = fault_of([&] { driver_->on(event, sink); });
  if (!fault) return;
  // A turn that fails says so by itself; all else is a fault of each device that the driver serves.
  if (port_devices_ != 0) {
    for (std::size_t i = 0; i < port_devices_; ++i) sink.fault(static_cast<core::DeviceRef>(i), event.bytes, *fault);
  } else if (event.kind != Kind::turn) {
    sink.fault(core::DeviceRef{0}, event.bytes, *fault);
  }
  sink.done(Error(ErrorCode::bug, *fault));
}

void GuardedDriver::command(const core::DeviceCommand& command, core::Sink& sink) {
  if (resting()) return sink.done(resting_error());
  if (auto fault = fault_of([&] { driver_->command(command, sink); })) sink.done(Error(ErrorCode::bug, *fault));
}

std::span<const core::ChannelSpec> GuardedDriver::channels(core::DeviceRef device) const {
  std::span<const core::ChannelSpec> known;
  if (fault_of([&] { known = driver_->channels(device); })) return {};
  const bool wrong = std::any_of(known.begin(), known.end(),
                                 [](const core::ChannelSpec& channel) { return !core::mistake_in(channel).empty(); });
  return wrong ? std::span<const core::ChannelSpec>() : known;
}

std::vector<core::PortWish> GuardedDriver::wishes() const {
  std::vector<core::PortWish> known;
  if (fault_of([&] { known = driver_->wishes(); })) return {};
  return known;
}

bool GuardedDriver::listens() const {
  bool known = false;
  if (fault_of([&] { known = driver_->listens(); })) return false;
  return known;
}

core::Bytes GuardedDriver::farewell() const {
  core::Bytes words;
  if (!resting()) static_cast<void>(fault_of([&] { words = driver_->farewell(); }));
  return words;
}

core::Bytes GuardedDriver::save() const {
  if (resting()) return saved_;
  static_cast<void>(fault_of([&] { saved_ = driver_->save(); }));
  return saved_;
}

core::Result<void> GuardedDriver::restore(core::ByteView saved) {
  saved_.assign(saved.begin(), saved.end());
  core::Result<void> result;
  if (auto fault = fault_of([&] { result = driver_->restore(saved); })) return Error(ErrorCode::bug, *fault);
  return result;
}

}  // namespace afferent::plugin
