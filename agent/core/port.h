// A port moves bytes between the loop and a wire. Loop-bound. It reconnects by itself, with back-off, for as long as it
// lives; who uses it is told when it opens and closes.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/core/time.h"

namespace afferent::core {

enum class Parity : char { none = 'N', even = 'E', odd = 'O' };

struct LineSettings {
  std::uint32_t baud = 9600;
  std::uint8_t data_bits = 8;
  Parity parity = Parity::none;
  std::uint8_t stop_bits = 1;

  friend bool operator==(const LineSettings&, const LineSettings&) = default;

  // Bits of one character on the line, start bit included; the base of every inter-frame silence.
  std::uint32_t bits_per_character() const { return 1u + data_bits + (parity == Parity::none ? 0u : 1u) + stop_bits; }
};

class PortListener {
 public:
  virtual ~PortListener() = default;
  // `peer` is 0 but on a listening port, where each connection has its own.
  virtual void port_opened(std::uint32_t peer, const Stamp& at) = 0;
  virtual void port_closed(std::uint32_t peer, const Stamp& at, std::string_view why) = 0;
  virtual void port_received(std::uint32_t peer, const Stamp& at, ByteView bytes) = 0;
};

class Port {
 public:
  enum class Medium : std::uint8_t {
    serial,  // a line with baud rates, silence and echoes
    stream,  // TCP that carries a serial protocol or one of its own
  };

  virtual ~Port() = default;
  virtual Medium medium() const = 0;
  virtual void start(PortListener& listener) = 0;  // once; opens now or keeps trying
  // Never blocks; what does not fit the kernel's buffer waits in one of at most 64 kB, beyond which it is Error{full}.
  // Error{retry} while the port is closed.
  virtual Result<void> write(std::uint32_t peer, ByteView bytes) = 0;
  // Takes effect before the next write, after what was written has left; nothing to do for a stream. Error{bad_config}
  // names a rate or framing that the hardware refuses.
  virtual Result<void> configure(const LineSettings& settings) = 0;
  virtual Result<void> send_break(Millis length) = 0;  // Error{bad_config} where there is no such thing
  virtual void reopen(std::string_view why) = 0;       // closes and tries again with back-off
  virtual bool is_open() const = 0;
};

}  // namespace afferent::core
