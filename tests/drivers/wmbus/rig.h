// A radio driver with a sink that remembers, for the tests of this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "tests/support/fakes.h"

namespace afferent::test::wmbus {

core::Bytes bytes_of(std::string_view hex);
std::string text_of(double number);  // shortest that reads back the same

// "address=12345678,key=0001..0F,source=cul": `key` stands for the text of a key file.
core::DriverDevice device_with(std::string_view options, std::string id = "meter");

class Rig {
 public:
  // One device without address takes any meter.
  explicit Rig(std::string_view options = {});
  explicit Rig(const std::vector<core::DriverDevice>& devices);

  void receives(core::ByteView bytes);
  void receives(std::string_view hex) { receives(core::ByteView(bytes_of(hex))); }
  void receives_text(std::string_view text) { receives(core::as_bytes(text)); }
  void pauses();  // nothing more comes

  // "volume=3 m3", in the order in which they came; of one device, or of all.
  std::vector<std::string> read() const;
  std::vector<std::string> read(std::size_t device) const;
  std::string value(std::string_view channel) const;  // the last one, with unit; empty where there is none
  std::string why() const;                            // of the last reject

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now{core::Nanos(1'000'000'000'000), {}, core::ClockState::synced};

 private:
  void happens(core::WireEvent::Kind kind, core::ByteView bytes = {});
  std::string text(const RecordingSink::Read& reading) const;
};

}  // namespace afferent::test::wmbus
