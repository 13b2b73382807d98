#include "agent/io/serial.h"

#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "agent/io/fd_port.h"
#include "agent/io/pty.h"
#include "tests/io/support.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;
using core::as_bytes;
using core::ErrorCode;
using test::RealLoop;
using test::RecordingListener;

namespace {

// A link that stands where /dev/serial/by-id/... would.
class Link {
 public:
  explicit Link(const std::string& name) : path_("/tmp/afferent-" + std::to_string(::getpid()) + "-" + name) {
    std::remove(path_.c_str());
  }
  ~Link() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }
  void vanish() const { std::remove(path_.c_str()); }
  void point_to(const std::string& target) const {
    vanish();
    REQUIRE(::symlink(target.c_str(), path_.c_str()) == 0);
  }

 private:
  const std::string path_;
};

// A serial port on one end of a pty, a device on the other.
struct Wire {
  explicit Wire(core::LineSettings line = {}, bool rs485 = false)
      : port(*real.loop, helper, log, {"rs485-1", pty.path, line, rs485}), device(*real.loop, std::move(pty.master)) {
    device.start(far);
    port.start(near);
    REQUIRE(real.run_until([this] { return port.is_open(); }));
  }

  RealLoop real;
  io::Helper helper{*real.loop};
  test::RecordingLog log;
  io::Pty pty = io::open_pty().value();
  io::SerialPort port;
  io::FdPort device;
  RecordingListener near;
  RecordingListener far;
};

std::uint32_t baud(const Wire& wire) { return io::baud_of(wire.device.fd()).value(); }

}  // namespace

TEST_CASE("bytes arrive whole in any chunking, both ways") {
  Wire wire;
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const std::size_t chunk : {1u, 3u, 100u, 256u}) {
    for (std::size_t i = 0; i < all.size(); i += chunk) {
      REQUIRE(wire.device.write(0, as_bytes(std::string_view(all).substr(i, chunk))));
      REQUIRE(wire.port.write(0, as_bytes(std::string_view(all).substr(i, chunk))));
    }
    REQUIRE(wire.real.run_until(
        [&] { return wire.near.text[0].size() >= all.size() && wire.far.text[0].size() >= all.size(); }));
    CHECK(wire.near.text[0] == all);
    CHECK(wire.far.text[0] == all);
    wire.near.text.clear();
    wire.far.text.clear();
  }
  CHECK(wire.near.opened == 1);
  CHECK(wire.log.contains("info port rs485-1: open: "));
  CHECK(wire.log.contains("at 9600 8N1"));
}

TEST_CASE("a read is stamped when the loop woke and takes at most 4 kB") {
  Wire wire;
  const core::Nanos before = wire.real.clock.now().boot;
  std::string sent;
  for (int i = 0; i < 3; ++i) {
    sent += std::string(4000, static_cast<char>('a' + i));
    REQUIRE(wire.device.write(0, as_bytes(std::string_view(sent).substr(sent.size() - 4000))));
  }
  REQUIRE(wire.real.run_until([&] { return wire.near.text[0].size() >= sent.size(); }));
  CHECK(wire.near.text[0] == sent);
  CHECK(wire.near.largest <= io::Stream::kReadSize);
  CHECK(wire.near.last_at.boot >= before);
  CHECK(wire.near.last_at.boot <= wire.real.clock.now().boot);
}

TEST_CASE("any rate is accepted, also those that have no name") {
  for (const std::uint32_t rate : {300u, 2400u, 9600u, 115200u, 250000u, 12345u, 76800u, 3000000u}) {
    Wire wire(core::LineSettings{.baud = rate});
    CHECK(baud(wire) == rate);
  }
}

TEST_CASE("a change of rate takes effect before the next write, and a closed port remembers it") {
  Wire wire;
  REQUIRE(wire.port.configure({.baud = 2400, .parity = core::Parity::even}));
  REQUIRE(wire.port.write(0, as_bytes("x")));
  CHECK(baud(wire) == 2400);
  wire.port.reopen("test");
  CHECK_FALSE(wire.port.is_open());
  REQUIRE(wire.port.configure({.baud = 4800}));
  REQUIRE(wire.real.run_until([&] { return wire.near.opened == 2; }));
  CHECK(baud(wire) == 4800);
  CHECK(wire.near.closed == 1);
  CHECK(wire.near.last_why == "test");
}

