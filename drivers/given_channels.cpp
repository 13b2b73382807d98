#include "drivers/given_channels.h"

#include <algorithm>
#include <initializer_list>
#include <span>

#include "drivers/llrp/channels.h"
#include "drivers/sl651/elements.h"

namespace afferent::drivers {
namespace {

using core::Quantity;
using Channels = std::vector<GivenChannel>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `*` may be empty, `N` not.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    for (std::size_t taken = 0; taken <= name.size(); ++taken) {
      if (matches(pattern.substr(1), name.substr(taken))) return true;
    }
    return false;
  }
  if (pattern.front() != 'N') {
    return !name.empty() && name.front() == pattern.front() && matches(pattern.substr(1), name.substr(1));
  }
  for (std::size_t taken = 1; taken <= name.size() && is_digit(name[taken - 1]); ++taken) {
    if (matches(pattern.substr(1), name.substr(taken))) return true;
  }
  return false;
}

Channels cjt188() {
  return {{"volume", Quantity::volume},
          {"volume_due", Quantity::volume, "on the settlement day"},
          {"volume_reverse", Quantity::volume, "meters that count both ways"},
          {"volume@N", Quantity::volume, "N months ago, with the option months"},
          {"energy", Quantity::energy, "heat meters"},
          {"energy_due", Quantity::energy, "heat meters, on the settlement day"},
          {"energy@N", Quantity::energy, "heat meters, N months ago, with the option months"},
          {"power", Quantity::power, "heat meters"},
          {"flow", Quantity::flow, "heat meters"},
          {"supply_temperature", Quantity::temperature, "heat meters"},
          {"return_temperature", Quantity::temperature, "heat meters"},
          {"operating_time", Quantity::duration, "heat meters"},
          {"meter_time", Quantity::time, "the meter's own clock"},
          {"valve", Quantity::text, "open, closed or fault"},
          {"flag_low_battery", Quantity::boolean},
          {"price", Quantity::none, "with 8102 in the option also"},
          {"price@N", Quantity::none, "with 8102 in the option also"},
          {"price_limit@N", Quantity::volume, "with 8102 in the option also"},
          {"settlement_day", Quantity::none, "with 8103 in the option also"},
          {"reading_day", Quantity::none, "with 8104 in the option also"},
          {"purchase*", Quantity::none, "with 8105 in the option also"},
          {"credit", Quantity::none, "with 8105 in the option also"},
          {"key_version", Quantity::none, "after a command that asks for it"}};
}

Channels gpio() {
  return {{"open", Quantity::boolean, "mode contact, unless the option channel names it"},
          {"output", Quantity::boolean, "mode output, unless the option channel names it"},
          {"pulses", Quantity::none, "mode pulses"},
          {"pulses_lost", Quantity::none, "mode pulses: the kernel could not keep up"},
          {"volume", Quantity::volume, "mode pulses with pulse_value and measure volume"},
          {"flow", Quantity::flow, "mode pulses with pulse_value and measure volume"},
          {"energy", Quantity::energy, "mode pulses with pulse_value and measure energy"},
          {"power", Quantity::power, "mode pulses with pulse_value and measure energy"},
          {"rain", Quantity::rain, "mode pulses with pulse_value and measure rain"},
          {"*", Quantity::boolean, "modes contact and output: the option channel"}};
}

Channels iio() {
  return {{"tilt", Quantity::angle, "mode tilt"},
          {"vibration", Quantity::acceleration, "mode tilt"},
          {"current", Quantity::current, "mode loop"},
          {"flag_broken_wire", Quantity::boolean, "mode loop"},
          {"flag_over_range", Quantity::boolean, "mode loop"},
          {"*", Quantity::none, "modes loop and value: the options channel and quantity", true}};
}

Channels llrp() {
  Channels all;
  for (const core::ChannelSpec& channel : llrp::all_channels()) all.push_back({channel.name, channel.quantity});
  all[0].help = "the EPC in hexadecimal";
  all[3].help = "how often the tag was read since the last report";
  return all;
}

Channels lorawan() {
  return {{"rssi", Quantity::signal, "of the gateway that heard it best"},
          {"snr", Quantity::none, "in dB"},
          {"battery", Quantity::ratio, "from the network server, or as the profile says"},
          {"*", Quantity::none,
           "each field of the profile or of [[device.field]]; without these each leaf of what the codec gives", true}};
}

Channels modbus() {
  return {{"distance", Quantity::length, "of a gauge that looks down, where the profile has one"},
          {"level", Quantity::length, "of such a gauge, with the option mounting_height"},
          {"*", Quantity::none, "each register of the profile or of [[device.register]], under its own name", true}};
}

void add(Channels& all, Quantity quantity, std::initializer_list<const char*> names) {
  for (const char* name : names) all.push_back({std::string(name) + "*", quantity});
}

// Of records that measure none of our quantities.
void add_numbers(Channels& all) {
  add(all, Quantity::none,
      {"heat_cost_units", "mass_flow_kg_per_h", "reactive_energy_kvarh", "apparent_energy_kvah", "reactive_power_kvar",
       "apparent_power_kva", "frequency_hz", "bus_address", "access_number", "medium", "error_flags", "error_mask",
       "digital_output", "digital_input", "baud", "dimensionless", "reset_counter", "cumulation_counter",
       "stop_counter"});
  add(all, Quantity::none,
      {"credit", "debit", "response_delay_bit_times", "retries", "remote_control", "first_storage", "last_storage",
       "storage_block_size"});
  add(all, Quantity::none,
      {"storage_interval_months", "storage_interval_years", "tariff_period_months", "tariff_period_years",
       "control_signal", "day_of_week", "week_number", "parameter_activation", "cumulation_age_months",
       "cumulation_age_years", "battery_operating_time_months", "battery_operating_time_years"});
}

