// An LLRP driver with a sink that remembers, and messages as a reader would send them, for the tests of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/llrp/message.h"
#include "tests/support/fakes.h"

namespace afferent::test::llrp {

using drivers::llrp::Type;

core::Bytes bytes_of(std::string_view hex);
core::DriverDevice device_with(std::string_view options);  // TOML

// Messages of a reader.
core::Bytes greeting(std::uint16_t attempt = 0);
core::Bytes reply(Type type, std::uint32_t id, std::uint16_t code = 0, std::string_view text = {});
core::Bytes keepalive(std::uint32_t id);
core::Bytes event(std::string_view parameter_hex);  // beside a time
core::Bytes report(std::string_view parameters_hex);

struct Sent {
  Type type{};
  std::uint32_t id = 0;
  core::Bytes bytes;
};

class Client {
 public:
  explicit Client(std::string_view options = {});

  void opens() { happens(core::WireEvent::Kind::opened); }
  void closes() { happens(core::WireEvent::Kind::closed); }
  void turn() { happens(core::WireEvent::Kind::turn); }
  void wakes() { happens(core::WireEvent::Kind::wake); }
  void times_out() { happens(core::WireEvent::Kind::timed_out); }
  void receives(core::ByteView bytes) { happens(core::WireEvent::Kind::received, bytes); }
  void overhears(core::ByteView bytes) { happens(core::WireEvent::Kind::overheard, bytes); }
  void passes(core::Nanos time);  // and wakes the driver when its timer falls due
  void commands(std::string_view verb);

  void connects();                 // opened, greeted, set up
  void replies_to_all();           // to what was sent last, until nothing more comes
  std::vector<Sent> take_sent();   // since the last call
  std::vector<Type> types_sent();  // likewise
  // "tag=3005...", "antenna=1", "rssi=-50", "count=1", in the order in which they came.
  std::vector<std::string> read() const;

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now{core::Nanos{1'000'000'000}, core::Micros{1'790'000'000'000'000}, core::ClockState::synced};

 private:
  void happens(core::WireEvent::Kind kind, core::ByteView bytes = {});
  void note_timer();

  std::size_t taken_ = 0;
  std::size_t wakes_seen_ = 0;
  std::optional<core::Nanos> timer_;
};

}  // namespace afferent::test::llrp
