// A port that stations call.
#include "agent/io/tcp_listen.h"

#include "agent/io/tcp.h"
#include "tests/io/support.h"
#include "tests/support/fakes.h"

using namespace afferent;
using namespace std::chrono_literals;
using core::as_bytes;
using core::ErrorCode;
using test::RealLoop;
using test::RecordingListener;

namespace {

struct Station {
  Station(RealLoop& real, io::Helper& helper, core::Log& log, core::Random& random, std::uint16_t port)
      : tcp(*real.loop, helper, log, random, io::TcpOptions{.id = "station", .host = "127.0.0.1", .port = port}) {
    tcp.start(heard);
  }
  RecordingListener heard;
  io::TcpPort tcp;
};

struct Net {
  io::TcpServerOptions options(std::uint16_t port = 0) const {
    return {.id = "rtu", .host = "127.0.0.1", .port = port};
  }
  std::unique_ptr<Station> call(std::uint16_t port) {
    return std::make_unique<Station>(real, helper, log, random, port);
  }

  RealLoop real;
  io::Helper helper{*real.loop};
  test::RecordingLog log;
  test::CountingRandom random;
  RecordingListener heard;
};

}  // namespace

TEST_CASE("stations that call are kept apart, answered each, and told apart for ever") {
  Net net;
  io::TcpListenPort port(*net.real.loop, net.log, net.random, net.options());
  CHECK_FALSE(port.is_open());
  CHECK(port.write(1, as_bytes("early")).error().code() == ErrorCode::retry);
  port.start(net.heard);
  REQUIRE(port.is_open());
  auto one = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 1; }));
  const auto two = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 2; }));
  REQUIRE(net.real.run_until([&] { return one->tcp.is_open() && two->tcp.is_open(); }));
  REQUIRE(one->tcp.write(0, as_bytes("one")));
  REQUIRE(two->tcp.write(0, as_bytes("two")));
  REQUIRE(net.real.run_until([&] { return net.heard.text[1] == "one" && net.heard.text[2] == "two"; }));
  REQUIRE(port.write(2, as_bytes("to two")));
  REQUIRE(net.real.run_until([&] { return two->heard.text[0] == "to two"; }));
  CHECK(one->heard.text[0].empty());
  one.reset();
  REQUIRE(net.real.run_until([&] { return net.heard.closed == 1; }));
  CHECK(port.write(1, as_bytes("x")).error().code() == ErrorCode::retry);
  const auto three = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 3; }));
  CHECK(net.heard.last_peer == 3);
}

TEST_CASE("an address that somebody else uses is waited for") {
  Net net;
  auto first = std::make_unique<io::TcpListenPort>(*net.real.loop, net.log, net.random, net.options());
  first->start(net.heard);
  RecordingListener second_heard;
  io::TcpListenPort second(*net.real.loop, net.log, net.random, net.options(first->local_port()));
  second.start(second_heard);
  CHECK_FALSE(second.is_open());
  CHECK(second.trouble().find("address already in use") != std::string::npos);
  first.reset();
  REQUIRE(net.real.run_until([&] { return second.is_open(); }));
  CHECK(second.trouble().empty());
}

TEST_CASE("a name is never looked up, an address that is not ours is said") {
  Net net;
  io::TcpServerOptions options = net.options(1);
  options.host = "localhost";
  io::TcpListenPort named(*net.real.loop, net.log, net.random, options);
  named.start(net.heard);
  CHECK_FALSE(named.is_open());
  CHECK(named.trouble().find("look up 'localhost'") != std::string::npos);
  options.host = "192.0.2.1";
  io::TcpListenPort foreign(*net.real.loop, net.log, net.random, options);
  foreign.start(net.heard);
  CHECK(foreign.trouble().find("listen on 192.0.2.1:1") != std::string::npos);
}

TEST_CASE("a connection on which nothing comes is closed after the idle limit, one that speaks is kept") {
  Net net;
  io::TcpServerOptions options = net.options();
  options.idle = 2s;  // long beside any pause between two words of the one that talks
  io::TcpListenPort port(*net.real.loop, net.log, net.random, options);
  port.start(net.heard);
  const auto talks = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 1 && talks->tcp.is_open(); }));
  const core::Nanos began = net.real.clock.now().boot;
  const auto silent = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 2; }));
  RecordingListener& heard = net.heard;
  while (heard.closed == 0 && net.real.clock.now().boot - began < test::kGuard) {
    static_cast<void>(talks->tcp.write(0, as_bytes("x")));
    net.real.loop->run_once(20ms);
  }
  REQUIRE(heard.closed == 1);
  CHECK(heard.last_why == "said nothing for too long");
  CHECK(net.real.clock.now().boot - began >= options.idle);
  CHECK(port.write(1, as_bytes("still there")));
  CHECK(port.write(2, as_bytes("gone")).error().code() == ErrorCode::retry);
}

TEST_CASE("more connections than allowed are sent away, and the log says so once") {
  Net net;
  io::TcpServerOptions options = net.options();
  options.most_peers = 1;
  io::TcpListenPort port(*net.real.loop, net.log, net.random, options);
  port.start(net.heard);
  const auto one = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 1; }));
  const auto two = net.call(port.local_port());
  const auto three = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return two->heard.closed > 0 && three->heard.closed > 0; }));
  CHECK(net.heard.opened == 1);
  const auto told = std::count_if(net.log.lines.begin(), net.log.lines.end(), [](const std::string& line) {
    return line == "warning port rtu: sends calls away: all 1 connections are in use";
  });
  CHECK(told == 1);
}

TEST_CASE("connections that say nothing do not keep others out: the one that is silent for longest makes way") {
  Net net;
  io::TcpServerOptions options = net.options();
  options.most_peers = 2;
  options.dull = 50ms;
  io::TcpListenPort port(*net.real.loop, net.log, net.random, options);
  port.start(net.heard);
  const auto one = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 1 && one->tcp.is_open(); }));
  const auto two = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 2; }));
  REQUIRE(one->tcp.write(0, as_bytes("one")));
  REQUIRE(net.real.run_until([&] { return net.heard.text[1] == "one"; }));
  const core::Nanos spoke = net.real.clock.now().boot;
  REQUIRE(net.real.run_until([&] { return net.real.clock.now().boot - spoke > options.dull; }));
  const auto three = net.call(port.local_port());
  REQUIRE(net.real.run_until([&] { return net.heard.opened == 3; }));
  CHECK(net.heard.closed == 1);
  CHECK(net.heard.last_why.find("all places are taken") != std::string::npos);
  CHECK(port.write(1, as_bytes("stays")));
  CHECK(port.write(2, as_bytes("gone")).error().code() == ErrorCode::retry);
}