// EN 13757-3: what a record measures names the channel, the rest of it is added behind.
Channels mbus() {
  Channels all{{"energy*", Quantity::energy}, {"volume*", Quantity::volume}, {"mass*", Quantity::mass}};
  add(all, Quantity::flow, {"flow"});
  add(all, Quantity::power, {"power"});
  add(all, Quantity::temperature,
      {"supply_temperature", "return_temperature", "temperature_difference", "temperature", "temperature_limit"});
  add(all, Quantity::pressure, {"pressure"});
  add(all, Quantity::ratio, {"humidity"});
  add(all, Quantity::voltage, {"voltage"});
  add(all, Quantity::current, {"current"});
  add(all, Quantity::angle, {"phase_angle_voltage", "phase_angle_current"});
  add(all, Quantity::signal, {"meter_rssi"});
  add(all, Quantity::duration,
      {"on_time", "operating_time", "averaging_time", "actuality_time", "storage_interval", "readout_age",
       "tariff_duration", "tariff_period", "transmission_period", "cumulation_age", "battery_operating_time",
       "battery_time_left"});
  add(all, Quantity::time, {"meter_date", "meter_time", "tariff_start", "battery_changed"});
  add(all, Quantity::text,
      {"fabrication_number", "identification", "maker", "parameter_set", "model", "hardware_version",
       "firmware_version", "software_version", "customer_location", "customer", "supplier_information"});
  add_numbers(all);
  all.push_back({"*_start*", Quantity::time, "of a value above: when it was"});
  all.push_back({"*_begin*", Quantity::time, "of a value above: when a limit was passed"});
  all.push_back({"*_end*", Quantity::time, "of a value above: when a limit was no longer passed"});
  all.push_back({"*_duration*", Quantity::duration, "of a value above: for how long a limit was passed"});
  all.push_back({"*_exceeds*", Quantity::none, "of a value above: how often a limit was passed"});
  all.push_back(
      {"flag_*", Quantity::boolean, "of the status byte, e.g. flag_low_battery, flag_alarm, and of error flags"});
  return all;
}

Channels wmbus() {
  Channels all = mbus();
  all.back().help = "of the status byte, e.g. flag_low_battery, and of makers' own, e.g. flag_leak, flag_tamper";
  all.push_back({"*_date", Quantity::time, "of makers' own, e.g. leak_date, tamper_date"});
  all.push_back({"rssi", Quantity::signal, "of the telegram, where the receiver says it"});
  return all;
}

Channels sdi12() {
  return {{"valueN", Quantity::none, "the first measurement's values that no [[device.channels]] names"},
          {"*_valueN", Quantity::none, "those of a further measurement, e.g. m1_value1 of M1, r0_value1 of R0"},
          {"*", Quantity::none, "each of [[device.channels]], with its quantity", true}};
}

Channels sl651() {
  Channels all;
  for (const sl651::Element& element : sl651::elements()) {
    const auto same = [&](const GivenChannel& known) { return known.covers(element.channel, element.quantity); };
    if (std::any_of(all.begin(), all.end(), same)) continue;
    all.push_back({std::string(element.channel), element.quantity,
                   element.code.empty() ? std::string() : "element " + std::string(element.code)});
  }
  for (const sl651::StatusBit& bit : sl651::status_bits()) {
    all.push_back({std::string(bit.channel), Quantity::boolean, "element ZT"});
  }
  all.push_back({"period", Quantity::duration, "element DT"});
  all.push_back({"manual", Quantity::text, "report entered by hand (35)"});
  all.push_back({"software_version", Quantity::text, "answer to the command version (45)"});
  all.push_back({"element_*", Quantity::none, "of the maker's own, by its identifier: element_ff2b"});
  return all;
}

struct Row {
  std::string_view driver;
  std::string_view decides;
  Channels (*channels)();
};
constexpr Row kRows[] = {
    {"cjt188", "The kind of meter and the options months and also decide.", cjt188},
    {"gpio", "The options mode, channel, measure and pulse_value decide.", gpio},
    {"iio", "The options mode, channel and quantity decide.", iio},
    {"llrp", "Every reader has all of them; a tag's are said together.", llrp},
    {"lorawan", "The profile, or what the device's codec gives, decides.", lorawan},
    {"mbus",
     "The meter's records decide. Behind a name may stand what a record adds: _max, _min, _error, _forward, _reverse "
     "and "
     "other modifiers, _unitN (subunit), @N (storage, N readings back), #N (tariff).",
     mbus},
    {"modbus", "The profile or [[device.register]] decides.", modbus},
    {"sdi12", "The option measurements and [[device.channels]] decide.", sdi12},
    {"sl651", "What the station reports decides; a channel comes to be with its first value.", sl651},
    {"wmbus",
     "The meter's records decide. Behind a name may stand what a record adds: _max, _min, _error, _forward, _reverse "
     "and "
     "other modifiers, _unitN (subunit), @N (storage, N readings back), #N (tariff).",
     wmbus},
};

}  // namespace

bool GivenChannel::covers(std::string_view channel, Quantity measured) const {
  return (any_quantity || quantity == measured) && matches(name, channel);
}

GivenChannels given_channels(std::string_view driver) {
  for (const Row& row : kRows) {
    if (row.driver == driver) return {row.decides, row.channels()};
  }
  return {};
}

}  // namespace afferent::drivers
