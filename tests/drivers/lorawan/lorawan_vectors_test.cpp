// The captured events of the vectors.
#include <fstream>

#include "drivers/common/json_reader.h"
#include "tests/drivers/lorawan/network.h"

namespace afferent::test::lorawan {
namespace {

using drivers::Json;

// The text of the member `event` of a line.
std::string event_in(const std::string& line) {
  const std::string key = "\"event\": ";
  const std::size_t from = line.find(key) + key.size();
  return line.substr(from, line.find(", \"data_hex\"") - from);
}

TEST_CASE("captured events are read, each once") {
  std::ifstream file(AFFERENT_SHARED "/vectors/chirpstack_up_events.jsonl");
  std::size_t rows = 0;
  std::size_t good = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    ++rows;
    const auto row = drivers::read_json(line);
    REQUIRE(row);
    const Json& event = (*row)["event"];
    const std::string eui(event["deviceInfo"]["devEui"].text());
    const std::string topic((*row)["topic"].text());
    Network object("dev_eui = '" + eui + "'");
    object.says(topic, event_in(line));
    object.says(topic, event_in(line));
    CHECK(object.sink.rejects.empty());
    const std::size_t leaves = event["object"].members().size();
    CHECK(object.sink.readings.size() == leaves + 2);
    Network codec("dev_eui = '" + eui + "'\ncodec = 'a.js'");
    codec.says(topic, event_in(line));
    const auto call = codec.call();
    CHECK(core::to_hex(call.payload) == (*row)["data_hex"].text());
    CHECK(call.fport == event["fPort"].number());
    good +=
        object.sink.readings.size() == leaves + 2 && core::to_hex(call.payload) == (*row)["data_hex"].text() ? 1 : 0;
  }
  MESSAGE("chirpstack_up_events: " << good << " of " << rows);
  CHECK(good == 3);
}

}  // namespace
}  // namespace afferent::test::lorawan
