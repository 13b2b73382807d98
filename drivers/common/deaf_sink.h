// A sink that keeps nothing, for programs that only feed a driver. It checks what a driver promises. Loop-bound.
#pragma once

#include <cstdlib>
#include <utility>

#include "agent/core/driver.h"

namespace afferent::drivers {

class DeafSink : public core::Sink {
 public:
  explicit DeafSink(std::size_t fixed_channels) : channels_(fixed_channels) {}

  void reading(core::DeviceRef /*device*/, core::Channel channel, core::Value /*value*/,
               std::optional<core::Micros> /*measured*/, core::Quality /*quality*/) override {
    if (core::index(channel) >= channels_) std::abort();
  }
  core::Channel declare(core::DeviceRef /*device*/, const core::ChannelSpec& channel) override {
    if (!core::is_channel_name(channel.name)) std::abort();
    return static_cast<core::Channel>(channels_++);
  }
  void reject(core::ByteView /*bytes*/, std::string_view why) override {
    if (why.empty()) std::abort();
  }
  void heard(std::string_view /*id*/, std::string_view /*what*/) override {}
  void send(core::Outgoing /*outgoing*/) override {}
  void wake_in(core::Millis /*delay*/) override {}
  void done(core::Result<void> /*result*/) override {}
  void reopen(std::string_view /*why*/) override {}

 private:
  std::size_t channels_;
};

}  // namespace afferent::drivers
