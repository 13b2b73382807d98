#include "agent/io/tcp.h"

#include <sys/resource.h>

#include <array>
#include <string>

#include "agent/io/tcp_server.h"
#include "tests/io/support.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;
using core::as_bytes;
using core::ErrorCode;
using test::RealLoop;
using test::RecordingListener;

namespace {

struct Net {
  std::unique_ptr<io::TcpServer> listen(std::uint16_t port = 0, std::size_t most = 64) {
    return io::TcpServer::listen(*real.loop, {"server", "127.0.0.1", port, most}).value();
  }
  io::TcpOptions to(std::uint16_t port, const std::string& host = "127.0.0.1") const { return {"client", host, port}; }

  RealLoop real;
  io::Helper helper{*real.loop};
  test::RecordingLog log;
  test::CountingRandom random;
  RecordingListener near;
  RecordingListener far;
};

// A port on which nobody listens: bound, so that nobody else gets it.
struct Reserved {
  Reserved() {
    fd = io::open_socket(AF_INET).value();
    const auto address = io::resolve("127.0.0.1", 0, io::Lookup::numeric).value().front();
    REQUIRE(::bind(fd.get(), address.get(), address.length) == 0);
    port = io::port_of(io::local_address(fd.get()).value());
  }
  io::UniqueFd fd;
  std::uint16_t port = 0;
};

}  // namespace

TEST_CASE("requests and answers pass over TCP, also byte by byte") {
  Net net;
  const auto server = net.listen();
  server->start(net.far);
  net.far.on_received = [&](std::uint32_t peer, core::ByteView bytes) { CHECK(server->write(peer, bytes)); };
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port()));
  CHECK(port.medium() == core::Port::Medium::stream);
  CHECK(port.write(0, as_bytes("early")).error().code() == ErrorCode::retry);
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return net.near.opened == 1 && net.far.opened == 1; }));
  const std::string text = "0123456789";
  for (const char& c : text) REQUIRE(port.write(0, as_bytes(std::string_view(&c, 1))));
  REQUIRE(net.real.run_until([&] { return net.near.text[0] == text; }));
  CHECK(net.far.text[1] == text);
  CHECK(port.configure({}).ok());
  CHECK(port.send_break(10ms).error().code() == ErrorCode::bad_config);
  CHECK(net.log.contains("info port client: connected to 127.0.0.1:"));
}

TEST_CASE("a host is found by name, off the loop") {
  Net net;
  const auto server = net.listen();
  server->start(net.far);
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port(), "localhost"));
  port.start(net.near);
  CHECK(net.real.run_until([&] { return net.near.opened == 1; }));
}

TEST_CASE("a refused connection is said once and comes about when a server appears") {
  Net net;
  Reserved reserved;
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(reserved.port));
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return !net.log.lines.empty(); }));
  CHECK(net.log.lines.front() ==
        "warning port client: connect to 127.0.0.1:" + std::to_string(reserved.port) + ": connection refused");
  bool later = false;
  net.real.loop->at(net.real.clock.now().boot + 300ms, [&] { later = true; });
  REQUIRE(net.real.run_until([&] { return later; }));
  CHECK(net.log.lines.size() == 1);
  CHECK(port.trouble().find("connection refused") != std::string::npos);
  CHECK_FALSE(port.is_open());

  reserved.fd.reset();
  const auto server = net.listen(reserved.port);
  server->start(net.far);
  REQUIRE(net.real.run_until([&] { return net.near.opened == 1; }));
  CHECK(port.trouble().empty());
}

TEST_CASE("a port that is destroyed while its host is looked up, or while it connects, harms nobody") {
  Net net;
  const auto server = net.listen();
  for (const char* host : {"localhost", "127.0.0.1"}) {
    io::TcpPort(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port(), host)).start(net.near);
  }
  bool later = false;
  net.helper.run([] { return true; }, [&](bool done) { later = done; });  // behind the look-up
  REQUIRE(net.real.run_until([&] { return later; }));
  net.real.loop->run_once(0ns);
  CHECK(net.near.opened == 0);
  CHECK(net.log.lines.empty());
}

