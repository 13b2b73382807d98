// A wired M-Bus driver with a sink that remembers, for the tests of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/common/simulated.h"
#include "tests/support/fakes.h"

namespace afferent::test::mbus {

core::DriverDevice device_with(std::string_view options);  // "address=5,reset=false"

class Meter {
 public:
  explicit Meter(std::string_view options = {});

  void turn();
  void wakes();
  void receives(core::ByteView bytes);
  void receives(std::string_view hex);
  void overhears(std::string_view hex);
  void times_out();
  void opens();
  void commands(std::string_view verb, std::map<std::string, std::string> arguments = {});

  // "volume=3 m3", "flag_busy=false", in the order in which they came; ` ?` behind what the driver doubts.
  std::vector<std::string> read() const;
  std::vector<std::string> values() const;               // those that are no flags
  std::string value_of(std::string_view channel) const;  // "3 m3", the last one; empty where it was not read
  const core::ChannelSpec& channel(const RecordingSink::Read& reading) const;
  std::string last_sent() const;  // hex

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now;

 private:
  void happens(core::WireEvent::Kind kind, core::ByteView bytes = {});
};

// Lets the driver and the slaves talk until the driver's turn is over; a request that none answers is repeated twice.
// Several answers at once collide.
void converse(Meter& meter, const std::vector<drivers::SimulatedDevice*>& slaves, const drivers::Truth& now,
              drivers::Truth& served);
std::unique_ptr<drivers::SimulatedDevice> simulated(std::string_view options);

std::string text_of(double number);  // shortest that reads back the same
core::Bytes bytes_of(std::string_view hex);
std::string response(std::string_view data, std::uint8_t address = 1);  // a long frame around `data`, from its CI on

}  // namespace afferent::test::mbus
