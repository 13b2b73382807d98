// What the kernel is asked of a serial device: framing, any rate, RS-485, who may have it. Plain calls on a descriptor,
// thread-safe; open_serial_line() may block.
#pragma once

#include <cstdint>
#include <string>

#include "agent/core/port.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

struct SerialLine {
  UniqueFd fd;
  bool pseudo = false;         // a pty: has a rate but no wire, takes no parity or 7 bits
  bool rs485_refused = false;  // asked for, but the driver does not know of it
};

// Opens `path` raw, non-blocking and for us alone. Error{not_found} when there is no such device, Error{bad_config}
// when it is no serial device or refuses the settings, Error{retry} else; the message begins with the path.
core::Result<SerialLine> open_serial_line(const std::string& path, const core::LineSettings& settings, bool rs485);

std::string text_of(const core::LineSettings& settings);  // "9600 8N1"

// Error{bad_config} for what no serial device can be asked.
core::Result<void> check_line(const core::LineSettings& settings);

// Error{bad_config} names what is refused. Does not wait for output to leave.
core::Result<void> set_line(int fd, const core::LineSettings& settings, bool pseudo);

// The rate that is set; for the master of a pty, that of its slave.
core::Result<std::uint32_t> baud_of(int fd);

std::uint32_t unsent_bytes(int fd);  // that wait in the kernel; 0 where it does not say
void set_break(int fd, bool on);

// How long `bytes` characters take on the wire.
core::Nanos wire_time(const core::LineSettings& settings, std::size_t bytes);

}  // namespace afferent::io
