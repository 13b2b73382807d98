#include <cstdlib>

#include <array>

#include "tests/config/fixture.h"

namespace afferent::test {
namespace {

namespace fs = std::filesystem;
using core::ConfigField;
using core::FieldType;

constexpr std::array kCjtOptions{
    ConfigField{.key = "address", .required = true, .help = "Address."},
    ConfigField{
        .key = "preamble", .type = FieldType::integer, .standard = "3", .minimum = 0, .maximum = 8, .help = "Bytes."},
};

constexpr std::array kModbusOptions{
    ConfigField{
        .key = "unit", .type = FieldType::integer, .standard = "1", .minimum = 1, .maximum = 247, .help = "Unit."},
    ConfigField{.key = "framing", .standard = "rtu", .allowed = "rtu|tcp", .help = "Packing."},
};

constexpr std::array kProfileValue{
    ConfigField{.key = "channel", .required = true, .help = "Channel."},
    ConfigField{.key = "register",
                .type = FieldType::integer,
                .required = true,
                .minimum = 0,
                .maximum = 65535,
                .help = "Register."},
};

constexpr std::array kProfile{
    ConfigField{.key = "name", .help = "Name."},
    ConfigField{.key = "value", .type = FieldType::tables, .required = true, .help = "Values.", .items = kProfileValue},
};

constexpr std::array kStep{
    ConfigField{.key = "severity", .required = true, .allowed = "blue|yellow|orange|red", .help = "Severity."},
    ConfigField{.key = "above", .type = FieldType::real, .help = "Limit."},
};

constexpr std::array kThreshold{
    ConfigField{.key = "steps", .type = FieldType::tables, .required = true, .help = "Steps.", .items = kStep},
    ConfigField{.key = "hysteresis", .type = FieldType::real, .standard = "0", .minimum = 0, .help = "Hysteresis."},
    ConfigField{
        .key = "hold", .type = FieldType::duration, .standard = "0 s", .minimum = 0, .maximum = 86400, .help = "Hold."},
};

constexpr std::array kRate{
    ConfigField{.key = "rise", .type = FieldType::real, .required = true, .minimum = 0, .help = "Rise."},
    ConfigField{
        .key = "per", .type = FieldType::duration, .required = true, .minimum = 1, .maximum = 86400, .help = "Time."},
};

const core::DriverSpec kCjt{
    .name = "cjt188",
    .summary = "Meters.",
    .options = kCjtOptions,
    .profile = {},
    .port = {.line = {2400, 8, core::Parity::even, 1}, .reply_timeout = core::Millis(500), .silence = {}, .retries = 1},
    .commands = {}};
const core::DriverSpec kModbus{.name = "modbus",
                               .summary = "Modbus devices.",
                               .options = kModbusOptions,
                               .profile = kProfile,
                               .profile_required = true,
                               .port = {},
                               .commands = {}};

const core::RuleKindSpec kThresholdSpec{"threshold", "Above a limit.", kThreshold};
const core::RuleKindSpec kRateSpec{"rate", "Rises fast.", kRate};
const core::RuleKindSpec kRangeSpec{"range", "Bad readings.", {}};

}  // namespace

std::span<const core::DriverSpec* const> fake_drivers() {
  static const std::array kAll{&kCjt, &kModbus};
  return kAll;
}

std::span<const core::RuleKindSpec* const> fake_rules() {
  static const std::array kAll{&kThresholdSpec, &kRateSpec, &kRangeSpec};
  return kAll;
}

ConfigFolder::ConfigFolder() {
  write("data/boards/pc/board.toml",
        "name = \"PC\"\n[[port]]\nalias = \"rs485-1\"\npath = \"/dev/ttyS7\"\nrs485 = true\n"
        "[[port]]\nalias = \"usb-1\"\npath = \"/dev/ttyUSB0\"\n");
  write("data/profiles/modbus/level.toml", "name = \"Level\"\n[[value]]\nchannel = \"level\"\nregister = 4\n");
}

std::string ConfigFolder::write(const std::string& name, std::string_view text) const {
  const fs::path file = fs::path(path()) / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file.string();
}

std::vector<std::string> ConfigFolder::texts(const config::Problems& problems) const {
  std::vector<std::string> lines;
  const std::string prefix = path() + "/";
  for (const config::Problem& problem : problems) {
    std::string line = problem.text();
    for (std::size_t at = line.find(prefix); at != std::string::npos; at = line.find(prefix))
      line.erase(at, prefix.size());
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> mistakes_of(std::string_view toml) {
  const ConfigFolder folder;
  folder.write("afferent.toml", toml);
  return folder.mistakes();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

}  // namespace afferent::test
