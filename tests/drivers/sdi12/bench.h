// An SDI-12 driver with a sink that remembers, for the tests of this folder.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "tests/support/fakes.h"

namespace afferent::test::sdi12 {

// `options` as in a TOML table, a comma between them: `address = "0", measurements = ["C"]`.
core::DriverDevice device_with(const std::string& options);

class Bench {
 public:
  explicit Bench(const std::string& options = {});

  void happens(core::WireEvent::Kind kind, std::string_view text = {});
  void turn() { happens(core::WireEvent::Kind::turn); }
  void receives(std::string_view text) { happens(core::WireEvent::Kind::received, text); }
  void overhears(std::string_view text) { happens(core::WireEvent::Kind::overheard, text); }
  void wakes() { happens(core::WireEvent::Kind::wake); }
  void times_out() { happens(core::WireEvent::Kind::timed_out); }
  void commands(std::string_view verb, std::map<std::string, std::string> arguments = {});

  std::vector<std::string> read() const;  // "level=3.5 m", and "heard: 0, who"
  std::string last_sent() const;
  const core::ChannelSpec& channel(const RecordingSink::Read& reading) const;

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now{core::Nanos(1'000'000'000), {}, {}};
};

}  // namespace afferent::test::sdi12
