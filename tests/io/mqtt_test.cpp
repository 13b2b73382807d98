// Messages of a real Mosquitto as a port.
#include "agent/io/mqtt_port.h"

#include <sys/socket.h>

#include "tests/io/support.h"
#include "tests/support/fakes.h"
#include "tests/uplink/broker.h"

using namespace afferent;
using namespace afferent::test;
using core::as_bytes;
using core::ErrorCode;

namespace {

struct Listener final : core::PortListener {
  void port_opened(std::uint32_t, const core::Stamp&) override { ++opened; }
  void port_closed(std::uint32_t, const core::Stamp&, std::string_view) override { ++closed; }
  void port_received(std::uint32_t, const core::Stamp&, core::ByteView) override {}
  void port_event(const core::PortEvent& event) override {
    seen.push_back(std::string(event.name) + "=" + std::string(core::as_text(event.bytes)));
    if (on_event) on_event(event);
  }
  int opened = 0;
  int closed = 0;
  std::vector<std::string> seen;
  std::function<void(const core::PortEvent&)> on_event;
};

struct Net {
  explicit Net(const std::string& settings = {}) : broker(folder, settings) { REQUIRE(broker.up()); }

  std::unique_ptr<io::MqttPort> client(Listener& listener, const std::vector<std::string>& filters,
                                       io::MqttOptions options = {}) {
    options.id = "broker";
    if (options.host.empty()) options.host = "127.0.0.1";
    if (options.port == 1883) options.port = broker.port();
    auto port = std::make_unique<io::MqttPort>(*real.loop, helper, log, random, options);
    std::vector<core::PortWish> wishes;
    for (const std::string& filter : filters) wishes.push_back({.name = filter});
    REQUIRE(port->want(wishes));
    port->start(listener);
    return port;
  }

  BrokerFolder folder;
  Broker broker;
  RealLoop real;
  io::Helper helper{*real.loop};
  RecordingLog log;
  CountingRandom random;
};

// By hand, since a port would not publish it: CONNECT, CONNACK, PUBLISH to "up" with QoS 0.
void publish_raw(std::uint16_t port, const std::string& payload) {
  const io::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const std::string connect("\x10\x0D\x00\x04MQTT\x04\x02\x00\x3C\x00\x01x", 15);
  REQUIRE(::send(fd.get(), connect.data(), connect.size(), 0) == static_cast<ssize_t>(connect.size()));
  char answer[4];
  REQUIRE(::recv(fd.get(), answer, sizeof answer, MSG_WAITALL) == sizeof answer);
  std::string message("\x30", 1);
  for (std::size_t rest = payload.size() + 4; rest > 0; rest /= 128) {
    message += static_cast<char>(rest % 128 + (rest >= 128 ? 128 : 0));
  }
  message += std::string("\x00\x02up", 4) + payload;
  for (std::size_t sent = 0; sent < message.size();) {
    const ssize_t count = ::send(fd.get(), message.data() + sent, message.size() - sent, 0);
    REQUIRE(count > 0);
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace

TEST_CASE("messages of the topics that were wished for come in under their topic, and answers go out") {
  Net net;
  Listener in;
  Listener out;
  const auto port = net.client(in, {"application/+/device/+/event/up", "application/+/device/+/event/up"});
  CHECK_FALSE(port->is_open());
  CHECK(port->write_to("x", as_bytes("early")).error().code() == ErrorCode::retry);
  const auto server = net.client(out, {"application/+/device/+/command/#"});
  REQUIRE(net.real.run_until([&] { return in.opened == 1 && out.opened == 1; }));
  in.on_event = [&port](const core::PortEvent& event) {
    CHECK(port->write_to("application/1/device/2/command/down", event.bytes));
  };
  REQUIRE(server->write_to("application/1/device/2/event/join", as_bytes("nobody listens")));
  REQUIRE(server->write_to("application/1/device/2/event/up", as_bytes("{}")));
  REQUIRE(net.real.run_until([&] { return out.seen.size() == 1; }));
  CHECK(in.seen == std::vector<std::string>{"application/1/device/2/event/up={}"});
  CHECK(out.seen == std::vector<std::string>{"application/1/device/2/command/down={}"});
}

TEST_CASE("nobody on the broker can pass for the codec") {
  Net net;
  Listener in;
  Listener out;
  const auto port = net.client(in, {"$codec", "$codec/#", "up"});
  const auto other = net.client(out, {});
  REQUIRE(net.real.run_until([&] { return in.opened == 1 && out.opened == 1; }));
  REQUIRE(other->write_to("$codec", as_bytes("forged")));
  REQUIRE(other->write_to("$codec/answer", as_bytes("forged")));
  REQUIRE(other->write_to("up", as_bytes("real")));
  REQUIRE(net.real.run_until([&] { return !in.seen.empty() && in.seen.back() == "up=real"; }));
  CHECK(in.seen.size() == 1);
}

TEST_CASE("many and large messages come through whole and in order") {
  Net net;
  Listener in;
  const auto port = net.client(in, {"up/#"});
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));
  const std::string large(200'000, 'x');
  int sent = 0;
  REQUIRE(net.real.run_until([&] {
    while (sent < 300 && port->write_to("up/" + std::to_string(sent), as_bytes(sent % 100 == 7 ? large : "small"))) {
      ++sent;
    }
    return in.seen.size() == 300;
  }));
  for (std::size_t i = 0; i < 300; ++i) {
    CHECK(in.seen[i] == "up/" + std::to_string(i) + "=" + (i % 100 == 7 ? large : "small"));
  }
}

TEST_CASE("a message beyond the limit is dropped and said so") {
  Net net;
  Listener in;
  const auto port = net.client(in, {"up"});
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));
  const std::string most(io::MqttPort::kLargestMessage, 'x');
  CHECK(port->write_to("up", as_bytes(most + "x")).error().code() == ErrorCode::bad_input);
  publish_raw(net.broker.port(), most + "x");
  REQUIRE(net.real.run_until([&] { return net.log.contains("dropped"); }));
  REQUIRE(port->write_to("up", as_bytes(most)));
  REQUIRE(net.real.run_until([&] { return in.seen.size() == 1; }));
  CHECK(in.seen[0].size() == most.size() + 3);
  CHECK(net.log.contains("dropped a message of 1048577 bytes"));
}

