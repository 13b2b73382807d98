#include "agent/io/codec_port.h"

#include <utility>

namespace afferent::io {

CodecPort::CodecPort(Loop& loop, std::unique_ptr<core::Port> within, CodecProcess& codecs)
    : loop_(loop), within_(std::move(within)), codecs_(codecs), alive_(std::make_shared<bool>(true)) {}

CodecPort::~CodecPort() { *alive_ = false; }

void CodecPort::start(core::PortListener& listener) {
  listener_ = &listener;
  within_->start(listener);
}

core::Result<void> CodecPort::write_to(std::string_view name, core::ByteView bytes) {
  if (name != core::kCodecTopic) return within_->write_to(name, bytes);
  auto call = core::unpack_call(bytes);
  if (!call) return std::move(call).error();
  codecs_.call(*std::move(call), [this, alive = alive_](const core::CodecAnswer& answer) {
    if (!*alive || listener_ == nullptr) return;
    const core::Bytes packed = core::pack(answer);
    core::PortEvent event;
    event.at = loop_.now();
    event.name = core::kCodecTopic;
    event.bytes = packed;
    listener_->port_event(event);
  });
  return {};
}

}  // namespace afferent::io
