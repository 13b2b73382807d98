// [[port]]: lines and connections that devices share.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <vector>

#include "agent/config/files.h"
#include "agent/config/given_file.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

using core::ConfigNode;
using Kind = PortConfig::Kind;

// "usb-FTDI_..." is a name in /dev/serial/by-id, "ttyUSB0" one in /dev.
std::string device_file(const ConfigNode& node) {
  const std::string path(node.text());
  if (path.find('/') != std::string::npos) return resolved(path, node.source().file);
  return (path.starts_with("tty") ? "/dev/" : "/dev/serial/by-id/") + path;
}

// A line of the board by its alias; null with a problem when there is none.
template <class Line>
const Line* board_line(Loading& loading, const ConfigNode& alias,
                       const std::map<std::string, Line, std::less<>>& lines) {
  const auto found = lines.find(alias.text());
  if (found != lines.end()) return &found->second;
  const std::string board = "the board " + in_quotes(loading.config.node.board);
  if (!loading.board.known) {
    // The board itself is a problem already, unless none of the places has boards.
    loading.problem(alias, "port.alias", board + " is not known, so it has no lines; use path");
    return nullptr;
  }
  Names names;
  for (const auto& [name, line] : lines) names.push_back(name);
  const std::string none = names.empty() ? "; it has none: use path" : hint(alias.text(), names);
  loading.problem(alias, "port.alias", board + " has no line " + shown(alias) + none);
  return nullptr;
}

// True when the port is given by its alias alone.
bool by_alias(Loading& loading, const ConfigNode& table) {
  if (!table.has("alias")) return false;
  if (!table.has("path")) return true;
  loading.problem(table["alias"], "port.alias",
                  "says again what path says at " + table["path"].source().text() + "; keep one of them");
  return false;
}

void read_serial(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& given) {
  if (by_alias(loading, table)) {
    if (const BoardLine* line = board_line(loading, table["alias"], loading.board.lines)) {
      port.path = line->path;
      port.rs485 = line->rs485;
    }
  } else if (table.has("path")) {
    port.path = device_file(table["path"]);
  }
  port.rs485 = table["rs485"].boolean(port.rs485);
  given = given_line(table, "port", loading.problems);
  port.line = given.over(port.line);
}

void read_host(Loading& loading, const ConfigNode& table, PortConfig& port) {
  port.host = table["host"].text(port.kind == Kind::tcp ? "" : "127.0.0.1");
  if (!port.host.empty() && !is_host(port.host)) {
    loading.problem(table["host"], "port.host",
                    in_quotes(port.host) + " is not a host; expected a name or an address alone");
  }
}

void read_tcp(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& /*given*/) {
  port.modbus_tcp = table["modbus_tcp"].boolean();
  port.tcp_port = static_cast<std::uint16_t>(table["tcp_port"].integer(port.modbus_tcp ? 502 : 0));
  read_host(loading, table, port);
}

// Names would have to be looked up before it could listen.
void read_tcp_listen(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& /*given*/) {
  port.tcp_port = static_cast<std::uint16_t>(table["tcp_port"].integer());
  port.host = table["host"].text("127.0.0.1");
  std::array<unsigned char, sizeof(in6_addr)> address;
  if (::inet_pton(AF_INET, port.host.c_str(), address.data()) != 1 &&
      ::inet_pton(AF_INET6, port.host.c_str(), address.data()) != 1) {
    loading.problem(table["host"], "port.host",
                    in_quotes(port.host) +
                        " is not an address; expected one of this gateway's own in numbers, or 0.0.0.0 or :: for all");
  }
  port.connections = static_cast<std::uint32_t>(table["connections"].integer(port.connections));
  port.idle = to_millis(table["idle"].real());
}

// "gpiochip0" is a file in /dev; another name without a slash is the chip's label.
void read_gpio(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& /*given*/) {
  if (by_alias(loading, table)) {
    if (const BoardGpio* line = board_line(loading, table["alias"], loading.board.gpio)) port.path = line->chip;
  } else if (table.has("path")) {
    const ConfigNode& node = table["path"];
    port.path = node.text();
    if (port.path.find('/') != std::string::npos) port.path = resolved(port.path, node.source().file);
    if (port.path.starts_with("gpiochip")) port.path = "/dev/" + port.path;
  }
  // Of a label or a stand-in it is not known which chip of the board it is.
  const bool known = port.path.starts_with("/dev/gpiochip");
  for (const auto& [alias, line] : loading.board.gpio) {
    if (!known || line.chip == port.path) port.gpio_lines.emplace(alias, line.line);
  }
}

void read_iio(Loading& /*loading*/, const ConfigNode& table, PortConfig& port, GivenLine& /*given*/) {
  port.path = table["path"].text();
  if (port.path.find('/') != std::string::npos) port.path = resolved(port.path, table["path"].source().file);
}

void read_mqtt_in(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& /*given*/) {
  port.tcp_port = static_cast<std::uint16_t>(table["tcp_port"].integer(1883));
  read_host(loading, table, port);
  port.username = table["username"].text();
  port.password_file = secret_file(loading, table["password_file"], "port.password_file");
  if (port.username.empty() && table.has("password_file")) {
    loading.problem(table["password_file"], "port.password_file", "is of no use without username");
  }
}

using Reader = void (*)(Loading&, const ConfigNode&, PortConfig&, GivenLine&);
constexpr std::array<Reader, kPortKinds.size()> kReaders{read_serial, read_tcp, read_tcp_listen,
                                                         read_gpio,   read_iio, read_mqtt_in};