TEST_CASE("settings that no serial device has are refused with what is allowed") {
  Wire wire;
  const struct {
    core::LineSettings line;
    const char* message;
  } cases[] = {
      {{.baud = 0}, "0 baud: allowed are 1 to 20000000"},
      {{.data_bits = 9}, "9N1: allowed are 5 to 8 data bits"},
      {{.data_bits = 4}, "allowed are 5 to 8"},
      {{.stop_bits = 3}, "1 or 2 stop bits"},
      {{.parity = static_cast<core::Parity>('M')}, "parity N, E or O"},
  };
  for (const auto& row : cases) {
    const auto refused = wire.port.configure(row.line);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::bad_config);
    CHECK_MESSAGE(refused.error().message().find(row.message) != std::string::npos, refused.error().message());
  }
  CHECK(baud(wire) == 9600);
}

TEST_CASE("what is written during a break waits for its end, and a change of rate keeps its place among writes") {
  Wire wire;
  REQUIRE(wire.port.send_break(20ms));
  REQUIRE(wire.port.write(0, as_bytes("first")));
  REQUIRE(wire.port.configure({.baud = 1200}));
  REQUIRE(wire.port.write(0, as_bytes("second")));
  CHECK(baud(wire) == 9600);
  const core::Nanos start = wire.real.clock.now().boot;
  std::uint32_t rate_at_first = 0;
  wire.far.on_received = [&](std::uint32_t, core::ByteView) { rate_at_first = baud(wire); };
  REQUIRE(wire.real.run_until([&] { return wire.far.text[0] == "firstsecond"; }));
  CHECK(wire.real.clock.now().boot - start >= 15ms);
  CHECK(rate_at_first == 1200);
}

