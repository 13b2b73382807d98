#include "agent/core/driver.h"

namespace afferent::core {

void Sink::fault(DeviceRef /*device*/, ByteView bytes, std::string_view why) { reject(bytes, why); }

void Driver::command(const DeviceCommand& command, Sink& sink) {
  sink.done(Error(ErrorCode::bad_input, "unsupported command '" + command.verb + "'"));
}

std::vector<PortWish> Driver::wishes() const { return {}; }

bool Driver::listens() const { return false; }

Bytes Driver::farewell() const { return {}; }

Bytes Driver::save() const { return {}; }

Result<void> Driver::restore(ByteView /*saved*/) { return {}; }

}  // namespace afferent::core
