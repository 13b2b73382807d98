// [[port]]: lines and connections that devices share.
#include "agent/config/files.h"
#include "agent/config/loading.h"
#include "agent/config/names.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

using core::ConfigNode;

// "usb-FTDI_..." is a name in /dev/serial/by-id, "ttyUSB0" one in /dev.
std::string device_file(const ConfigNode& node) {
  const std::string path(node.text());
  if (path.find('/') != std::string::npos) return resolved(path, node.source().file);
  return (path.starts_with("tty") ? "/dev/" : "/dev/serial/by-id/") + path;
}

void resolve_alias(Loading& loading, const ConfigNode& alias, PortConfig& port) {
  const auto found = loading.board.lines.find(alias.text());
  if (found != loading.board.lines.end()) {
    port.path = found->second.path;
    port.rs485 = found->second.rs485;
    return;
  }
  if (!loading.board.known) {
    // The board itself is a problem already, unless none of the places has boards.
    loading.problem(
        alias, "port.alias",
        "the board " + in_quotes(loading.config.node.board) + " is not known, so it has no lines; use path");
    return;
  }
  Names names;
  for (const auto& [name, line] : loading.board.lines) names.push_back(name);
  const std::string none = names.empty() ? "; it has none: use path" : hint(alias.text(), names);
  loading.problem(alias, "port.alias",
                  "the board " + in_quotes(loading.config.node.board) + " has no line " + shown(alias) + none);
}

void read_serial(Loading& loading, const ConfigNode& table, PortConfig& port, GivenLine& given) {
  for (const char* key : {"host", "tcp_port", "modbus_tcp"}) {
    if (table.has(key)) loading.problem(table[key], std::string("port.") + key, "is for kind = \"tcp\" only");
  }
  const bool both = table.has("path") && table.has("alias");
  if (both) {
    loading.problem(table["alias"], "port.alias",
                    "says again what path says at " + table["path"].source().text() + "; keep one of them");
  } else if (table.has("path")) {
    port.path = device_file(table["path"]);
  } else if (table.has("alias")) {
    resolve_alias(loading, table["alias"], port);
  }
  port.rs485 = table["rs485"].boolean(port.rs485);
  given = given_line(table, "port", loading.problems);
  port.line = given.over(port.line);
  port.line_given = given.any();
}

void read_tcp(Loading& loading, const ConfigNode& table, PortConfig& port) {
  for (const char* key : {"path", "alias", "rs485"}) {
    if (table.has(key)) loading.problem(table[key], std::string("port.") + key, "is for kind = \"serial\" only");
  }
  refuse_line(table, "port", "is for kind = \"serial\" only; a serial server has its own setting", loading.problems);
  port.modbus_tcp = table["modbus_tcp"].boolean();
  port.host = table["host"].text();
  port.tcp_port = static_cast<std::uint16_t>(table["tcp_port"].integer(port.modbus_tcp ? 502 : 0));
  if (!port.host.empty() && !is_host(port.host)) {
    loading.problem(table["host"], "port.host",
                    in_quotes(port.host) + " is not a host; expected a name or an address alone");
  }
}

// What the kind of port cannot do without, and the file does not say at all (a wrong value has its own problem).
void check_present(Loading& loading, const ConfigNode& written, const PortConfig& port) {
  if (port.kind == PortConfig::Kind::serial) {
    if (written.has("path") || written.has("alias")) return;
    loading.problem(written, "port.path", "missing; expected path (a device file) or alias (a line of the board)");
    return;
  }
  if (!written.has("host")) loading.problem(written, "port.host", "missing; expected a name or an address");
  if (!written.has("tcp_port") && !port.modbus_tcp) {
    loading.problem(written, "port.tcp_port", "missing; expected a whole number; allowed: 1 to 65535");
  }
}

// Two ports on one device file would take each other's bytes.
void check_shared(Loading& loading, const PortConfig& port, std::map<std::string, core::Source>& paths) {
  if (port.path.empty()) return;
  const auto [first, fresh] = paths.emplace(port.path, port.source);
  if (fresh) return;
  add(loading.problems, port.source, "port.path",
      in_quotes(port.path) + " is already the line of the port at " + first->second.text() +
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
      port.kind = table["kind"].text() == "tcp" ? PortConfig::Kind::tcp : PortConfig::Kind::serial;
      port.kind == PortConfig::Kind::tcp ? read_tcp(loading, table, port) : read_serial(loading, table, port, given);
      check_present(loading, written, port);
    }
    take_id(loading, table, "port", ids);
    check_shared(loading, port, paths);
    loading.config.ports.push_back(std::move(port));
    loading.port_lines.push_back(given);
  }
}

}  // namespace afferent::config
