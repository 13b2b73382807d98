#include "tests/drivers/sdi12/bench.h"

#include <doctest/doctest.h>

#include <array>
#include <charconv>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "drivers/sdi12/sdi12.h"

namespace afferent::test::sdi12 {
namespace {

std::string text_of(double number) {
  std::array<char, 40> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

}  // namespace

core::DriverDevice device_with(const std::string& options) {
  const config::Parsed parsed = config::parse("x = {" + options + "}", "test.toml");
  REQUIRE_MESSAGE(parsed.node.has_value(), parsed.problem.text());
  const auto spec = drivers::sdi12::spec().options;
  std::vector<core::ConfigField> fields(spec.begin(), spec.end());
  for (core::ConfigField& field : fields) field.required = false;
  core::DriverDevice device;
  device.id = "probe";
  for (const config::Problem& problem : config::check((*parsed.node)["x"], fields, device.options)) {
    FAIL(problem.text());
  }
  return device;
}

Bench::Bench(const std::string& options) {
  auto created = drivers::sdi12::spec().create({{device_with(options)}});
  REQUIRE_MESSAGE(created.ok(), (created ? std::string() : created.error().message()));
  driver = std::move(*created);
  sink.first_declared = static_cast<std::uint16_t>(driver->channels({}).size());
}

void Bench::happens(core::WireEvent::Kind kind, std::string_view text) {
  core::WireEvent event;
  event.kind = kind;
  event.at = now;
  event.bytes = core::as_bytes(text);
  driver->on(event, sink);
}

void Bench::commands(std::string_view verb, std::map<std::string, std::string> arguments) {
  driver->command({{}, std::string(verb), std::move(arguments)}, sink);
}

const core::ChannelSpec& Bench::channel(const RecordingSink::Read& reading) const {
  const auto fixed = driver->channels({});
  const std::size_t at = core::index(reading.channel);
  return at < fixed.size() ? fixed[at] : sink.declared.at(at - fixed.size());
}

std::vector<std::string> Bench::read() const {
  std::vector<std::string> read;
  for (const RecordingSink::Read& reading : sink.readings) {
    const core::ChannelSpec& spec = channel(reading);
    std::string text = spec.name + "=" + text_of(reading.number);
    if (const auto unit = core::unit_of(spec.quantity); !unit.empty()) text += " " + std::string(unit);
    read.push_back(std::move(text));
  }
  for (const auto& [id, what] : sink.heard_of) read.push_back("heard: " + id + ", " + what);
  return read;
}

std::string Bench::last_sent() const {
  REQUIRE(!sink.sent.empty());
  return std::string(core::as_text(sink.sent.back().bytes));
}

}  // namespace afferent::test::sdi12