TEST_CASE("what the broker does not acknowledge fills a bounded window") {
  Net net;
  Listener in;
  const auto port = net.client(in, {});
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));
  core::Result<void> last;
  int sent = 0;
  for (; sent < 1000 && last; ++sent) last = port->write_to("up", as_bytes("x"));
  REQUIRE(!last);
  CHECK(last.error().code() == ErrorCode::full);
  CHECK(sent == io::MqttPort::kMostUnacknowledged + 1);
}

TEST_CASE("a broker that goes away and comes back is connected and subscribed again") {
  Net net;
  Listener in;
  const auto port = net.client(in, {"up"});
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));
  net.broker.stop();
  REQUIRE(net.real.run_until([&] { return in.closed == 1; }));
  CHECK_FALSE(port->is_open());
  net.broker.start();
  REQUIRE(net.real.run_until([&] { return in.opened == 2; }));
  REQUIRE(port->write_to("up", as_bytes("again")));
  REQUIRE(net.real.run_until([&] { return in.seen.size() == 1; }));
  port->reopen("no use");
  REQUIRE(net.real.run_until([&] { return in.closed == 2 && in.opened == 3; }));
}

TEST_CASE("user and password are given, a wrong one is said and tried again with what the file holds then") {
  const BrokerFolder secrets;
  secrets.write("users", "");
  REQUIRE(run_and_wait({"/usr/bin/mosquitto_passwd", "-b", secrets.file("users"), "gw", "right"},
                       secrets.file("log")) == 0);
  Net net("allow_anonymous false\npassword_file " + secrets.file("users") + "\n");
  io::MqttOptions options;
  options.username = "gw";
  options.password_file = secrets.write("password", "wrong\n");
  Listener in;
  const auto port = net.client(in, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return !port->trouble().empty(); }));
  CHECK(port->trouble().find("the broker refuses: Connection Refused: not authorised") != std::string::npos);
  CHECK(port->trouble().find("wrong") == std::string::npos);
  secrets.write("password", "right\r\nsecond line\n");
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));

  options.password_file = secrets.file("gone");
  Listener none;
  const auto without = net.client(none, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return !without->trouble().empty(); }));
  CHECK(without->trouble().find("gone: cannot be read: No such file or directory") != std::string::npos);
}

TEST_CASE("a name is looked up, and one that there is not is said without anybody waiting for it") {
  Net net;
  Listener in;
  io::MqttOptions options;
  options.host = "localhost";
  const auto port = net.client(in, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return in.opened == 1; }));
  options.host = std::string(64, 'x') + ".invalid";  // too long a label for any server to be asked
  Listener none;
  const auto lost = net.client(none, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return !lost->trouble().empty(); }));
  CHECK(lost->trouble().find("look up '" + options.host + "'") != std::string::npos);
}

TEST_CASE("who answers the connection with nothing is given up after a while, who refuses it at once") {
  Net net;
  Listener in;
  const io::UniqueFd mute(::socket(AF_INET, SOCK_STREAM, 0));
  const auto address = io::resolve("127.0.0.1", 0, io::Lookup::numeric).value().front();
  REQUIRE(::bind(mute.get(), address.get(), address.length) == 0);
  io::MqttOptions options;
  options.port = io::port_of(io::local_address(mute.get()).value());
  options.answer_timeout = std::chrono::milliseconds(1);
  const auto refused = net.client(in, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return !refused->trouble().empty(); }));
  CHECK(refused->trouble().find("connection refused") != std::string::npos);
  REQUIRE(::listen(mute.get(), 4) == 0);
  const auto silent = net.client(in, {"up"}, options);
  REQUIRE(net.real.run_until([&] { return !silent->trouble().empty(); }));
  CHECK(silent->trouble().find("no answer") != std::string::npos);
  CHECK(in.opened == 0);
}

TEST_CASE("only topic filters can be wished for and only topics be written to") {
  Net net;
  Listener in;
  const auto port = net.client(in, {"up"});
  const std::vector<core::PortWish> wrong{{.name = "a/#/b"}};
  CHECK(port->want(wrong).error().message() == "'a/#/b' is no topic filter");
  for (const std::string_view topic : {std::string_view(""), std::string_view("a/+"), std::string_view("a\0b", 3)}) {
    CHECK(port->write_to(topic, as_bytes("x")).error().code() == ErrorCode::bad_input);
  }
  CHECK(port->write(0, as_bytes("x")).error().code() == ErrorCode::bad_config);
}
