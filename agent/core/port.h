// A port moves bytes between the loop and a wire. Loop-bound. It reconnects by itself, with back-off, for as long as it
// lives; who uses it is told when it opens and closes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
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

// Something with a name that came in: an MQTT message, an attribute of a device folder, a GPIO line.
struct PortEvent {
  enum class Kind : std::uint8_t {
    received,  // a message, or the answer to a write under this name
    edge,      // a GPIO line changed, maybe a moment ago: `at` is when
  };
  Kind kind = Kind::received;
  Stamp at;
  std::string_view name;    // MQTT topic, attribute, GPIO line as wished
  ByteView bytes;           // message; text of an attribute; "0" or "1" of a line. Empty: it could not be read
  std::uint64_t count = 0;  // edge: the kernel's number of it on its line, from 1; a hole is a lost edge
};

// What a driver needs of its port beyond bytes: which topics to subscribe to, which lines to watch or to drive.
struct PortWish {
  enum class Bias : std::uint8_t { as_is, disabled, pull_up, pull_down };

  std::string name;         // MQTT: a topic filter. GPIO: number of the line in its chip, or its name on the board
  bool output = false;      // GPIO: driven instead of watched for both edges
  bool on = false;          // GPIO output: at the start
  bool active_low = false;  // GPIO: 1 is the low voltage, in all that is said of the line
  Bias bias = Bias::as_is;  // GPIO input
  Micros debounce{};        // GPIO input: shorter pulses are no edges; 0: none

  friend bool operator==(const PortWish&, const PortWish&) = default;
};

class PortListener {
 public:
  virtual ~PortListener() = default;
  // `peer` is 0 but on a listening port, where each connection has its own.
  virtual void port_opened(std::uint32_t peer, const Stamp& at) = 0;
  virtual void port_closed(std::uint32_t peer, const Stamp& at, std::string_view why) = 0;
  virtual void port_received(std::uint32_t peer, const Stamp& at, ByteView bytes) = 0;
  virtual void port_event(const PortEvent& /*event*/) {}  // only ports with names have such events
};

class Port {
 public:
  enum class Medium : std::uint8_t {
    serial,  // a line with baud rates, silence and echoes
    stream,  // no rate: TCP that carries a serial protocol or one of its own, MQTT, GPIO lines, device folders
  };

  virtual ~Port() = default;
  virtual Medium medium() const = 0;
  // Before start(), once for each driver. Error{bad_config} for a name that cannot be, or that another driver has taken
  // for itself; a port of plain bytes has nothing to wish for.
  virtual Result<void> want(std::span<const PortWish> wishes);
  virtual void start(PortListener& listener) = 0;  // once; opens now or keeps trying
  // Never blocks; what does not fit the kernel's buffer waits in one of at most 64 kB, beyond which it is Error{full}.
  // Error{retry} while the port is closed.
  virtual Result<void> write(std::uint32_t peer, ByteView bytes) = 0;
  // The same under a name. MQTT: publishes, QoS 1. GPIO: "1" or "0" drives an output. GPIO and device folder with no
  // bytes: reads, the answer is a PortEvent of that name. Error{bad_config} where there are no names.
  virtual Result<void> write_to(std::string_view name, ByteView bytes);
  // Takes effect before the next write, after what was written has left; nothing to do for a stream. Error{bad_config}
  // names a rate or framing that the hardware refuses.
  virtual Result<void> configure(const LineSettings& settings);
  virtual Result<void> send_break(Millis length);  // Error{bad_config} where there is no such thing
  virtual void reopen(std::string_view why) = 0;   // closes and tries again with back-off
  virtual bool is_open() const = 0;
  virtual std::string_view trouble() const { return {}; }  // why it is closed, or what else is wrong; empty: nothing
};

}  // namespace afferent::core