TEST_CASE("an unknown name is a trouble that names it, not an end") {
  const std::string kNoName = std::string(64, 'x') + ".invalid";  // too long a label for any server to be asked
  Net net;
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(502, kNoName));
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return !net.log.lines.empty(); }));
  CHECK(net.log.contains(kNoName));
  CHECK_FALSE(port.is_open());
}

TEST_CASE("a connection request that nobody answers ends by time-out") {
  Net net;
  // A listener whose backlog is full drops requests.
  const auto silent = io::open_socket(AF_INET).value();
  const auto any = io::resolve("127.0.0.1", 0, io::Lookup::numeric).value().front();
  REQUIRE(::bind(silent.get(), any.get(), any.length) == 0);
  REQUIRE(::listen(silent.get(), 0) == 0);
  const auto address = io::local_address(silent.get()).value();
  std::array<io::UniqueFd, 4> fillers;
  for (auto& filler : fillers) {
    filler = io::open_socket(AF_INET).value();
    [[maybe_unused]] const int pending = ::connect(filler.get(), address.get(), address.length);
  }
  auto options = net.to(io::port_of(address));
  options.connect_timeout = 50ms;
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, options);
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return !net.log.lines.empty(); }));
  CHECK_MESSAGE(net.log.contains("no answer to the connection request"), net.log.lines.front());
}

TEST_CASE("a connection that the server ends is told of and comes back") {
  Net net;
  auto server = net.listen();
  const std::uint16_t number = server->local_port();
  server->start(net.far);
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(number));
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return net.near.opened == 1 && net.far.opened == 1; }));
  server->drop(net.far.last_peer, "test");
  REQUIRE(net.real.run_until([&] { return net.near.closed == 1 && net.far.closed == 1; }));
  CHECK(net.near.last_why == "closed by the other end");
  CHECK(net.far.last_why == "test");
  REQUIRE(net.real.run_until([&] { return net.near.opened == 2 && net.far.opened == 2; }));
  CHECK(net.far.last_peer == 2);
  CHECK(server->write(1, as_bytes("x")).error().code() == ErrorCode::retry);
  server.reset();
  REQUIRE(net.real.run_until([&] { return net.near.closed == 2; }));
  server = net.listen(number);
  server->start(net.far);
  REQUIRE(net.real.run_until([&] { return net.near.opened == 3; }));
}

TEST_CASE("a reopening is told of later, not from within the call, and both ends see it") {
  Net net;
  const auto server = net.listen();
  server->start(net.far);
  io::TcpPort port(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port()));
  port.start(net.near);
  REQUIRE(net.real.run_until([&] { return net.near.opened == 1 && net.far.opened == 1; }));
  port.reopen("by the session");
  CHECK_FALSE(port.is_open());
  CHECK(net.near.closed == 0);
  CHECK(port.write(0, as_bytes("x")).error().code() == ErrorCode::retry);
  REQUIRE(net.real.run_until([&] { return net.near.closed == 1 && net.far.closed == 1; }));
  CHECK(net.near.last_why == "by the session");
  CHECK(net.real.run_until([&] { return net.near.opened == 2; }));
}

