#include "tools/simulator/scenario.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

#include "agent/config/check.h"
#include "agent/config/names.h"
#include "agent/config/parse.h"
#include "agent/config/suggest.h"
#include "tools/simulator/device_reader.h"
#include "tools/simulator/reading.h"

namespace afferent::simulator {
namespace {

using core::ConfigField;
using core::ConfigNode;
using core::FieldType;

constexpr std::array kTopFields{
    ConfigField{.key = "seed",
                .type = FieldType::integer,
                .standard = "1",
                .minimum = 0,
                .help = "of everything that happens at random"},
    ConfigField{.key = "speed",
                .type = FieldType::real,
                .standard = "1",
                .minimum = 0,
                .maximum = 10000,
                .help = "scenario seconds that pass in a real one"},
    ConfigField{.key = "line", .type = FieldType::tables, .help = "lines"},
    ConfigField{.key = "device", .type = FieldType::tables, .help = "virtual devices"},
    ConfigField{.key = "fault", .type = FieldType::tables, .help = "what goes wrong"},
};

constexpr std::array kLineFields{
    ConfigField{.key = "id", .required = true, .minimum = 1, .maximum = 64, .help = "name of the line"},
    ConfigField{.key = "kind", .required = true, .allowed = "pty|tcp|mqtt|gpio|iio", .help = "what it is"},
    ConfigField{.key = "link",
                .minimum = 1,
                .maximum = 4096,
                .help = "path of the link to a pty, of the socket (gpio), of the folder (iio); by default the id"},
    ConfigField{.key = "host",
                .minimum = 1,
                .maximum = 253,
                .help = "tcp: local address; mqtt: of the broker; by default 127.0.0.1"},
    ConfigField{.key = "port",
                .type = FieldType::integer,
                .minimum = 0,
                .maximum = 65535,
                .help = "tcp: 0, the default, is a free one; mqtt: of the broker, by default 1883"},
    ConfigField{.key = "port_file", .minimum = 1, .maximum = 4096, .help = "tcp: the port is written there"},
    ConfigField{.key = "username", .minimum = 1, .maximum = 256, .help = "mqtt"},
    ConfigField{.key = "password_file", .minimum = 1, .maximum = 4096, .help = "mqtt: its first line is the password"},
    ConfigField{.key = "framing",
                .allowed = "pause|modbus_tcp",
                .help = "what ends a request: a pause, or the length in the header of Modbus TCP"},
    ConfigField{.key = "pause",
                .type = FieldType::duration,
                .minimum = 0.001,
                .maximum = 1,
                .help = "real time without bytes that ends a request; by default 5 ms"},
};

using Kind = LinePlan::Kind;
constexpr std::array<std::string_view, 5> kKinds{"pty", "tcp", "mqtt", "gpio", "iio"};  // in the order of Kind

struct KeyKinds {
  std::string_view key;
  std::vector<Kind> kinds;
};

// Keys that make sense for some kinds only.
void refuse_others(Reading& reading, const ConfigNode& table, Kind kind) {
  static const std::array kKeys{
      KeyKinds{"link", {Kind::pty, Kind::gpio, Kind::iio}},
      KeyKinds{"host", {Kind::tcp, Kind::mqtt}},
      KeyKinds{"port", {Kind::tcp, Kind::mqtt}},
      KeyKinds{"port_file", {Kind::tcp}},
      KeyKinds{"username", {Kind::mqtt}},
      KeyKinds{"password_file", {Kind::mqtt}},
      KeyKinds{"framing", {Kind::pty, Kind::tcp}},
      KeyKinds{"pause", {Kind::pty, Kind::tcp}},
  };
  for (const KeyKinds& row : kKeys) {
    if (!table.has(row.key) || std::find(row.kinds.begin(), row.kinds.end(), kind) != row.kinds.end()) continue;
    std::string kinds;
    for (const Kind one : row.kinds) {
      kinds += (kinds.empty() ? "\"" : " or \"") + std::string(kKinds[static_cast<std::size_t>(one)]) + "\"";
    }
    reading.problem(table[row.key], "line." + std::string(row.key), "is for kind = " + kinds + " only");
  }
}

// Two lines cannot be in the same place.
void check_place(Reading& reading, const ConfigNode& table, const LinePlan& line) {
  for (const LinePlan& other : reading.scenario.lines) {
    const std::string taken = "line '" + other.id + "' has the same ";
    if (!line.link.empty() && other.link == line.link) reading.problem(table, "line.link", taken + "link");
    if (line.kind != Kind::tcp || other.kind != Kind::tcp) continue;
    if (line.port != 0 && other.port == line.port && other.host == line.host) {
      reading.problem(table["port"], "line.port", taken + "port");
    }
    if (!line.port_file.empty() && other.port_file == line.port_file) {
      reading.problem(table["port_file"], "line.port_file", taken + "port_file");
    }
  }
}

void read_line(Reading& reading, const ConfigNode& written) {
  const ConfigNode table = reading.checked(written, kLineFields, "line");
  LinePlan line;
  line.id = table["id"].text();
  if (table.has("id")) reading.take_id(table, "line");
  const auto kind = std::find(kKinds.begin(), kKinds.end(), table["kind"].text("tcp"));
  line.kind = static_cast<Kind>(kind - kKinds.begin());
  if (table.has("kind")) refuse_others(reading, table, line.kind);
  line.modbus_tcp = table["framing"].text() == "modbus_tcp";
  if (line.kind == Kind::pty && line.modbus_tcp) {
    reading.problem(table["framing"], "line.framing", "\"modbus_tcp\" is not for a pty; allowed there: pause");
  }
  const bool has_link = line.kind != Kind::tcp && line.kind != Kind::mqtt;
  if (has_link) line.link = reading.path(table["link"].text(line.id));
  line.host = table["host"].text("127.0.0.1");
  line.port = static_cast<std::uint16_t>(table["port"].integer(line.kind == Kind::mqtt ? 1883 : 0));
  if (line.kind == Kind::mqtt && line.port == 0) reading.problem(table["port"], "line.port", "expected 1 to 65535");
  if (table.has("port_file")) line.port_file = reading.path(table["port_file"].text());
  line.username = table["username"].text();
  if (table.has("password_file")) line.password_file = reading.path(table["password_file"].text());
  if (line.username.empty() && table.has("password_file")) {
    reading.problem(table["password_file"], "line.password_file", "is of no use without username");
  }
  line.pause = nanos(table["pause"].real(0.005));
  check_place(reading, table, line);
  reading.scenario.lines.push_back(std::move(line));
}

// Which line a fault strikes in the end; nullptr where that is not known.
const LinePlan* struck_line(const Scenario& scenario, const Fault& fault) {
  std::string_view id = fault.line;
  for (const DevicePlan& device : scenario.devices) {
    if (device.id == fault.device) id = device.line;
  }
  for (const LinePlan& line : scenario.lines) {
    if (line.id == id) return &line;
  }
  return nullptr;
}

void check_target(Reading& reading, const ConfigNode& table, const FaultKindSpec& spec, const Fault& fault) {
  const bool on_line = !fault.line.empty();
  if (on_line == !fault.device.empty()) {
    const char* right = spec.line_only ? "expected line" : "expected one of line and device";
    return reading.problem(table, "fault", std::string(right) + ": whom does it strike?");
  }
  const std::string key = on_line ? "line" : "device";
  const std::string& id = on_line ? fault.line : fault.device;
  if (!reading.known(key, id)) {
    return reading.problem(table[key], "fault." + key,
                           "there is no " + key + " " + config::in_quotes(id) + config::hint(id, reading.names(key)));
  }
  const LinePlan* line = struck_line(reading.scenario, fault);
  if (line != nullptr && !strikes(spec, line->wire())) {
    reading.problem(table["kind"], "fault.kind",
                    config::in_quotes(spec.name) + " cannot strike " + std::string(name_of(line->wire())) +
                        "; allowed there: " + strikers(line->wire()));
  }
}

void read_frames(Reading& reading, const ConfigNode& frames, Fault& fault) {
  for (const ConfigNode& frame : frames.list()) {
    const auto bytes = core::from_hex(frame.text());
    if (bytes && !bytes->empty()) {
      fault.frames.push_back(*bytes);
    } else {
      reading.problem(frame, "fault.frames", "expected hexadecimal bytes, found " + config::shown(frame));
    }
  }
}

void read_fault(Reading& reading, const ConfigNode& written) {
  const FaultKindSpec* spec = find_fault_kind(written["kind"].text());
  if (spec == nullptr) {
    config::Names names;
    for (const FaultKindSpec& known : fault_kinds()) names.push_back(known.name);
    const ConfigNode& kind = written["kind"];
    const std::string what = kind.empty() ? "missing" : "there is no fault " + config::shown(kind);
    return reading.problem(kind.empty() ? written : kind, "fault.kind", what + config::hint(kind.text(), names));
  }
  const ConfigNode table = reading.checked(written, spec->fields, "fault");
  Fault fault;
  fault.kind = spec->kind;
  fault.line = table["line"].text();
  fault.device = table["device"].text();
  fault.from = table["from"].real();
  fault.to = table["to"].real(std::numeric_limits<double>::infinity());
  fault.probability = table["probability"].real(1);
  fault.bytes = static_cast<std::size_t>(table["bytes"].integer(1));
  fault.delay = nanos(table["delay"].real());
  fault.jitter = nanos(table["jitter"].real());
  fault.every = nanos(table["every"].real());
  fault.source = written.source();
  read_frames(reading, table["frames"], fault);
  check_target(reading, table, *spec, fault);
  if (fault.every > core::Nanos::zero() && !fault.device.empty()) {
    reading.problem(table["every"], "fault.every", "is for a line, not for a device");
  }
  if (!(fault.to > fault.from)) reading.problem(table["to"], "fault.to", "must be later than from");
  reading.scenario.faults.push_back(std::move(fault));
}

void read_all(Reading& reading, const ConfigNode& root) {
  // Lists of tables are checked one by one, by tables of their own.
  ConfigNode::Table top = root.table();
  for (const char* list : {"line", "device", "fault"}) top.erase(list);
  const ConfigNode checked = reading.checked(ConfigNode(std::move(top), root.source()), kTopFields, "");
  reading.scenario.seed = static_cast<std::uint64_t>(checked["seed"].integer(1));
  reading.scenario.speed = checked["speed"].real(1);
  for (const ConfigNode& line : reading.tables(root, "line")) read_line(reading, line);
  for (const ConfigNode& device : reading.tables(root, "device")) read_device(reading, device);
  for (const ConfigNode& fault : reading.tables(root, "fault")) read_fault(reading, fault);
  if (reading.scenario.lines.empty() && reading.problems.empty()) {
    reading.problem(root, "line", "there is no [[line]]: nothing to serve");
  }
}

LoadedScenario finish(config::Parsed parsed, const std::string& name, const std::string& folder,
                      const std::string& data_dir) {
  LoadedScenario loaded;
  if (!parsed.node) {
    loaded.problems.push_back(std::move(parsed.problem));
    return loaded;
  }
  Reading reading(loaded.scenario, loaded.problems, name, folder, data_dir);
  read_all(reading, *parsed.node);
  std::sort(loaded.problems.begin(), loaded.problems.end(), [](const auto& a, const auto& b) {
    return std::tie(a.source.line, a.key, a.message) < std::tie(b.source.line, b.key, b.message);
  });
  return loaded;
}

}  // namespace

Wire LinePlan::wire() const {
  constexpr std::array<Wire, 5> kWires{Wire::bytes, Wire::bytes, Wire::mqtt, Wire::gpio, Wire::iio};
  return modbus_tcp ? Wire::modbus_tcp : kWires[static_cast<std::size_t>(kind)];
}

LoadedScenario load_scenario(const std::string& path, const std::string& folder, const std::string& data_dir) {
  return finish(config::read(path), path, folder, data_dir);
}

LoadedScenario read_scenario(std::string_view text, const std::string& name, const std::string& folder,
                             const std::string& data_dir) {
  return finish(config::parse(text, name), name, folder, data_dir);
}

}  // namespace afferent::simulator
