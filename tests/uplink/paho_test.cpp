// The real client against a real broker.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/uplink/broker.h"
#include "tests/uplink/client.h"
#include "tests/uplink/stub_broker.h"

namespace afferent::test {
namespace {

using Kind = core::UplinkEvent::Kind;

TEST_CASE("a thousand messages are acknowledged, each with its own token") {
  const BrokerFolder folder;
  const Broker broker(folder, "");
  REQUIRE(broker.up());
  Client client(broker.port());
  CHECK_FALSE(client.publish(1, "a/b"));
  client.connect();
  const core::UplinkEvent connected = client.next(Kind::connected);
  CHECK(connected.mqtt5);
  CHECK(connected.receive_maximum == 20);  // Mosquitto's default
  constexpr std::uint64_t kFirst = 0xFEDCBA9876540000u;
  std::set<std::uint64_t> acked;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    REQUIRE(client.publish(kFirst + i, "afferent/v1/water/telemetry/n1"));
    if (i % 20 == 19) {
      while (acked.size() < i + 1) acked.insert(client.next(Kind::acked).token);
    }
  }
  CHECK(*acked.begin() == kFirst);
  CHECK(*acked.rbegin() == kFirst + 999);
  CHECK(client.wakes > 0);
  client.link().disconnect();
  CHECK_FALSE(client.publish(1, "a/b"));
}

TEST_CASE("a broker that stops is a lost connection, and comes back with the same client") {
  const BrokerFolder folder;
  Broker broker(folder, "");
  Client client(broker.port());
  client.connect();
  client.next(Kind::connected);
  broker.stop();
  CHECK(has(client.next(Kind::lost).reason, "127.0.0.1:" + std::to_string(broker.port())));
  CHECK(has(client.failure(), "cannot reach broker 127.0.0.1:"));
  broker.start();
  client.connect();
  client.next(Kind::connected);
  REQUIRE(client.publish(7, "a/b"));
  CHECK(client.next(Kind::acked).token == 7);
}

std::string with_users(const BrokerFolder& folder, const std::string& more) {
  const std::string file = folder.file("passwords");
  folder.write("passwords", "");
  CHECK(run_and_wait({"/usr/bin/mosquitto_passwd", "-b", file, "n1", "right"}, folder.file("passwd.log")) == 0);
  return "allow_anonymous false\npassword_file " + file + "\n" + more;
}

TEST_CASE("refused credentials are said without the password, and a corrected file is enough") {
  const BrokerFolder folder;
  const Broker broker(folder, with_users(folder, ""));
  for (const int version : {5, 3}) {
    CAPTURE(version);
    Client client(broker.port());
    client.options.version = version;
    client.options.username = "n1";
    client.options.password_file = folder.write("password", "wrong-secret\n");
    const std::string reason = client.failure();
    CHECK(
        has(reason, "broker 127.0.0.1:" + std::to_string(broker.port()) + " refused the credentials: not authorized"));
    CHECK(has(reason, version == 5 ? "(135)" : "(5)"));
    CHECK_FALSE(has(reason, "wrong-secret"));
    folder.write("password", "right\r\n");
    client.connect();
    CHECK(client.next(Kind::connected).mqtt5 == (version == 5));
  }
}

TEST_CASE("a password file that is not there, or empty, is said by name") {
  const BrokerFolder folder;
  Client client(1);
  client.options.username = "n1";
  client.options.password_file = "/nowhere/password";
  CHECK(client.failure() == "password_file: /nowhere/password: cannot be read: No such file or directory");
  CHECK(client.wakes > 0);
  Client other(1);
  other.options.password_file = folder.write("password", "");
  CHECK(other.failure() == "password_file: " + other.options.password_file + ": its first line is empty");
}

TEST_CASE(
    "a topic that the broker forbids is refused with its reason, others are not; on MQTT 3.1.1 it cannot be seen") {
  const BrokerFolder folder;
  const std::string acl = folder.write("acl", "topic write afferent/v1/water/#\n");
  const Broker broker(folder, "allow_anonymous true\nacl_file " + acl + "\n");
  for (const int version : {5, 3}) {
    CAPTURE(version);
    Client client(broker.port());
    client.options.version = version;
    client.connect();
    client.next(Kind::connected);
    REQUIRE(client.publish(1, "afferent/v1/heat/telemetry/n1"));
    REQUIRE(client.publish(2, "afferent/v1/water/telemetry/n1"));
    if (version == 5) {
      const core::UplinkEvent refused = client.next(Kind::refused);
      CHECK(refused.token == 1);
      CHECK(refused.code == 135);
      CHECK(client.next(Kind::acked).token == 2);
    } else {
      CHECK(client.next(Kind::acked).token == 1);
      CHECK(client.next(Kind::acked).token == 2);
    }
  }
}

TEST_CASE("what was in flight when the connection broke is neither answered nor repeated by the client itself") {
  StubBroker stub(StubBroker::ToMqtt5::hang_up);
  Client client(stub.port());
  client.options.version = 3;
  stub.answer(false);
  client.connect();
  client.next(Kind::connected);
  for (const std::uint64_t token : {1u, 2u, 3u}) REQUIRE(client.publish(token, "a/b"));
  REQUIRE(eventually([&] { return stub.published() == 3; }));
  stub.hang_up();
  client.next(Kind::lost);
  stub.answer(true);
  client.connect();
  client.next(Kind::connected);
  REQUIRE(client.publish(4, "a/b"));
  CHECK(client.next(Kind::acked).token == 4);
  CHECK(stub.published() == 4);
  CHECK(client.events.empty());
}

TEST_CASE("the broker's maximum packet is told") {
  const BrokerFolder folder;
  const Broker broker(folder, "allow_anonymous true\nmax_packet_size 2000\n");
  Client client(broker.port());
  client.connect();
  CHECK(client.next(Kind::connected).most_packet == 2000);
}

TEST_CASE("a keep-alive that the broker demands is kept to, on this connection and on later ones") {
  StubBroker broker(StubBroker::ToMqtt5::demand_keep_alive_7);
  Client client(broker.port());
  client.connect();
  CHECK(client.next(Kind::connected).mqtt5);
  CHECK(broker.connects() == 2);
  CHECK(broker.keep_alive() == 7);
  CHECK(client.publish(1, "a/b"));
  CHECK(client.next(Kind::acked).token == 1);
  broker.hang_up();
  client.next(Kind::lost);
  client.connect();
  client.next(Kind::connected);
  CHECK(broker.connects() == 3);
  CHECK(broker.keep_alive() == 7);
  CHECK(client.events.empty());
}

TEST_CASE("a broker that refuses MQTT 5 is spoken to with 3.1.1 at once") {
  StubBroker stub(StubBroker::ToMqtt5::refuse_version);
  Client client(stub.port());
  client.connect();
  CHECK_FALSE(client.next(Kind::connected).mqtt5);
  REQUIRE(client.publish(9, "a/b"));
  CHECK(client.next(Kind::acked).token == 9);
  CHECK(stub.published() == 1);
}

TEST_CASE("a broker that hangs up on MQTT 5 gets a second chance before 3.1.1") {
  StubBroker stub(StubBroker::ToMqtt5::hang_up);
  Client client(stub.port());
  CHECK(has(client.failure(), "closed the connection without an answer"));
  client.connect();
  CHECK_FALSE(client.next(Kind::connected).mqtt5);
}

TEST_CASE("a version fixed by the configuration is kept to") {
  StubBroker stub(StubBroker::ToMqtt5::refuse_version);
  Client client(stub.port());
  client.options.version = 5;
  CHECK(has(client.failure(), "refused the connection"));
}

TEST_CASE("an attempt without any answer is given up, and the next one begins with a new client") {
  Client client(0);
  {
    StubBroker stub(StubBroker::ToMqtt5::say_nothing);
    client.options.port = stub.port();
    client.connect();
    CHECK(client.link().take().empty());
    client.clock.stamp.boot += core::Seconds{61};
    CHECK(has(client.next(Kind::connect_failed).reason, "no answer within 60 s"));
  }
  CHECK(eventually([&] { return !has(client.failure(), "still hangs"); }));
}

}  // namespace
}  // namespace afferent::test
