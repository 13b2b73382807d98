// What an operator may ask of a meter beside its readings.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/cjt188/clock.h"
#include "drivers/cjt188/driver.h"

namespace afferent::drivers::cjt188 {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::uint8_t kOpen = 0x55;
constexpr std::uint8_t kClose = 0x99;

std::string argument(const core::DeviceCommand& command, const std::string& name) {
  const auto found = command.arguments.find(name);
  return found == command.arguments.end() ? std::string() : found->second;
}

Error wrong(std::string_view name, std::string_view value, std::string_view right) {
  return {ErrorCode::bad_input, std::string(name) + "=" + std::string(value) + ": " + std::string(right)};
}

std::optional<std::int64_t> local_seconds(const std::string& text) {
  std::array<int, 6> part{};
  int used = 0;
  const int count = std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &part[0], &part[1], &part[2], &part[3],
                                &part[4], &part[5], &used);
  if (count != 6 || static_cast<std::size_t>(used) != text.size() || text.size() != 19) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(part[0]), std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  const bool real = date.ok() && part[0] >= 1970 && part[3] >= 0 && part[3] < 24 && part[4] >= 0 && part[4] < 60 &&
                    part[5] >= 0 && part[5] < 60;
  if (!real) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + std::int64_t{part[3]} * 3600 + std::int64_t{part[4]} * 60 + part[5];
}

}  // namespace

core::Result<Meter::Request> Meter::valve_request(const core::DeviceCommand& command) const {
  const std::string position = argument(command, "position");
  if (position != "open" && position != "close") return wrong("position", position, "must be open or close");
  const std::uint8_t code = position == "open" ? kOpen : kClose;
  return Request{Function::write_data, 0xA017, {code}, settings_.address, {}, settings_.type};
}

core::Result<Meter::Request> Meter::address_request(const core::DeviceCommand& command) const {
  const std::string to = argument(command, "to");
  const auto address = address_from(to);
  const bool decimal = std::all_of(to.begin(), to.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
  if (!address || !decimal) return wrong("to", to, "must be the new address, 14 decimal digits");
  const core::Bytes payload(address->begin(), address->end());
  return Request{Function::write_address, 0xA018, payload, settings_.address, address, settings_.type};
}

core::Result<Meter::Request> Meter::clock_request(const core::DeviceCommand& command) const {
  const std::string time = argument(command, "time");
  const auto seconds = local_seconds(time);
  if (!seconds) return wrong("time", time, "must be the local time as YYYY-MM-DDThh:mm:ss");
  return Request{Function::write_data, 0xA015, clock_bytes(*seconds, settings_.dialect.clock),
                 settings_.address,    {},     settings_.type};
}

core::Result<Meter::Request> Meter::read_request(const core::DeviceCommand& command) const {
  const std::string di = argument(command, "di");
  const core::Bytes bytes = core::from_hex(di).value_or(core::Bytes{});
  const auto found = data_id(bytes);
  if (bytes.size() != 2 || !found || found->order != DiOrder::high_first) {
    return wrong("di", di, "must be a data identifier of four hex digits, e.g. 8105");
  }
  const std::uint16_t id = found->id;
  const Function function = id == 0x8106 ? Function::read_key_version : Function::read_data;
  return Request{function, id, {}, settings_.address, {}, settings_.type};
}

core::Result<Meter::Request> Meter::search_request(const core::DeviceCommand& /*command*/) const {
  return Request{Function::read_address, 0x810A, {}, kAnyAddress, {}, settings_.type};
}

void Meter::command(const core::DeviceCommand& command, core::Sink& sink) {
  using Maker = core::Result<Request> (Meter::*)(const core::DeviceCommand&) const;
  static constexpr std::array<std::pair<std::string_view, Maker>, 5> kMakers{{
      {"valve", &Meter::valve_request},
      {"search", &Meter::search_request},
      {"read", &Meter::read_request},
      {"clock", &Meter::clock_request},
      {"address", &Meter::address_request},
  }};
  for (const auto& [verb, make] : kMakers) {
    if (verb != command.verb) continue;
    auto request = (this->*make)(command);
    if (!request) return sink.done(std::move(request).error());
    plan_.clear();
    last_heard_.reset();  // who answers is said again
    return ask(std::move(*request), sink);
  }
  Driver::command(command, sink);
}

}  // namespace afferent::drivers::cjt188
