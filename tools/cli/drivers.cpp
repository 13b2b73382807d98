// `afferent drivers [NAME]`: what this build can read, and how it is configured.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "agent/config/check.h"
#include "agent/config/data_dir.h"
#include "agent/core/json.h"
#include "agent/io/clock.h"
#include "agent/plugin/guarded_driver.h"
#include "drivers/given_channels.h"
#include "drivers/registry.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"
#include "tools/cli/field_keys.h"

namespace afferent::cli {
namespace {

std::vector<std::string> profiles_of(const core::DriverSpec& driver) {
  std::vector<std::string> names;
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::path(config::data_dir()) / "profiles" / std::string(driver.name);
  for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    if (file->path().extension() == ".toml") names.push_back(file->path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Of a driver that is not built in: its fixed channels without options.
std::vector<drivers::GivenChannel> fixed_channels(const core::DriverSpec& driver) {
  core::DriverConfig config;
  core::DriverDevice& device = config.devices.emplace_back();
  device.id = "any";
  std::vector<core::ConfigField> fields(driver.options.begin(), driver.options.end());
  for (core::ConfigField& field : fields) field.required = false;
  config::check(core::ConfigNode(core::ConfigNode::Table{}, {}), fields, device.options);
  const io::RealClock clock;
  std::vector<drivers::GivenChannel> channels;
  auto created = plugin::create_driver(driver, config, clock);
  if (!created) return channels;
  for (const core::ChannelSpec& channel : (*created)->channels(core::DeviceRef{0}))
    channels.push_back({channel.name, channel.quantity});
  return channels;
}

drivers::GivenChannels channels_of(const core::DriverSpec& driver) {
  if (!driver.out_of_tree) return drivers::given_channels(driver.name);
  return {driver.declares ? "Others may come to be while it runs." : "", fixed_channels(driver)};
}

std::string_view quantity_of(const drivers::GivenChannel& channel) {
  return channel.any_quantity ? "any" : core::name_of(channel.quantity);
}

void print_channels(const drivers::GivenChannels& given) {
  if (given.channels.empty() && given.decides.empty()) return;
  fmt::print("\nChannels\n");
  if (!given.decides.empty()) fmt::print("  {}\n", given.decides);
  for (const drivers::GivenChannel& channel : given.channels) {
    const std::string line = fmt::format("  {:<22} {:<12} {:<5} {}", channel.name, quantity_of(channel),
                                         core::unit_of(channel.quantity), channel.help);
    fmt::print("{}\n", std::string_view(line).substr(0, line.find_last_not_of(' ') + 1));
  }
  const bool families = std::any_of(given.channels.begin(), given.channels.end(),
                                    [](const drivers::GivenChannel& channel) { return channel.is_family(); });
  if (families) fmt::print("  In a name * stands for anything or nothing, N for a number.\n");
}

void write_json(core::JsonWriter& json, const core::DriverSpec& driver) {
  json.begin_object().field("name", driver.name).field("summary", driver.summary);
  write_keys(json, "options", driver.options, config::expected);
  json.key("channels").begin_array();
  const drivers::GivenChannels given = channels_of(driver);
  for (const drivers::GivenChannel& channel : given.channels) {
    json.begin_object().field("name", channel.name).field("quantity", quantity_of(channel));
    json.field("unit", core::unit_of(channel.quantity)).field("family", channel.is_family());
    json.field("help", channel.help).end_object();
  }
  json.end_array().field("channels_decided_by", given.decides).key("profiles").begin_array();
  for (const std::string& profile : profiles_of(driver)) json.value(profile);
  json.end_array().key("commands").begin_array();
  for (const core::CommandSpec& command : driver.commands) {
    json.begin_object().field("verb", command.verb).field("help", command.help).end_object();
  }
  json.end_array().end_object();
}

// Those of a table stand below it, indented.
void print_options(std::span<const core::ConfigField> options, const std::string& indent) {
  for (const core::ConfigField& option : options) {
    const std::string allowed = config::allowed_values(option);
    fmt::print("{}{:<18} {}{}{}\n{}{:<18} {}\n", indent, option.key, config::expected(option),
               allowed.empty() ? "" : ", " + allowed,
               option.required           ? "; required"
               : option.standard.empty() ? ""
                                         : fmt::format("; default {}", option.standard),
               indent, "", option.help);
    print_options(option.items, indent + "    ");
  }
}

void print(const core::DriverSpec& driver) {
  fmt::print("{}: {}\n\nOptions of a [[device]]\n", driver.name, driver.summary);
  print_options(driver.options, "  ");
  print_channels(channels_of(driver));
  if (const auto profiles = profiles_of(driver); !profiles.empty()) {
    fmt::print("\nProfiles\n");
    for (const std::string& profile : profiles) fmt::print("  {}\n", profile);
  }
  if (!driver.commands.empty()) fmt::print("\nCommands\n");
  for (const core::CommandSpec& command : driver.commands) fmt::print("  {:<18} {}\n", command.verb, command.help);
}

int list(const plugin::Loader& drivers, const Common& common) {
  core::JsonWriter json;
  json.begin_array();
  for (const core::DriverSpec* driver : drivers.drivers()) {
    if (common.json) {
      write_json(json, *driver);
    } else {
      fmt::print("{:<12} {}\n", driver->name, driver->summary);
    }
  }
  if (common.json) fmt::print("{}\n", json.end_array().take());
  return 0;
}

int show(const plugin::Loader& drivers, const std::string& name, const Common& common) {
  const core::DriverSpec* driver = drivers.find(name);
  if (driver == nullptr) {
    fmt::print(stderr, "afferent: no driver '{}'; `afferent drivers` lists them\n", name);
    return 2;
  }
  if (common.json) {
    core::JsonWriter json;
    write_json(json, *driver);
    fmt::print("{}\n", json.take());
  } else {
    print(*driver);
  }
  return 0;
}

int run(const std::vector<std::string>& files, const std::string& name, const Common& common) {
  plugin::Loader drivers(drivers::built_in());
  if (auto loaded = load_all(drivers, files); !loaded) {
    fmt::print(stderr, "afferent: {}\n", loaded.error().message());
    return 2;
  }
  return name.empty() ? list(drivers, common) : show(drivers, name, common);
}

}  // namespace

Command add_drivers(CLI::App& parent, const Common& common) {
  CLI::App* app =
      parent.add_subcommand("drivers", "List the drivers, or show the options, channels and profiles of one");
  auto name = std::make_shared<std::string>();
  app->add_option("NAME", *name, "A driver");
  auto files = std::make_shared<std::vector<std::string>>();
  app->add_option("--plugin", *files, "File of a driver that is not built in")->allow_extra_args(false);
  return {app, [name, files, &common] { return run(*files, *name, common); }};
}

}  // namespace afferent::cli
