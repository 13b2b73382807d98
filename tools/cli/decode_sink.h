// Prints what a driver makes of a frame: readings as JSON lines on stdout, everything else on stderr. Single-threaded.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/core/driver.h"

namespace afferent::cli {

class DecodeSink final : public core::Sink {
 public:
  // With `renames` what is heard of is printed as the device from then on.
  DecodeSink(std::string device, std::vector<core::ChannelSpec> channels, bool renames = true)
      : device_(std::move(device)), channels_(std::move(channels)), renames_(renames) {}

  void reading(core::DeviceRef device, core::Channel channel, core::Value value, std::optional<core::Micros> measured,
               core::Quality quality) override;
  core::Channel declare(core::DeviceRef device, const core::ChannelSpec& channel) override;
  void reject(core::ByteView bytes, std::string_view why) override;
  void heard(std::string_view id, std::string_view what) override;
  void send(core::Outgoing outgoing) override {
    if (sent_.size() < kMostSent) sent_.push_back(std::move(outgoing));
  }
  void wake_in(core::Millis /*delay*/) override {}
  void done(core::Result<void> result) override;
  void mute_done(bool mute) { done_muted_ = mute; }  // how a turn ended that nobody began
  void reopen(std::string_view /*why*/) override {}

  // Between two frames: how many readings and rejects the last one gave.
  void next_frame() {
    readings_ = rejects_ = heard_ = 0;
    rejected_.clear();
  }
  bool silent() const { return readings_ == 0 && rejects_ == 0 && heard_ == 0; }
  std::size_t readings() const { return readings_; }
  std::size_t rejects() const { return rejects_; }
  core::ByteView rejected() const { return rejected_; }  // one reject behind the other
  std::vector<core::Outgoing> take_sent() { return std::exchange(sent_, {}); }

 private:
  std::string device_;  // what is printed: the configured id, or the meter that was heard
  std::vector<core::ChannelSpec> channels_;
  const bool renames_;
  core::Bytes rejected_;
  static constexpr std::size_t kMostSent = 64;
  std::vector<core::Outgoing> sent_;
  std::size_t readings_ = 0;
  std::size_t rejects_ = 0;
  std::size_t heard_ = 0;
  bool done_muted_ = false;
};

}  // namespace afferent::cli
