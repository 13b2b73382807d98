#include "agent/core/driver.h"

namespace afferent::core {

void Driver::command(const DeviceCommand& command, Sink& sink) {
  sink.done(Error(ErrorCode::bad_input, "unsupported command '" + command.verb + "'"));
}

Bytes Driver::save() const { return {}; }

Result<void> Driver::restore(ByteView /*saved*/) { return {}; }

}  // namespace afferent::core
