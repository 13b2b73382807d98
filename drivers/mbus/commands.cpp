// What an operator may ask of a slave beside its readings.
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/common/command_arguments.h"
#include "drivers/common/mbus_time.h"
#include "drivers/mbus/driver.h"

namespace afferent::drivers::mbus {
namespace {

constexpr std::uint8_t kApplicationReset = 0x50;
constexpr std::uint8_t kSendRecords = 0x51;
constexpr std::size_t kMostPayload = 252;  // of a long frame, behind the CI field

struct Rate {
  std::string_view baud;
  std::uint8_t ci;
};
constexpr std::array kRates{
    Rate{"300", 0xB8},  Rate{"600", 0xB9},  Rate{"1200", 0xBA},  Rate{"2400", 0xBB},
    Rate{"4800", 0xBC}, Rate{"9600", 0xBD}, Rate{"19200", 0xBE}, Rate{"38400", 0xBF},
};

std::optional<std::uint8_t> primary_from(const std::string& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > kLastPrimary) return std::nullopt;
  return static_cast<std::uint8_t>(number);
}

}  // namespace

core::Result<core::Bytes> Meter::baud_payload(const core::DeviceCommand& command) const {
  const std::string to = argument(command, "to");
  for (const Rate& rate : kRates) {
    if (rate.baud == to) return core::Bytes{rate.ci};
  }
  return argument_error("to", to, "must be 300, 600, 1200, 2400, 4800, 9600, 19200 or 38400");
}

core::Result<core::Bytes> Meter::address_payload(const core::DeviceCommand& command) const {
  const std::string to = argument(command, "to");
  const auto address = primary_from(to);
  if (!address) return argument_error("to", to, "must be the new primary address, 0 to 250");
  return core::Bytes{kSendRecords, 0x01, 0x7A, *address};
}

core::Result<core::Bytes> Meter::clock_payload(const core::DeviceCommand& command) const {
  const std::string time = argument(command, "time");
  const auto seconds = local_seconds(time, 2000, 2099);
  if (!seconds) return argument_error("time", time, "must be the meter's time as YYYY-MM-DDThh:mm:ss, from 2000 on");
  core::Bytes payload{kSendRecords, 0x04, 0x6D};
  const core::Bytes clock = bytes_f(*seconds);
  payload.insert(payload.end(), clock.begin(), clock.end());
  return payload;
}

core::Result<core::Bytes> Meter::application_reset_payload(const core::DeviceCommand& command) const {
  const std::string code = argument(command, "code");
  const auto bytes = core::from_hex(code);
  if (!bytes || bytes->size() > 1)
    return argument_error("code", code, "must be a sub-code of two hex digits, or left out");
  core::Bytes payload{kApplicationReset};
  payload.insert(payload.end(), bytes->begin(), bytes->end());
  return payload;
}

core::Result<core::Bytes> Meter::write_payload(const core::DeviceCommand& command) const {
  const std::string data = argument(command, "data");
  const auto bytes = core::from_hex(data);
  if (!bytes || bytes->empty() || bytes->size() > kMostPayload)
    return argument_error("data", data, "must be the records in hex, 1 to 252 bytes");
  core::Bytes payload{kSendRecords};
  payload.insert(payload.end(), bytes->begin(), bytes->end());
  return payload;
}

void Meter::reset_command(core::Sink& sink) {
  steps_.clear();
  steps_.push_back({settings_.secondary ? Step::Kind::deselect : Step::Kind::reset});
  next(sink);
}

void Meter::alarm_command(core::Sink& sink) {
  plan_link(true);
  steps_.push_back({Step::Kind::alarm});
  next(sink);
}

void Meter::search_command(const core::DeviceCommand& command, core::Sink& sink) {
  const std::string by = argument(command, "by");
  if (by == "primary") {
    const std::string from = argument(command, "from");
    const std::string to = argument(command, "to");
    const auto first = primary_from(from.empty() ? "1" : from);
    const auto last = primary_from(to.empty() ? "250" : to);
    if (!first) return sink.done(argument_error("from", from, "must be a primary address, 0 to 250"));
    if (!last || *last < *first)
      return sink.done(argument_error("to", to, "must be a primary address, not below `from`"));
    return begin_search(search_primary(*first, *last), sink);
  }
  if (!by.empty() && by != "secondary") return sink.done(argument_error("by", by, "must be secondary or primary"));
  const std::string id = argument(command, "id");
  const auto mask = id.empty() ? Pattern{} : pattern_from(id);
  if (!mask) return sink.done(argument_error("id", id, "must be 8 or 16 digits, F for any"));
  begin_search(search_secondary(*mask), sink);
}

void Meter::command(const core::DeviceCommand& command, core::Sink& sink) {
  using Maker = core::Result<core::Bytes> (Meter::*)(const core::DeviceCommand&) const;
  static constexpr std::array<std::pair<std::string_view, Maker>, 5> kWrites{{
      {"baud", &Meter::baud_payload},
      {"address", &Meter::address_payload},
      {"clock", &Meter::clock_payload},
      {"application_reset", &Meter::application_reset_payload},
      {"write", &Meter::write_payload},
  }};
  search_.reset();
  pending_.reset();
  last_heard_.reset();  // who answers is said again
  if (command.verb == "search") return search_command(command, sink);
  if (command.verb == "reset") return reset_command(sink);
  if (command.verb == "alarm") return alarm_command(sink);
  for (const auto& [verb, make] : kWrites) {
    if (verb != command.verb) continue;
    auto payload = (this->*make)(command);
    if (!payload) return sink.done(std::move(payload).error());
    // With a fresh FCB no slave takes the command for a repetition of the one before.
    plan_link(true);
    steps_.push_back({Step::Kind::write, std::move(*payload)});
    return next(sink);
  }
  Driver::command(command, sink);
}

}  // namespace afferent::drivers::mbus
