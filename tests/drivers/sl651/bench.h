// An SL 651 driver with a sink that remembers, for the tests of this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/sl651/frame.h"
#include "tests/support/fakes.h"

namespace afferent::test::sl651 {

// `options` as in a TOML table, a comma between them: `station = "12345678", answer = "leave"`.
core::DriverDevice device_with(const std::string& options);
core::Bytes bytes_of(std::string_view hex);

// A HEX frame of a station with a right CRC; `body` in hex from the serial number on.
drivers::sl651::Frame frame_of(std::string_view station, std::uint8_t function, std::string_view body);

class Bench {
 public:
  explicit Bench(const std::vector<std::string>& stations = {""});

  void happens(core::WireEvent::Kind kind, core::ByteView bytes = {}, std::uint32_t peer = 0);
  void receives(core::ByteView bytes, std::uint32_t peer = 0) { happens(core::WireEvent::Kind::received, bytes, peer); }
  void receives(const drivers::sl651::Frame& frame, std::uint32_t peer = 0) { receives(encode(frame), peer); }
  void times_out() { happens(core::WireEvent::Kind::timed_out); }

  // "0:level=0.127 m @2059-10-11T07:49Z", without "0:" where there is one station.
  std::vector<std::string> read() const;
  std::string last_sent() const;  // hex

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now{core::Nanos(1'000'000'000), core::Micros(1'743'825'200'000'000), core::ClockState::synced};

 private:
  const std::size_t stations_;
};

}  // namespace afferent::test::sl651