TEST_CASE("behind a break the line rests before anything is sent") {
  Wire wire;
  const core::Nanos start = wire.real.clock.now().boot;
  REQUIRE(wire.port.send_break(12ms));
  REQUIRE(wire.port.write(0, as_bytes("0M!")));
  REQUIRE(wire.real.run_until([&] { return wire.far.text[0] == "0M!"; }));
  CHECK(wire.real.clock.now().boot - start >= 12ms + 8'330us);  // SDI-12 1.4
}

TEST_CASE("a break of no or of absurd length is refused, and what waits for a long one is bounded") {
  Wire wire;
  CHECK(wire.port.send_break(0ms).error().code() == ErrorCode::bad_config);
  CHECK(wire.port.send_break(60s).error().code() == ErrorCode::bad_config);
  REQUIRE(wire.port.send_break(10s));
  const std::string half(40'000, 'x');
  CHECK(wire.port.write(0, as_bytes(half)));
  CHECK(wire.port.write(0, as_bytes(half)).error().code() == ErrorCode::full);
  core::Result<void> last;
  for (int i = 0; i < 100 && last; ++i) last = wire.port.write(0, as_bytes("x"));
  REQUIRE_FALSE(last);
  CHECK(last.error().code() == ErrorCode::full);
}

TEST_CASE("writes beyond 64 kB that nobody takes are refused whole, and leave in order once somebody does") {
  Wire wire;
  io::UniqueFd nobody;
  const io::Pty other = io::open_pty().value();
  test::RecordingLog log;
  io::SerialPort port(*wire.real.loop, wire.helper, log, {"stuck", other.path, {}, false});
  RecordingListener listener;
  port.start(listener);
  REQUIRE(wire.real.run_until([&] { return port.is_open(); }));
  std::string sent;
  core::Result<void> last;
  for (int i = 0; i < 1000 && last; ++i) {
    const std::string piece(1000, static_cast<char>('a' + i % 26));
    last = port.write(0, as_bytes(piece));
    if (last) sent += piece;
  }
  REQUIRE_FALSE(last);
  CHECK(last.error().code() == ErrorCode::full);
  CHECK(last.error().message().find("port stuck: ") == 0);
  CHECK(sent.size() >= 64'000);
  CHECK(sent.size() < 64 * 1024 + 32 * 1024);
  CHECK(port.is_open());
  std::string taken;
  REQUIRE(wire.real.run_until([&] {
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while ((count = ::read(other.master.get(), buffer.data(), buffer.size())) > 0) {
      taken.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return taken.size() >= sent.size();
  }));
  CHECK(taken == sent);
  CHECK(port.write(0, as_bytes("again")));
}

TEST_CASE("a device that vanishes is told of at once, and found again when its link points to the next") {
  const RealLoop real;
  io::Helper helper(*real.loop);
  test::RecordingLog log;
  const Link link("usb");
  auto first = io::open_pty().value();
  link.point_to(first.path);
  io::SerialPort port(*real.loop, helper, log, {"usb", link.path(), {}, false});
  RecordingListener listener;
  port.start(listener);
  REQUIRE(real.run_until([&] { return listener.opened == 1; }));

  link.vanish();  // as udev does; another pty may get the number of this one
  first = io::Pty();
  REQUIRE(real.run_until([&] { return listener.closed == 1; }));
  CHECK_FALSE(port.is_open());
  CHECK_FALSE(listener.last_why.empty());
  CHECK(port.write(0, as_bytes("x")).error().code() == ErrorCode::retry);
  REQUIRE(real.run_until([&] { return port.trouble().find("is the device plugged in?") != std::string::npos; }));

  auto second = io::open_pty().value();
  const auto unrelated = io::open_pty().value();  // so that the number may not be the same by chance
  link.point_to(second.path);
  REQUIRE(real.run_until([&] { return listener.opened == 2; }));
  CHECK(port.trouble().empty());
  REQUIRE(::write(second.master.get(), "back", 4) == 4);
  REQUIRE(real.run_until([&] { return listener.text[0] == "back"; }));
}

TEST_CASE("a path that is wrong is said in the log once, with what would help") {
  const struct {
    std::string path;
    const char* message;
  } cases[] = {
      {"/dev/serial/by-id/none", "/dev/serial/by-id/none: no such file or directory; is the device plugged in?"},
      {"/dev/null", "/dev/null: is not a serial device"},
      {"/tmp", "/tmp: is a directory"},
      {"", "no such file"},
  };
  for (const auto& row : cases) {
    const RealLoop real;
    io::Helper helper(*real.loop);
    test::RecordingLog log;
    io::SerialPort port(*real.loop, helper, log, {"bad", row.path, {}, false});
    RecordingListener listener;
    port.start(listener);
    REQUIRE(real.run_until([&] { return !log.lines.empty(); }));
    CHECK_MESSAGE(log.contains(row.message), log.lines.front());
    // Let it try once more: the same reason is not repeated.
    bool later = false;
    real.loop->at(real.clock.now().boot + 150ms, [&] { later = true; });
    REQUIRE(real.run_until([&] { return later; }));
    CHECK(log.lines.size() == 1);
    CHECK(listener.opened == 0);
    CHECK(listener.closed == 0);
  }
}

TEST_CASE("a device that another program has locked is left alone") {
  const RealLoop real;
  io::Helper helper(*real.loop);
  test::RecordingLog log;
  const auto pty = io::open_pty().value();
  REQUIRE(::flock(pty.keeper.get(), LOCK_EX) == 0);
  io::SerialPort port(*real.loop, helper, log, {"shared", pty.path, {}, false});
  RecordingListener listener;
  port.start(listener);
  REQUIRE(real.run_until([&] { return log.contains("another program has locked it"); }));
  REQUIRE(::flock(pty.keeper.get(), LOCK_UN) == 0);
  CHECK(real.run_until([&] { return listener.opened == 1; }));
}

TEST_CASE("a driver without an RS-485 mode is said once and does not keep the port closed") {
  Wire wire({}, true);
  wire.port.reopen("test");
  REQUIRE(wire.real.run_until([&] { return wire.near.opened == 2; }));
  int said = 0;
  for (const std::string& line : wire.log.lines) said += line.find("RS-485") != std::string::npos ? 1 : 0;
  CHECK(said == 1);
}

TEST_CASE("a port that is destroyed while it opens, waits or has news to tell harms nobody") {
  const RealLoop real;
  io::Helper helper(*real.loop);
  test::RecordingLog log;
  const auto pty = io::open_pty().value();
  RecordingListener listener;
  {
    io::SerialPort(*real.loop, helper, log, {"opening", pty.path, {}, false}).start(listener);
  }
  {
    io::SerialPort waiting(*real.loop, helper, log, {"waiting", "/nowhere", {}, false});
    waiting.start(listener);
    REQUIRE(real.run_until([&] { return !log.lines.empty(); }));
  }
  {
    io::SerialPort failing(*real.loop, helper, log, {"failing", pty.path, {}, false});
    failing.start(listener);
    REQUIRE(real.run_until([&] { return failing.is_open(); }));
    failing.reopen("test");
  }
  bool later = false;
  real.loop->at(real.clock.now().boot + 150ms, [&] { later = true; });
  REQUIRE(real.run_until([&] { return later; }));
  CHECK(listener.opened == 1);
  CHECK(listener.closed == 0);
}

TEST_CASE("characters take their bits' time on the wire") {
  CHECK(io::wire_time({.baud = 9600}, 96) == 100ms);
  CHECK(io::wire_time({.baud = 2400, .parity = core::Parity::even}, 24) == 110ms);
}
