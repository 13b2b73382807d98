#include "tools/simulator/station.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "agent/core/log.h"
#include "agent/io/fd_port.h"
#include "agent/io/mqtt_port.h"
#include "agent/io/pty.h"
#include "agent/io/random.h"
#include "agent/io/tcp_server.h"
#include "tools/simulator/folder_port.h"
#include "tools/simulator/socket_port.h"

namespace afferent::simulator {
namespace {

core::Error failed(const std::string& what, core::ErrorCode code = core::ErrorCode::retry) {
  return {code, what + ": " + std::strerror(errno)};
}

std::string target_of(const std::string& link) {
  std::array<char, 256> target{};
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// A link that an earlier run left is replaced, anything else is not ours.
core::Result<void> make_link(const std::string& target, const std::string& link) {
  if (!target_of(link).empty()) ::unlink(link.c_str());
  if (::symlink(target.c_str(), link.c_str()) == 0) return {};
  return failed("link " + link, errno == EEXIST ? core::ErrorCode::bad_config : core::ErrorCode::retry);
}

// Whoever waits for the file finds it complete.
core::Result<void> write_port_file(const std::string& path, std::uint16_t port) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << port << "\n";
  file.close();
  if (file && std::rename(fresh.c_str(), path.c_str()) == 0) return {};
  return failed("write " + path);
}

class ErrorOutput final : public core::Log {  // warnings, to the terminal
 public:
  void write(core::LogLevel level, std::string_view part, std::string_view message) override {
    if (level < core::LogLevel::warning) return;
    const std::string line = "afferent-sim: " + std::string(part) + ": " + std::string(message) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
};

}  // namespace

Station::Station(io::Loop& loop, const LinePlan& plan, std::vector<std::unique_ptr<VirtualDevice>> devices,
                 std::vector<Fault> faults, Scene& scene)
    : loop_(loop), plan_(plan), bus_(plan, std::move(devices), std::move(faults), scene) {}

Station::~Station() { close(); }

core::Result<void> Station::open() {
  if (port_) return {};
  // In the order of LinePlan::Kind.
  using Open = core::Result<void> (Station::*)();
  constexpr std::array<Open, 5> kOpen{&Station::open_pty, &Station::open_tcp, &Station::open_mqtt, &Station::open_gpio,
                                      &Station::open_iio};
  auto opened = (this->*kOpen[static_cast<std::size_t>(plan_.kind)])();
  if (!opened) {
    close();
    return std::move(opened).error().in("line '" + plan_.id + "'");
  }
  bus_.attach(*port_);
  return {};
}

core::Result<void> Station::open_pty() {
  auto pty = io::open_pty();
  if (!pty) return std::move(pty).error();
  if (auto linked = make_link(pty->path, plan_.link); !linked) return linked;
  slave_ = pty->path;
  keeper_ = std::move(pty->keeper);
  port_ = std::make_unique<io::FdPort>(loop_, std::move(pty->master));
  return {};
}

core::Result<void> Station::open_tcp() {
  io::TcpServerOptions options;
  options.id = plan_.id;
  options.host = plan_.host;
  options.port = plan_.port;
  auto server = io::TcpServer::listen(loop_, options);
  if (!server) return std::move(server).error();
  plan_.port = (*server)->local_port();
  port_ = std::move(server).value();
  return plan_.port_file.empty() ? core::Result<void>() : write_port_file(plan_.port_file, plan_.port);
}

core::Result<void> Station::open_mqtt() {
  static ErrorOutput log;          // of the process, as its output is
  static io::RandomDevice random;  // ... and the kernel's
  if (!helper_) helper_ = std::make_unique<io::Helper>(loop_);
  io::MqttOptions options;
  options.id = plan_.id;
  options.host = plan_.host;
  options.port = plan_.port;
  options.username = plan_.username;
  options.password_file = plan_.password_file;
  port_ = std::make_unique<io::MqttPort>(loop_, *helper_, log, random, std::move(options));
  return {};
}

core::Result<void> Station::open_gpio() {
  auto port = SocketPort::listen(loop_, plan_.link);
  if (!port) return std::move(port).error();
  port_ = std::move(port).value();
  return {};
}

core::Result<void> Station::open_iio() {
  auto port = FolderPort::make(loop_, plan_.link, plan_.id);
  if (!port) return std::move(port).error();
  port_ = std::move(port).value();
  return {};
}

void Station::close() {
  if (!port_) return;
  bus_.detach();
  port_.reset();
  keeper_.reset();
  if (!slave_.empty() && target_of(plan_.link) == slave_) ::unlink(plan_.link.c_str());
  if (!plan_.port_file.empty()) ::unlink(plan_.port_file.c_str());
  slave_.clear();
}

std::string Station::place() const {
  if (!plan_.link.empty()) return plan_.id + " at " + plan_.link;
  return plan_.id + " at " + plan_.host + ":" + std::to_string(plan_.port);
}

}  // namespace afferent::simulator
