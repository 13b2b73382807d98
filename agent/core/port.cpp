#include "agent/core/port.h"

namespace afferent::core {

Result<void> Port::want(std::span<const PortWish> wishes) {
  if (wishes.empty()) return {};
  return Error(ErrorCode::bad_config,
               "this kind of port carries bytes only; it has no '" + wishes.front().name + "' to watch");
}

Result<void> Port::write_to(std::string_view name, ByteView /*bytes*/) {
  return Error(ErrorCode::bad_config, "this kind of port carries bytes only; it has no '" + std::string(name) + "'");
}

Result<void> Port::configure(const LineSettings& /*settings*/) { return {}; }

Result<void> Port::send_break(Millis /*length*/) {
  return Error(ErrorCode::bad_config, "this kind of port cannot send a break");
}

}  // namespace afferent::core
