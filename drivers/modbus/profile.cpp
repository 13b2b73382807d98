#include "drivers/modbus/profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>

#include "drivers/common/option_error.h"
#include "drivers/modbus/register_parser.h"

namespace afferent::drivers::modbus {
namespace {

using core::ConfigNode;
using core::Error;
using core::ErrorCode;
using core::Result;

// The device's own word counts before the profile's.
const ConfigNode& either(const core::DriverDevice& device, std::string_view key) {
  return device.options.has(key) ? device.options[key] : device.profile[key];
}

std::optional<core::Channel> channel_named(const Profile& profile, std::string_view name) {
  for (std::size_t i = 0; i < profile.channels.size(); ++i) {
    if (profile.channels[i].name == name) return static_cast<core::Channel>(i);
  }
  return std::nullopt;
}

int decimals_of(double value, int otherwise) {
  const int decimals = fraction_of(value).decimals;
  return decimals < 0 || decimals > 9 ? otherwise : decimals;
}

Result<void> add_level(const core::DriverDevice& device, Profile& profile) {
  DownLooking& down = profile.down;
  const ConfigNode& height = device.options["mounting_height"];
  if (height.empty()) return {};
  if (!down.distance)
    return config_error(height, "mounting_height: this device has no channel 'distance' to compute the level from");
  if (channel_named(profile, "level"))
    return config_error(height, "mounting_height: this device measures its level itself");
  down.mounting_height = height.real();
  const core::ChannelSpec distance = profile.channels[core::index(*down.distance)];
  const Field& field = profile.fields[core::index(*down.distance)];
  const bool decimal = field.round || !is_real(field.raw);
  // As fine as the distance can be; its exponent is only that of the coarsest unit where codes choose the unit.
  const int finest = decimal && field.scale_by.empty() ? -distance.exponent : 9;
  down.decimals = std::max({0, finest, decimals_of(down.mounting_height, 9)});
  core::ChannelSpec level{"level", core::Quantity::length};
  level.exponent = static_cast<std::int8_t>(std::min<int>(distance.exponent, -decimals_of(down.mounting_height, 9)));
  if (std::isfinite(down.range)) level.minimum = round_to(down.mounting_height - down.range, down.decimals);
  level.maximum = round_to(down.mounting_height - down.blind_zone, down.decimals);
  down.level = static_cast<core::Channel>(profile.channels.size());
  profile.channels.push_back(level);
  return {};
}

Result<void> look_down(const core::DriverDevice& device, Profile& profile) {
  DownLooking& down = profile.down;
  down.distance = channel_named(profile, "distance");
  // Without a mounting height nothing says that a negative distance is wrong: some gauges count from a zero of their
  // own.
  const bool looks_down = device.options.has("mounting_height");
  down.blind_zone = either(device, "blind_zone").real(looks_down ? 0.0 : -std::numeric_limits<double>::infinity());
  down.range = either(device, "range").real(std::numeric_limits<double>::infinity());
  if (down.distance && profile.fields[core::index(*down.distance)].kind != core::Value::Kind::number)
    down.distance.reset();
  if (down.distance) {
    core::ChannelSpec& distance = profile.channels[core::index(*down.distance)];
    down.blind_zone = std::max(down.blind_zone, distance.minimum);
    down.range = std::min(down.range, distance.maximum);
    if (down.blind_zone >= down.range)
      return config_error(either(device, "blind_zone"), "blind_zone: must be shorter than the range");
    distance.minimum = down.blind_zone;
    distance.maximum = down.range;
  } else if (device.options.has("blind_zone")) {
    return config_error(device.options["blind_zone"], "blind_zone: this device has no channel 'distance'");
  }
  return add_level(device, profile);
}

bool is_bare(const core::DriverDevice& device) {
  return device.profile.empty() && device.options["register"].list().empty() && !device.options.has("unit");
}

Result<void> one_source(const core::DriverDevice& device) {
  const ConfigNode& inline_registers = device.options["register"];
  if (device.profile.empty() && inline_registers.list().empty()) {
    return config_error(device.options, "device '" + device.id + "': needs a profile or [[device.register]] tables");
  }
  if (device.profile.empty()) return {};
  for (const std::string_view key : {"register", "base", "order", "function"}) {
    if (!device.options.has(key)) continue;
    return config_error(device.options[key], std::string(key) + ": not together with a profile, which says it already");
  }
  return {};
}

Result<void> read_registers(const core::DriverDevice& device, Profile& profile) {
  const ConfigNode& source = device.profile.empty() ? device.options : device.profile;
  RegisterDefaults defaults;
  defaults.base = static_cast<int>(source["base"].integer(0));
  defaults.function = static_cast<std::uint8_t>(source["function"].integer(3));
  defaults.order = order_named(source["order"].text("ABCD")).value_or(Order{});
  if (device.options.has("unit_code"))
    defaults.unit_code = static_cast<std::uint64_t>(device.options["unit_code"].integer());
  profile.base = defaults.base;
  if (source["register"].list().empty()) return config_error(source["register"], "register: there is none");
  std::set<std::string> names;
  std::string mistakes;  // one a line, so that all are told together
  const auto wrong = [&mistakes](const core::Error& error) {
    mistakes += (mistakes.empty() ? "" : "\n") + error.message();
  };
  for (const ConfigNode& item : source["register"].list()) {
    std::size_t next = profile.channels.size();
    if (const Result<void> added = add_register(item, defaults, profile); !added) wrong(added.error());
    for (; next < profile.channels.size(); ++next) {
      const std::string& name = profile.channels[next].name;
      if (!names.insert(name).second) wrong(config_error(item, "channel '" + name + "' is there twice"));
    }
  }
  if (!mistakes.empty()) return core::Error(core::ErrorCode::bad_config, mistakes);
  return {};
}

Result<void> fits_requests(const Profile& profile, const ConfigNode& where) {
  for (const Field& field : profile.fields) {
    unsigned first = field.address;
    unsigned end = first + field.width;
    if (field.plus) {
      first = std::min<unsigned>(first, field.plus->address);
      end = std::max<unsigned>(end, field.plus->address + registers_of(field.plus->raw));
    }
    if (end - first <= profile.max_registers) continue;
    return config_error(where, "register '" + profile.channels[core::index(field.channel)].name + "': spans " +
                                   std::to_string(end - first) + " registers, but max_registers is " +
                                   std::to_string(profile.max_registers));
  }
  return {};
}

}  // namespace

Result<Profile> make_profile(const core::DriverDevice& device) {
  Profile profile;
  const std::string_view framing = device.options["framing"].text("auto");
  profile.framing = framing == "tcp" ? Framing::tcp : Framing::rtu;
  profile.any_framing = framing == "auto";
  if (is_bare(device)) return profile;
  if (Result<void> one = one_source(device); !one) return std::move(one).error();
  profile.unit = static_cast<std::uint8_t>(device.options["unit"].integer(0));
  profile.max_gap = static_cast<std::uint16_t>(either(device, "max_gap").integer(0));
  profile.max_registers = static_cast<std::uint16_t>(either(device, "max_registers").integer(125));
  if (Result<void> read = read_registers(device, profile); !read) return std::move(read).error();
  if (Result<void> fits = fits_requests(profile, device.profile.empty() ? device.options : device.profile); !fits) {
    return std::move(fits).error();
  }
  if (Result<void> level = look_down(device, profile); !level) return std::move(level).error();
  return profile;
}

}  // namespace afferent::drivers::modbus
