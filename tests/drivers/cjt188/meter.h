// A CJ/T 188 driver with a sink that remembers, for the tests of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "tests/support/fakes.h"

namespace afferent::test::cjt188 {

core::DriverDevice device_with(std::string_view options);  // "months=2,address=78330011223344"

class Meter {
 public:
  explicit Meter(std::string_view options = {});

  void turn();
  void receives(core::ByteView bytes);
  void receives(std::string_view hex);
  void overhears(std::string_view hex);
  void times_out();
  void closes();
  void commands(std::string_view verb, std::map<std::string, std::string> arguments = {});

  // "volume=3 m3", "valve=open", in the order in which they came; ` ?` behind what the driver doubts.
  std::vector<std::string> read() const;
  const core::ChannelSpec& channel(const RecordingSink::Read& reading) const;
  std::string last_sent() const;  // hex, without preamble

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now;

 private:
  void happens(core::WireEvent::Kind kind, core::ByteView bytes = {});
};

std::string text_of(double number);  // shortest that reads back the same
core::Bytes bytes_of(std::string_view hex);
std::string framed(std::string_view hex);  // with checksum and end

}  // namespace afferent::test::cjt188
