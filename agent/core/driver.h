// The interface of a driver: wire traffic in, readings out. A driver does no I/O: it never opens, sleeps, reads a clock
// or throws, so that one implementation serves the agent, `afferent decode`, the simulator's self-test and the fuzzers.
// All of it is loop-bound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/channel.h"
#include "agent/core/config_tree.h"
#include "agent/core/port.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/core/value.h"

namespace afferent::core {

// Index into DriverConfig::devices. A driver of scope `device` has one device, number 0.
enum class DeviceRef : std::uint32_t {};
inline constexpr std::size_t index(DeviceRef device) { return static_cast<std::size_t>(device); }

struct WireEvent {
  enum class Kind : std::uint8_t {
    opened,  // the port is open; `peer` says which connection of a listening one
    closed,
    turn,       // the line is yours: send, and end with done()
    received,   // bytes, in any chunking, while this driver has the turn
    overheard,  // bytes while somebody else has the turn, an own echo, or a foreign master
    timed_out,  // the session has repeated the last request as often as configured; nothing useful came
    wake,       // wake_in() has elapsed
    edge,       // a GPIO line changed
  };
  Kind kind = Kind::turn;
  Stamp at;                 // the driver's only clock
  std::uint32_t peer = 0;   // connection of a listening port
  std::string_view name;    // MQTT topic, sysfs attribute or GPIO line; else empty
  ByteView bytes;           // see PortEvent for what stands under a name
  std::uint64_t count = 0;  // edge: line sequence number
};

struct Outgoing {
  Bytes bytes;
  bool expects_answer = true;
  std::optional<Millis> reply_timeout;  // else the device's configured one
  std::uint32_t peer = 0;
  std::string topic;                 // the name it goes to: see Port::write_to; empty: plain bytes to `peer`
  Millis line_break{};               // sent before the bytes when not zero
  std::optional<LineSettings> line;  // switch to these first; kept until the turn ends
};

class Sink {  // valid during the call only
 public:
  virtual ~Sink() = default;
  // Of a driver that listens, a poll ends and another begins when the channel comes again with which the poll began:
  // several tags or several times in one push are as many polls.
  virtual void reading(DeviceRef device, Channel channel, Value value, std::optional<Micros> measured = {},
                       Quality quality = Quality::good) = 0;
  // A channel that only the wire could tell of (M-Bus records, LoRaWAN fields). The number continues channels(device).
  virtual Channel declare(DeviceRef device, const ChannelSpec& channel) = 0;
  virtual void reject(ByteView bytes, std::string_view why) = 0;  // a bad frame: counted and shown; the driver resyncs
  // A frame of this device that is right and yet says nothing: encrypted with another key, an application error.
  // Counted against the device's health; by default a reject(). Readings that came before it in the same call do not
  // make the frame a good one; readings after it do.
  virtual void fault(DeviceRef device, ByteView bytes, std::string_view why);
  virtual void heard(std::string_view id, std::string_view what) = 0;  // somebody who is not configured
  virtual void send(Outgoing outgoing) = 0;
  virtual void wake_in(Millis delay) = 0;      // one timer; a new call replaces it
  virtual void done(Result<void> result) = 0;  // the turn is over, the line is free
  virtual void reopen(std::string_view why) = 0;
};

struct DeviceCommand {
  DeviceRef device{};
  std::string verb;  // "valve", "write", "search"
  std::map<std::string, std::string> arguments;
};

class Driver {
 public:
  virtual ~Driver() = default;
  // Fixed channels, known once the driver is created. Valid as long as the driver lives.
  virtual std::span<const ChannelSpec> channels(DeviceRef device) const = 0;
  virtual void on(const WireEvent& event, Sink& sink) = 0;
  // What the port must watch for it; asked once, before the port opens.
  virtual std::vector<PortWish> wishes() const;
  // True: what comes outside its turn is `received`, not `overheard`, while it is alone on its port (a reader that
  // reports by itself). A driver of scope `port` always listens.
  virtual bool listens() const;
  // Called instead of a `turn`; ends with done(). By default: "unsupported".
  virtual void command(const DeviceCommand& command, Sink& sink);
  // What is sent on the open port, without an answer, when the agent ends. By default nothing.
  virtual Bytes farewell() const;
  // Pulse totals, compact signatures, last frame counters. By default nothing.
  virtual Bytes save() const;
  virtual Result<void> restore(ByteView saved);
};

enum class Scope : std::uint8_t {
  device,  // one driver a device, polled in turns: modbus, cjt188
  port,    // one driver for all devices of a port, which names the device in each reading: wmbus, lorawan, sl651
};

struct DriverDevice {
  std::string id;
  ConfigNode options;  // checked by DriverSpec::options, defaults filled in
  ConfigNode profile;  // checked by DriverSpec::profile; empty when the device names none
  Port::Medium medium = Port::Medium::serial;
};

struct DriverConfig {
  std::vector<DriverDevice> devices;
};

struct PortDefaults {
  LineSettings line;
  Millis reply_timeout{1000};  // from the last byte sent to the first byte of an answer
  // Quiet time on the line before a request; zero: 3.5 characters at the line's rate.
  Millis silence{};
  std::uint8_t retries = 2;  // repeats of the same bytes before `timed_out`
};

struct CommandSpec {
  std::string_view verb;
  std::string_view help;  // arguments and effect, one sentence
};

// What is known of a driver before any device is opened. Static data.
struct DriverSpec {
  std::string_view name;     // folder, config key and test name
  std::string_view summary;  // one line for `afferent drivers`
  Scope scope = Scope::device;
  std::span<const ConfigField> options;  // keys of a [[device]] table beside the common ones
  std::span<const ConfigField> profile;  // the fields of a profile file; empty: no profiles
  bool profile_required = false;
  std::string_view any_digit{};  // in the options `address` and `secondary`: stands for any digit; empty: none does
  PortDefaults port;
  std::string_view ports = "serial|tcp";  // kinds of port that it can be on, separated by '|'
  std::span<const CommandSpec> commands;
  bool declares = false;     // its devices may come to have channels that only the wire tells of
  bool out_of_tree = false;  // set by who loads it: it was not built with this program, so its calls are watched
  // Fails with bad_config when options that are each right do not fit together; the message names key and line.
  Result<std::unique_ptr<Driver>> (*create)(const DriverConfig&) = nullptr;
};

}  // namespace afferent::core
