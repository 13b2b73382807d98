// What a subscriber is shown of messages, also of those that are not what they say.
#include "tools/cli/printer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/tools/command_run.h"

using namespace afferent;
using cli::Printer;

namespace {

v1::TelemetryBatch batch(const std::string& node, std::uint64_t sequence) {
  v1::TelemetryBatch message;
  message.add_device("meter");
  message.set_base_ms(1000);
  message.add_polls(1);
  message.add_poll_dt(0);
  message.add_series(0);
  message.add_channel(v1::CHANNEL_VOLUME);
  message.add_exponent(0);
  message.add_value(7);
  v1::Seal& seal = *message.mutable_seal();
  seal.set_node(node);
  seal.set_epoch(1);
  seal.set_sequence(sequence);
  seal.set_previous(sequence - 1);
  seal.set_boot(0xB007);
  seal.set_utc_at_boot_us(1'790'000'000'000'000);
  return message;
}

template <class Message>
void hear(Printer& printer, const std::string& topic, const Message& message) {
  const std::string payload = message.SerializeAsString();
  printer.message(topic, core::as_bytes(payload));
}

constexpr const char* kTopic = "afferent/v1/water/telemetry/n1";

}  // namespace

TEST_CASE("a message whose seal names another node is forged, and spoils nobody's sequence") {
  test::Caught out(stdout, 1);
  test::Caught err(stderr, 2);
  Printer printer(false);
  hear(printer, kTopic, batch("n2", 9));
  hear(printer, "afferent/v1/water/telemetry/n2", batch("n2", 1));
  CHECK(err.end() == "unreadable: water/telemetry of n1: forged, the seal is of n2\n");
  const std::string shown = out.end();
  CHECK(std::count(shown.begin(), shown.end(), '\n') == 1);
  CHECK_FALSE(printer.clean());
}

TEST_CASE("a channel of a later version is shown by its number, with the others") {
  v1::TelemetryBatch message = batch("n1", 1);
  message.set_channel(0, 777);
  message.add_series(0);
  message.add_channel(v1::CHANNEL_VOLUME);
  message.add_exponent(0);
  message.add_value(8);
  test::Caught out(stdout, 1);
  Printer printer(true);
  hear(printer, kTopic, message);
  const std::string shown = out.end();
  const std::size_t line = shown.find('\n');
  REQUIRE(line != std::string::npos);
  const auto unknown = nlohmann::json::parse(shown.substr(0, line));
  CHECK(unknown.at("channel") == "777");
  const auto volume = nlohmann::json::parse(shown.substr(line + 1));
  CHECK(volume.at("channel") == "volume");
  CHECK(volume.at("value") == 8);
  CHECK(volume.at("domain") == "water");
  CHECK(volume.at("quality") == "good");
  CHECK(volume.at("boot") == "000000000000b007");
  CHECK(volume.at("boot_ms") == 1000);
  CHECK(volume.at("utc_ms") == 1'790'000'001'000);
}

TEST_CASE("the time is null while the gateway does not know UTC, and so is a limit that there is not") {
  v1::Alert alert;
  *alert.mutable_seal() = batch("n1", 1).seal();
  alert.mutable_seal()->set_utc_at_boot_us(0);
  alert.set_unit("m");
  alert.set_last_ms(5);
  test::Caught out(stdout, 1);
  Printer printer(true);
  hear(printer, "afferent/v1/water/alert/n1", alert);
  const auto shown = nlohmann::json::parse(out.end());
  CHECK(shown.at("utc_ms").is_null());
  CHECK(shown.at("limit").is_null());
  CHECK(shown.at("unit") == "m");
}

TEST_CASE("alerts, events and custody say of which domain they are, as readings do") {
  v1::Alert alert;
  *alert.mutable_seal() = batch("n1", 1).seal();
  v1::Event event;
  *event.mutable_seal() = batch("n1", 1).seal();
  v1::CustodyEvent custody;
  *custody.mutable_seal() = batch("n1", 1).seal();
  test::Caught out(stdout, 1);
  Printer printer(true);
  hear(printer, "afferent/v1/flood/alert/n1", alert);
  hear(printer, "afferent/v1/manhole/event/n1", event);
  hear(printer, "afferent/v1/gas/custody/n1", custody);
  std::string shown = out.end();
  std::string domains;
  for (std::size_t end = shown.find('\n'); end != std::string::npos; end = shown.find('\n')) {
    const auto line = nlohmann::json::parse(shown.substr(0, end));
    domains += line.at("kind").get<std::string>() + " of " + line.at("domain").get<std::string>() + "; ";
    shown.erase(0, end + 1);
  }
  CHECK(domains == "alert of flood; event of manhole; custody of gas; ");
}

TEST_CASE("nothing that a device says moves the cursor of a terminal") {
  v1::Alert alert;
  *alert.mutable_seal() = batch("n1", 1).seal();
  alert.set_sentence("a\x1b[2Jb");
  test::Caught out(stdout, 1);
  Printer printer(false);
  hear(printer, "afferent/v1/water/alert/n1", alert);
  CHECK(out.end().find('\x1b') == std::string::npos);
}
