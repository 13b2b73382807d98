// A port that also reaches the codec helper: what is written under the name core::kCodecTopic is a call, its answer
// comes as an event of that name. Everything else passes to the port within. Loop-bound.
#pragma once

#include <memory>

#include "agent/core/port.h"
#include "agent/io/codec_process.h"

namespace afferent::io {

class CodecPort final : public core::Port {
 public:
  // `codecs` outlives it, and may serve several ports.
  CodecPort(Loop& loop, std::unique_ptr<core::Port> within, CodecProcess& codecs);
  ~CodecPort() override;

  Medium medium() const override { return within_->medium(); }
  core::Result<void> want(std::span<const core::PortWish> wishes) override { return within_->want(wishes); }
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override { return within_->write(peer, bytes); }
  core::Result<void> write_to(std::string_view name, core::ByteView bytes) override;
  core::Result<void> configure(const core::LineSettings& settings) override { return within_->configure(settings); }
  core::Result<void> send_break(core::Millis length) override { return within_->send_break(length); }
  void reopen(std::string_view why) override { within_->reopen(why); }
  bool is_open() const override { return within_->is_open(); }
  std::string_view trouble() const override { return within_->trouble(); }

 private:
  Loop& loop_;
  std::unique_ptr<core::Port> within_;
  CodecProcess& codecs_;
  core::PortListener* listener_ = nullptr;
  std::shared_ptr<bool> alive_;  // an answer may come after the port has gone
};

}  // namespace afferent::io
