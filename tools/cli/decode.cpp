// `afferent decode --driver NAME HEX...`: what the driver of the agent makes of frames, without an agent.
#include <fmt/core.h>

#include <optional>
#include <vector>

#include "agent/config/data_dir.h"
#include "agent/config/profile.h"
#include "agent/io/clock.h"
#include "agent/plugin/guarded_driver.h"
#include "drivers/registry.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"
#include "tools/cli/decode_codec.h"
#include "tools/cli/decode_feed.h"
#include "tools/cli/decode_options.h"
#include "tools/cli/decode_sink.h"
#include "tools/cli/hex_input.h"

namespace afferent::cli {
namespace {

struct Arguments {
  std::string driver;
  std::vector<std::string> plugins;  // files of drivers that are not built in
  std::string profile;
  std::string device;
  std::string key;                   // of meters that encrypt, in hexadecimal
  std::vector<std::string> options;  // key=value
  std::vector<std::string> frames;
  CodecArguments codec;
};

int refuse(const std::string& why) {
  fmt::print(stderr, "afferent decode: {}\n", why);
  return 2;
}

int refuse(const config::Problems& problems) {
  for (const config::Problem& problem : problems) fmt::print(stderr, "afferent decode: {}\n", problem.text());
  return 2;
}

// What a file of keys would hold, in the place of the option that names one. False where the driver has none.
bool give_key(const core::DriverSpec& driver, const std::string& key, core::ConfigNode& options) {
  for (const core::ConfigField& field : driver.options) {
    if (field.type != core::FieldType::secret) continue;
    core::ConfigNode::Table table = options.table();
    const core::Secret secret{std::make_shared<const std::string>(key)};
    table.insert_or_assign(std::string(field.key), core::ConfigNode(secret, core::Source{"--key", 0}));
    options = core::ConfigNode(std::move(table), options.source());
    return true;
  }
  return false;
}

// Receivers that speak in lines of text are given as these lines, or in hexadecimal like all others.
bool is_text(const core::ConfigNode& options) {
  const std::string_view source = options["source"].text();
  return source == "cul" || source == "rtl_wmbus";
}

// The bytes of an argument or a line; nothing for what is neither hexadecimal nor, with `lines`, a line of text.
std::optional<core::Bytes> bytes_of(const std::string& text, bool lines) {
  auto bytes = read_hex(text);
  if (!bytes && lines) {
    bytes = core::Bytes(text.begin(), text.end());
    bytes->push_back('\n');
  }
  if (bytes && !bytes->empty()) return bytes;
  fmt::print(stderr, "not hexadecimal: {}\n", text.substr(0, 80));
  return std::nullopt;
}

int decode(const Arguments& arguments) {
  plugin::Loader drivers(drivers::built_in());
  if (auto loaded = load_all(drivers, arguments.plugins); !loaded) return refuse(loaded.error().message());
  const core::DriverSpec* spec = drivers.find(arguments.driver);
  if (spec == nullptr) return refuse("no driver '" + arguments.driver + "'; `afferent drivers` lists them");
  core::DriverConfig config;
  core::DriverDevice& device = config.devices.emplace_back();
  device.id = arguments.device.empty() ? std::string(spec->name) : arguments.device;
  if (const auto problems = read_options(spec->options, arguments.options, device.options); !problems.empty())
    return refuse(problems);
  if (!arguments.key.empty() && !give_key(*spec, arguments.key, device.options)) {
    return refuse("driver " + arguments.driver + " takes no key");
  }
  if (!arguments.profile.empty()) {
    const std::string places[] = {config::data_dir()};
    config::Profile profile = config::load_profile(*spec, arguments.profile, places);
    if (!profile.problems.empty()) return refuse(profile.problems);
    device.profile = std::move(profile.node);
  } else if (spec->profile_required) {
    return refuse("driver " + arguments.driver + " needs --profile; `afferent drivers " + arguments.driver +
                  "` lists them");
  }
  if (arguments.codec.given() && !has_codecs(*spec)) return refuse("driver " + arguments.driver + " takes no codec");
  give_codec(arguments.codec, device.options);
  const io::RealClock clock;
  auto driver = plugin::create_driver(*spec, config, clock);
  if (!driver) return refuse(driver.error().message());
  const auto channels = (*driver)->channels(core::DeviceRef{0});
  // A meter that was heard is the device that speaks; the unit of a Modbus frame names nothing.
  const bool renames = arguments.device.empty() && spec->name != "modbus";
  DecodeSink sink(device.id, {channels.begin(), channels.end()}, renames);
  if (has_codecs(*spec)) return decode_payloads(**driver, device, sink, arguments.codec, arguments.frames);
  const auto another = [&]() -> std::unique_ptr<core::Driver> {
    auto made = plugin::create_driver(*spec, config, clock);
    return made ? std::move(made).value() : nullptr;
  };
  Feed feed(another, **driver, sink);
  const bool lines = is_text(config.devices.front().options);
  for_each_line(arguments.frames, "decode", [&](const std::string& text) {
    if (const auto bytes = bytes_of(text, lines)) feed.burst(*bytes);
  });
  return feed.finish() ? 0 : 1;
}

}  // namespace

Command add_decode(CLI::App& parent, const Common& /*common*/) {
  CLI::App* app = parent.add_subcommand("decode", "Decode frames; readings are JSON lines, rejects stand on stderr");
  auto arguments = std::make_shared<Arguments>();
  app->add_option("--driver", arguments->driver, "Which driver")->required();
  app->add_option("--plugin", arguments->plugins, "File of a driver that is not built in")->allow_extra_args(false);
  app->add_option("--profile", arguments->profile, "Profile by name, or a path to a .toml");
  app->add_option("--device", arguments->device, "Device id to print");
  app->add_option("--key", arguments->key, "Key of the meters: 32 hexadecimal digits, or 16 of a Diehl meter");
  app->add_option("--option,-o", arguments->options, "Driver option, KEY=VALUE")->allow_extra_args(false);
  app->add_option("--codec", arguments->codec.script, "JavaScript decoder of the device's maker, for lorawan");
  app->add_option("--fport", arguments->codec.fport, "Port of the payloads, for lorawan")->check(CLI::Range(0, 255));
  app->add_flag("--raw", arguments->codec.raw, "Print the codec's own result object instead of readings");
  app->add_option("HEX", arguments->frames,
                  "Frames in hexadecimal, fed in order to one driver, so that a frame may be split; - reads lines from "
                  "stdin. Between bytes: blanks, colons, dashes, commas, 0x; # begins a comment")
      ->required();
  app->footer(
      "A KEY=VALUE is read as the option's type says: texts need no quotes, lists no brackets.\n"
      "Exit status: 0 when at least one frame was valid, 1 when none was, 2 for a wrong call.");
  return {app, [arguments] { return decode(*arguments); }};
}

}  // namespace afferent::cli
