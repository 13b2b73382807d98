// Tables of text frames with what is read, and a driver with a sink that remembers: for the drivers whose ports carry
// names, gpio and iio.
#pragma once

#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "agent/core/driver.h"
#include "tests/support/fakes.h"
#include "tests/support/frame_table.h"

namespace afferent::test {

inline std::string short_number(double number) {
  if (std::abs(number) < 1e-9) number = 0;  // what rounding leaves
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::general, 9);
  return {digits, end};
}

inline core::Result<std::unique_ptr<core::Driver>> make(const core::DriverSpec& spec, const std::string& toml) {
  auto parsed = config::parse(toml, "device");
  REQUIRE(parsed.node);
  core::DriverConfig made;
  core::DriverDevice& device = made.devices.emplace_back();
  device.id = "device";
  std::vector<core::ConfigField> fields(spec.options.begin(), spec.options.end());
  for (core::ConfigField& field : fields) field.required = false;
  const auto problems = config::check(*parsed.node, fields, device.options);
  std::string all;
  for (const auto& problem : problems) all += problem.text() + "\n";
  REQUIRE(all == "");
  return spec.create(made);
}

struct Bench {
  Bench(const core::DriverSpec& spec, const std::string& toml) : driver(make(spec, toml).value()) {}

  void happens(core::WireEvent::Kind kind, std::string_view name = {}, std::string_view bytes = {},
               std::uint64_t count = 0) {
    core::WireEvent event;
    event.kind = kind;
    event.at = now;
    event.name = name;
    event.bytes = core::as_bytes(bytes);
    event.count = count;
    driver->on(event, sink);
  }
  void commands(std::string verb, std::map<std::string, std::string> arguments) {
    driver->command({{}, std::move(verb), std::move(arguments)}, sink);
  }
  // What was read since the last call: "volume=3 m3", "open=true"; " ?" behind a bad one.
  std::vector<std::string> read() {
    std::vector<std::string> texts;
    const auto channels = driver->channels(core::DeviceRef{0});
    for (const RecordingSink::Read& reading : sink.readings) {
      const core::ChannelSpec& channel = channels[core::index(reading.channel)];
      std::string text = channel.name + "=";
      text += reading.kind == core::Value::Kind::boolean ? (reading.number != 0 ? "true" : "false")
                                                         : short_number(reading.number);
      const auto unit = core::unit_of(channel.quantity);
      if (!unit.empty()) text += " " + std::string(unit);
      texts.push_back(text + (reading.quality == core::Quality::good ? "" : " ?"));
    }
    sink.readings.clear();
    return texts;
  }

  std::unique_ptr<core::Driver> driver;
  RecordingSink sink;
  core::Stamp now{core::Nanos(std::chrono::hours(1)), core::Micros(0), core::ClockState::synced};
};

using Texts = std::vector<std::string>;

// `name [options] | text; text | what is read`, with `reject: why` for what is refused.
inline void check_text_frames(const core::DriverSpec& spec, const std::string& path, std::size_t at_least) {
  std::size_t count = 0;
  for (const auto& columns : rows_of(path, 3)) {
    CAPTURE(columns[0]);
    std::string options;
    if (const auto open = columns[0].find('['); open != std::string::npos) {
      for (const std::string& option : split(columns[0].substr(open + 1, columns[0].rfind(']') - open - 1), ';')) {
        options += option + "\n";
      }
    }
    std::string frame;
    for (const std::string& part : split(columns[1], ';')) frame += part + "\n";
    const Expected expected = expected_of(columns[2]);
    Bench bench(spec, options);
    bench.happens(core::WireEvent::Kind::received, {}, frame);
    CHECK(bench.read() == expected.readings);
    check_rejects(expected, bench.sink);
    ++count;
  }
  CHECK(count >= at_least);
  MESSAGE(path, ": ", count, " of ", count);
}

}  // namespace afferent::test