struct KeyKinds {
  const char* key;
  std::vector<Kind> kinds;
};

// Keys that some kinds have and others do not; those of the line are refused together.
void refuse_others(Loading& loading, const ConfigNode& table, Kind kind) {
  using enum PortConfig::Kind;
  static const std::array kKeys{
      KeyKinds{"path", {serial, gpio, iio}},
      KeyKinds{"alias", {serial, gpio}},
      KeyKinds{"rs485", {serial}},
      KeyKinds{"host", {tcp, tcp_listen, mqtt}},
      KeyKinds{"tcp_port", {tcp, tcp_listen, mqtt}},
      KeyKinds{"modbus_tcp", {tcp}},
      KeyKinds{"connections", {tcp_listen}},
      KeyKinds{"idle", {tcp_listen}},
      KeyKinds{"username", {mqtt}},
      KeyKinds{"password_file", {mqtt}},
  };
  for (const KeyKinds& row : kKeys) {
    if (!table.has(row.key) || std::find(row.kinds.begin(), row.kinds.end(), kind) != row.kinds.end()) continue;
    std::string kinds;
    for (const Kind one : row.kinds) kinds += (kinds.empty() ? "" : " or ") + in_quotes(name_of(one));
    loading.problem(table[row.key], std::string("port.") + row.key, "is for kind = " + kinds + " only");
  }
  if (kind == serial) return;
  const std::string why = kind == tcp ? "; a serial server has its own setting" : "";
  refuse_line(table, "port", "is for kind = \"serial\" only" + why, loading.problems);
}

// What the kind of port cannot do without, and the file does not say at all (a wrong value has its own problem).
void check_present(Loading& loading, const ConfigNode& written, const PortConfig& port) {
  struct Need {
    Kind kind;
    const char* key;
    const char* otherwise;  // may stand instead of it
    const char* expected;
  };
  static constexpr std::array kNeeds{
      Need{Kind::serial, "path", "alias", "path (a device file) or alias (a line of the board)"},
      Need{Kind::tcp, "host", "host", "a name or an address"},
      Need{Kind::tcp, "tcp_port", "tcp_port", "a whole number; allowed: 1 to 65535"},
      Need{Kind::tcp_listen, "tcp_port", "tcp_port", "a whole number; allowed: 1 to 65535"},
      Need{Kind::gpio, "path", "alias", "path (device file or label of a chip) or alias (a digital line of the board)"},
      Need{Kind::iio, "path", "path", "the name of a device, e.g. \"mcp3422\", or its folder"},
  };
  for (const Need& need : kNeeds) {
    if (need.kind != port.kind || written.has(need.key) || written.has(need.otherwise)) continue;
    if (port.modbus_tcp && std::string_view(need.key) == "tcp_port") continue;
    loading.problem(written, std::string("port.") + need.key, std::string("missing; expected ") + need.expected);
  }
}

// "gateway.lan:502", one spelling for each host; empty for a port that may well be there twice: a server of Modbus TCP
// keeps its connections apart.
std::string connection_of(const PortConfig& port) {
  const bool raw = port.kind == Kind::tcp && !port.modbus_tcp;
  const bool connects = port.kind_known && (raw || port.kind == Kind::tcp_listen);
  if (!connects || port.host.empty() || port.tcp_port == 0) return {};
  std::string host = port.host;
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (host.size() > 1 && host.back() == '.') host.pop_back();
  return host + ":" + std::to_string(port.tcp_port);
}

// Two ports on one device file would take each other's bytes, and so would two on one serial server.
void check_shared(Loading& loading, const PortConfig& port, std::map<std::string, core::Source>& paths) {
  const std::string connection = connection_of(port);
  const std::string what = connection.empty() ? port.path : connection;
  if (what.empty()) return;
  // One port may well call what another listens for.
  const std::string of_kind = connection.empty() ? what : std::string(name_of(port.kind)) + " " + what;
  const auto [first, fresh] = paths.emplace(of_kind, port.source);
  if (fresh) return;
  add(loading.problems, port.source, connection.empty() ? "port.path" : "port.tcp_port",
      in_quotes(what) + " is already the line of the port at " + first->second.text() +
          "; one port serves all devices of a line");
}

}  // namespace

void read_ports(Loading& loading, const ConfigNode& root) {
  IdPlaces ids;
  std::map<std::string, core::Source> paths;
  for (const ConfigNode& written : section_tables(loading, root, "port")) {
    const ConfigNode table = checked(loading, written, port_fields(), "port");
    PortConfig port;
    GivenLine given;
    port.source = written.source();
    port.id = table["id"].text();
    port.silence = to_millis(table["silence"].real());
    if (table.has("kind")) {
      const auto kind = std::find(kPortKinds.begin(), kPortKinds.end(), table["kind"].text());
      const auto number = static_cast<std::size_t>(kind - kPortKinds.begin());
      port.kind = static_cast<Kind>(number);
      port.kind_known = true;
      refuse_others(loading, table, port.kind);
      kReaders[number](loading, table, port, given);
      check_present(loading, written, port);
    }
    take_id(loading, table, "port", ids);
    check_shared(loading, port, paths);
    loading.config.ports.push_back(std::move(port));
    loading.port_lines.push_back(given);
  }
}

}  // namespace afferent::config
