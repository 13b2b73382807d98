// TLS against a real broker, with authorities and certificates made for the test.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "agent/uplink/paho_settings.h"
#include "tests/uplink/broker.h"
#include "tests/uplink/client.h"

namespace afferent::test {
namespace {

using Kind = core::UplinkEvent::Kind;

// Authorities and certificates by name: NAME.crt and NAME.key in the folder.
class Authority {
 public:
  explicit Authority(const BrokerFolder& folder, const std::string& name = "ca") : folder_(folder), name_(name) {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".crt")});
  }
  void issue(const std::string& name, const std::string& alternative_name) {
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name,
             "-keyout", file(name + ".key"), "-out", file(name + ".csr")});
    folder_.write(name + ".ext", "subjectAltName=" + alternative_name + "\n");
    openssl({"x509", "-req", "-in", file(name + ".csr"), "-CA", file(name_ + ".crt"), "-CAkey", file(name_ + ".key"),
             "-CAcreateserial", "-days", "2", "-extfile", file(name + ".ext"), "-out", file(name + ".crt")});
  }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  void openssl(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/openssl");
    REQUIRE(run_and_wait(words, folder_.file("openssl.log")) == 0);
  }

  const BrokerFolder& folder_;
  const std::string name_;
};

std::string broker_settings(const Authority& authority, const std::string& server) {
  return "allow_anonymous true\ncafile " + authority.file("ca.crt") + "\ncertfile " + authority.file(server + ".crt") +
         "\nkeyfile " + authority.file(server + ".key") + "\n";
}

TEST_CASE("a broker whose certificate our authority signed for its address is trusted, another is not") {
  const BrokerFolder folder;
  Authority authority(folder);
  authority.issue("server", "IP:127.0.0.1");
  const Authority stranger(folder, "stranger");
  const Broker broker(folder, broker_settings(authority, "server"));
  Client client(broker.port());
  client.options.tls = true;
  SUBCASE("ours") {
    client.options.ca_file = authority.file("ca.crt");
    client.connect();
    CHECK(client.next(Kind::connected).mqtt5);
    REQUIRE(client.publish(3, "a/b"));
    CHECK(client.next(Kind::acked).token == 3);
  }
  SUBCASE("another authority") {
    client.options.ca_file = stranger.file("stranger.crt");
    const std::string reason = client.failure();
    CHECK(has(reason, "TLS: broker 127.0.0.1:"));
    CHECK(has(reason, "certificate verify failed"));
  }
  SUBCASE("the system's authorities do not know it") { CHECK(has(client.failure(), "certificate verify failed")); }
  SUBCASE("a file that is not there is said by name") {
    client.options.ca_file = "/nowhere/ca.crt";
    CHECK(client.failure() == "TLS: ca_file /nowhere/ca.crt cannot be read");
  }
  SUBCASE("a file that holds no certificate") {
    client.options.ca_file = folder.write("nonsense.crt", "no certificate\n");
    CHECK(client.failure() == "TLS: ca_file " + client.options.ca_file + " holds nothing in PEM form");
  }
}

TEST_CASE("a certificate for another name is refused") {
  const BrokerFolder folder;
  Authority authority(folder);
  authority.issue("server", "DNS:broker.invalid");
  const Broker broker(folder, broker_settings(authority, "server"));
  Client client(broker.port());
  client.options.tls = true;
  client.options.ca_file = authority.file("ca.crt");
  CHECK(has(client.failure(),
            "with TLS: nothing listens there, the network is down, the name is unknown, or its "
            "certificate is not for 127.0.0.1"));
}

TEST_CASE("files that do not belong together, or are none, are said by name") {
  const BrokerFolder folder;
  const Authority authority(folder);
  Authority(folder, "other");
  uplink::PahoOptions options;
  options.tls = true;
  options.ca_file = folder.file("ca.crt");
  options.certificate_file = folder.file("ca.crt");
  options.key_file = folder.file("ca.key");
  std::string expected;
  SUBCASE("right") {}
  SUBCASE("another's key") {
    options.key_file = folder.file("other.key");
    expected = "TLS: key_file " + options.key_file + " is not that of certificate_file";
  }
  SUBCASE("a key that is none") {
    options.key_file = folder.file("ca.crt");
    expected = "TLS: key_file " + options.key_file + " is no private key";
  }
  SUBCASE("an authority that is none") {
    options.ca_file = folder.file("ca.key");
    expected = "TLS: ca_file " + options.ca_file + " holds no certificate";
  }
  const auto made = uplink::PahoSettings::make(options, 5, {});
  CHECK(made.ok() == expected.empty());
  if (!made) CHECK(made.error().message().starts_with(expected));
}

TEST_CASE("a broker that asks for a certificate takes ours") {
  const BrokerFolder folder;
  Authority authority(folder);
  authority.issue("server", "IP:127.0.0.1");
  authority.issue("n1", "DNS:n1");
  const Broker broker(
      folder, broker_settings(authority, "server") + "require_certificate true\nuse_identity_as_username true\n");
  Client client(broker.port());
  client.options.tls = true;
  client.options.ca_file = authority.file("ca.crt");
  SUBCASE("with it") {
    client.options.certificate_file = authority.file("n1.crt");
    client.options.key_file = authority.file("n1.key");
    client.connect();
    CHECK(client.next(Kind::connected).mqtt5);
  }
  SUBCASE("without it") { CHECK_FALSE(client.failure().empty()); }
}

}  // namespace
}  // namespace afferent::test
