// What the encoders of this folder share. Private to agent/codec.
#pragma once

#include <google/protobuf/message_lite.h>

#include "afferent/v1/afferent.pb.h"
#include "agent/core/bytes.h"
#include "agent/core/device.h"
#include "agent/core/time.h"

namespace afferent::codec {

namespace pb = ::afferent::v1;

inline core::Bytes serialized(const google::protobuf::MessageLite& message) {
  core::Bytes bytes(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(bytes.data());
  return bytes;
}

inline std::uint64_t to_ms(core::Nanos boot) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<core::Millis>(boot).count());
}

inline std::int64_t known_utc_us(const core::Stamp& stamp) {
  return stamp.clock == core::ClockState::unsynced ? 0 : stamp.utc.count();
}

inline pb::ClockState to_proto(core::ClockState state) { return static_cast<pb::ClockState>(state); }
inline pb::Health to_proto(core::Health health) { return static_cast<pb::Health>(health); }

void fill(const core::Place& place, pb::Place& out);

}  // namespace afferent::codec