TEST_CASE("a peer that does not read is refused more than 64 kB and loses nothing of what was taken") {
  Net net;
  const auto server = net.listen();
  server->start(net.far);
  const auto client = io::open_socket(AF_INET).value();
  const auto address = io::resolve("127.0.0.1", server->local_port(), io::Lookup::numeric).value().front();
  [[maybe_unused]] const int pending = ::connect(client.get(), address.get(), address.length);
  REQUIRE(net.real.run_until([&] { return net.far.opened == 1; }));
  CHECK(server->write(1, core::Bytes(io::Stream::kQueueLimit + 1)).error().code() == ErrorCode::full);
  std::size_t sent = 0;
  core::Result<void> last;
  for (int i = 0; i < 100'000 && last; ++i) {
    last = server->write(1, core::Bytes(1000, static_cast<std::uint8_t>(i)));
    if (last) sent += 1000;
  }
  REQUIRE_FALSE(last);
  CHECK(last.error().code() == ErrorCode::full);
  std::size_t taken = 0;
  bool right = true;
  REQUIRE(net.real.run_until([&] {
    std::array<std::uint8_t, 8192> buffer{};
    ssize_t count = 0;
    while ((count = ::read(client.get(), buffer.data(), buffer.size())) > 0) {
      for (ssize_t i = 0; i < count; ++i, ++taken) {
        right = right && buffer[static_cast<std::size_t>(i)] == static_cast<std::uint8_t>(taken / 1000);
      }
    }
    return taken >= sent;
  }));
  CHECK(taken == sent);
  CHECK(right);
}

TEST_CASE("a server keeps its peers apart and sends away who is too many") {
  Net net;
  const auto server = net.listen(0, 2);
  server->start(net.far);
  std::array<RecordingListener, 3> listeners;
  std::vector<std::unique_ptr<io::TcpPort>> ports;
  for (std::size_t i = 0; i < 2; ++i) {
    ports.push_back(
        std::make_unique<io::TcpPort>(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port())));
    ports[i]->start(listeners[i]);
    REQUIRE(net.real.run_until([&] { return net.far.opened == static_cast<int>(i) + 1; }));
  }
  REQUIRE(ports[0]->write(0, as_bytes("one")));
  REQUIRE(ports[1]->write(0, as_bytes("two")));
  REQUIRE(net.real.run_until([&] { return net.far.text[1] == "one" && net.far.text[2] == "two"; }));
  REQUIRE(server->write(2, as_bytes("to two")));
  REQUIRE(net.real.run_until([&] { return listeners[1].text[0] == "to two"; }));
  CHECK(listeners[0].text[0].empty());

  io::TcpPort third(*net.real.loop, net.helper, net.log, net.random, net.to(server->local_port()));
  third.start(listeners[2]);
  REQUIRE(net.real.run_until([&] { return listeners[2].closed >= 1; }));
  CHECK(server->peers() == 2);
}

TEST_CASE("an address that is taken or not ours is an error that names it") {
  Net net;
  const auto server = net.listen();
  const auto taken = io::TcpServer::listen(*net.real.loop, {"second", "127.0.0.1", server->local_port()});
  REQUIRE_FALSE(taken);
  CHECK(taken.error().message() ==
        "port second: listen on 127.0.0.1:" + std::to_string(server->local_port()) + ": address already in use");
  const auto foreign = io::TcpServer::listen(*net.real.loop, {"third", "192.0.2.1", 0});
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code() == ErrorCode::bad_config);
}

TEST_CASE("a server without descriptors pauses instead of spinning, and goes on") {
  Net net;
  const auto server = net.listen();
  server->start(net.far);
  const auto client = io::open_socket(AF_INET).value();
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none{static_cast<rlim_t>(client.get()) + 1, limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto address = io::resolve("127.0.0.1", server->local_port(), io::Lookup::numeric).value().front();
  [[maybe_unused]] const int pending = ::connect(client.get(), address.get(), address.length);
  REQUIRE(net.real.run_until([&] { return !server->is_open(); }));
  CHECK(net.far.opened == 0);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(net.real.run_until([&] { return net.far.opened == 1; }));
}

TEST_CASE("addresses are written as people write them") {
  CHECK(io::text_of(io::resolve("10.0.0.7", 502, io::Lookup::numeric).value().front()) == "10.0.0.7:502");
  CHECK(io::text_of(io::resolve("::1", 502, io::Lookup::numeric).value().front()) == "[::1]:502");
  CHECK(io::resolve("localhost", 502, io::Lookup::numeric).error().code() == ErrorCode::bad_input);
}
