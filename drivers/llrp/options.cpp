#include "drivers/llrp/options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "drivers/common/option_error.h"

namespace afferent::drivers::llrp {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr double kDay = 86'400;
constexpr double kWord = 65'535;
constexpr std::size_t kMostAntennas = 64;

constexpr std::array kFields{
    ConfigField{.key = "antennas",
                .type = FieldType::reals,
                .help = "Antennas that take part, by the reader's numbers from 1; none: all."},
    ConfigField{.key = "keepalive",
                .type = FieldType::duration,
                .standard = "10 s",
                .minimum = 0,
                .maximum = 3600,
                .help = "How often the reader shows that it lives; after three times as long without a word the "
                        "connection is made anew. 0: never."},
    ConfigField{.key = "report",
                .standard = "push",
                .allowed = "push|poll",
                .help = "Whether the reader reports by itself, or when it is asked, once a poll."},
    ConfigField{.key = "report_tags",
                .type = FieldType::integer,
                .standard = "1",
                .minimum = 0,
                .maximum = kWord,
                .help = "The reader reports after so many tags, and at the end of an inventory; 0: only then."},
    ConfigField{.key = "inventory_every",
                .type = FieldType::duration,
                .standard = "0",
                .minimum = 0,
                .maximum = kDay,
                .help = "How often an inventory begins; 0: one that does not end."},
    ConfigField{.key = "inventory_time",
                .type = FieldType::duration,
                .standard = "1 s",
                .minimum = 0.001,
                .maximum = kDay,
                .help = "How long each lasts, with inventory_every."},
    ConfigField{.key = "hold",
                .type = FieldType::boolean,
                .standard = "false",
                .help = "Whether the reader keeps events and reports for us while nobody is connected."},
    ConfigField{.key = "session",
                .type = FieldType::integer,
                .standard = "-1",
                .minimum = -1,
                .maximum = 3,
                .help = "Gen2 session, 0 to 3: how soon a tag answers again; -1: as the reader has it."},
    ConfigField{.key = "tag_population",
                .type = FieldType::integer,
                .standard = "32",
                .minimum = 1,
                .maximum = kWord,
                .help = "About how many tags an antenna sees at once, with session."},
    ConfigField{.key = "mode",
                .type = FieldType::integer,
                .standard = "-1",
                .minimum = -1,
                .maximum = kWord,
                .help = "Index into the reader's table of RF modes; -1: as the reader has it."},
    ConfigField{.key = "power",
                .type = FieldType::integer,
                .standard = "0",
                .minimum = 0,
                .maximum = kWord,
                .help = "Index into the reader's table of transmit powers; 0: as the reader has it."},
    ConfigField{.key = "hop_table",
                .type = FieldType::integer,
                .standard = "1",
                .minimum = 0,
                .maximum = kWord,
                .help = "Hop table, with power; 0 where the region does not hop."},
    ConfigField{.key = "channel",
                .type = FieldType::integer,
                .standard = "0",
                .minimum = 0,
                .maximum = kWord,
                .help = "Channel from 1, with power, where the region does not hop."},
    ConfigField{.key = "prefixes",
                .type = FieldType::list,
                .help = "Beginnings of EPCs in hex, e.g. 33 for GRAI-96; tags with none of them are not reported. None "
                        "given: all tags."},
    ConfigField{.key = "request_timeout",
                .type = FieldType::duration,
                .standard = "5 s",
                .minimum = 0.1,
                .maximum = 300,
                .help = "How long the reader may take for a reply, and to greet a new connection."},
};

core::Millis duration(const ConfigNode& options, std::string_view key, double standard) {
  return core::Millis(std::llround(options[key].real(standard) * 1e3));
}

std::uint16_t word(const ConfigNode& options, std::string_view key, std::int64_t standard) {
  return static_cast<std::uint16_t>(options[key].integer(standard));
}

// Of a field where a value below `least` stands for the reader's own.
template <class T>
std::optional<T> choice(const ConfigNode& options, std::string_view key, std::int64_t least) {
  const std::int64_t number = options[key].integer(least - 1);
  if (number < least) return std::nullopt;
  return static_cast<T>(number);
}

core::Result<void> read_antennas(const ConfigNode& options, Settings& settings) {
  for (const ConfigNode& node : options["antennas"].list()) {
    const double number = node.real();
    if (number < 1 || number > kWord || number != std::floor(number)) {
      return option_error(node, "antennas", "must be whole numbers from 1 to 65535");
    }
    if (settings.antennas.size() == kMostAntennas) {
      return option_error(node, "antennas", "must be at most " + std::to_string(kMostAntennas));
    }
    const auto antenna = static_cast<std::uint16_t>(number);
    const auto& known = settings.antennas;
    if (std::find(known.begin(), known.end(), antenna) != known.end()) {
      return option_error(node, "antennas", "names antenna " + std::to_string(antenna) + " twice");
    }
    settings.antennas.push_back(antenna);
  }
  return {};
}

core::Result<void> read_prefixes(const ConfigNode& options, Settings& settings) {
  for (const ConfigNode& node : options["prefixes"].list()) {
    std::string prefix;
    for (const char c : node.text()) {
      const bool small = c >= 'a' && c <= 'f';
      if (!small && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F')) {
        return option_error(node, "prefixes", "\"" + std::string(node.text()) + "\" must be hex digits, e.g. 33");
      }
      prefix += small ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (prefix.empty()) return option_error(node, "prefixes", "must not be empty");
    settings.prefixes.push_back(std::move(prefix));
  }
  return {};
}

}  // namespace

std::span<const ConfigField> option_fields() { return kFields; }

core::Result<Settings> settings_from(const core::DriverDevice& device) {
  const ConfigNode& options = device.options;
  Settings settings;
  settings.id = device.id;
  if (auto read = read_antennas(options, settings); !read) return read.error();
  if (auto read = read_prefixes(options, settings); !read) return read.error();
  settings.keepalive = duration(options, "keepalive", 10);
  settings.request_timeout = duration(options, "request_timeout", 5);
  settings.hold = options["hold"].boolean();
  settings.poll = options["report"].text("push") == "poll";
  settings.report_tags = word(options, "report_tags", 1);
  settings.every = duration(options, "inventory_every", 0);
  settings.inventory_time = duration(options, "inventory_time", 1);
  settings.session = choice<std::uint8_t>(options, "session", 0);
  if (settings.session) settings.population = word(options, "tag_population", 32);
  settings.mode = choice<std::uint16_t>(options, "mode", 0);
  settings.power = choice<std::uint16_t>(options, "power", 1);
  settings.hop_table = word(options, "hop_table", 1);
  settings.channel = word(options, "channel", 0);
  if (!settings.continuous() && settings.every < settings.inventory_time) {
    return option_error(options["inventory_every"], "inventory_every", "must not be shorter than inventory_time");
  }
  if (settings.continuous() && !settings.poll && settings.report_tags == 0) {
    return option_error(options["report_tags"], "report_tags",
                        "0 needs inventory_every: an inventory that does not end would never be reported");
  }
  return settings;
}

}  // namespace afferent::drivers::llrp
