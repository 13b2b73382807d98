// What an operator may ask of a meter beside its readings.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/cjt188/clock.h"
#include "drivers/cjt188/driver.h"
#include "drivers/common/command_arguments.h"

namespace afferent::drivers::cjt188 {
namespace {

constexpr std::uint8_t kOpen = 0x55;
constexpr std::uint8_t kClose = 0x99;

}  // namespace

core::Result<Meter::Request> Meter::valve_request(const core::DeviceCommand& command) const {
  const std::string position = argument(command, "position");
  if (position != "open" && position != "close") return argument_error("position", position, "must be open or close");
  const std::uint8_t code = position == "open" ? kOpen : kClose;
  return Request{Function::write_data, 0xA017, {code}, settings_.address, {}, settings_.type};
}

core::Result<Meter::Request> Meter::address_request(const core::DeviceCommand& command) const {
  const std::string to = argument(command, "to");
  const auto address = address_from(to);
  const bool decimal = std::all_of(to.begin(), to.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
  if (!address || !decimal) return argument_error("to", to, "must be the new address, 14 decimal digits");
  const core::Bytes payload(address->begin(), address->end());
  return Request{Function::write_address, 0xA018, payload, settings_.address, address, settings_.type};
}

core::Result<Meter::Request> Meter::clock_request(const core::DeviceCommand& command) const {
  const std::string time = argument(command, "time");
  const auto seconds = local_seconds(time, 1970, 9999);
  if (!seconds) return argument_error("time", time, "must be the local time as YYYY-MM-DDThh:mm:ss");
  return Request{Function::write_data, 0xA015, clock_bytes(*seconds, settings_.dialect.clock),
                 settings_.address,    {},     settings_.type};
}

core::Result<Meter::Request> Meter::read_request(const core::DeviceCommand& command) const {
  const std::string di = argument(command, "di");
  const core::Bytes bytes = core::from_hex(di).value_or(core::Bytes{});
  const auto found = data_id(bytes);
  if (bytes.size() != 2 || !found || found->order != DiOrder::high_first) {
    return argument_error("di", di, "must be a data identifier of four hex digits, e.g. 8105");
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
