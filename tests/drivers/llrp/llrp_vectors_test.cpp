// All messages of the shared vectors, against what they are said to hold.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "drivers/llrp/describe.h"
#include "drivers/llrp/notification.h"
#include "drivers/llrp/writer.h"
#include "tests/drivers/llrp/reader.h"

namespace afferent::test::llrp {
namespace {

// The text or the number behind the first `"key": ` at or after `from`; empty for null or where there is none. The rows
// are flat enough for that.
std::string value_of(const std::string& json, const std::string& key, std::size_t from = 0) {
  const std::string mark = "\"" + key + "\": ";
  std::size_t at = json.find(mark, from);
  if (at == std::string::npos) return {};
  at += mark.size();
  if (json[at] == '"') return json.substr(at + 1, json.find('"', at + 1) - at - 1);
  const std::string number = json.substr(at, json.find_first_of(",}]", at) - at);
  return number == "null" ? std::string() : number;
}

std::string hex_of_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  core::Bytes bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t six = alphabet.find(c);
    if (six == std::string::npos) break;
    held = held << 6 | static_cast<std::uint32_t>(six);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xFFU));
  }
  return core::to_hex(bytes);
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

Type type_of_payload(const std::string& name) {
  if (name.starts_with("ROAccessReport")) return Type::ro_access_report;
  if (name.starts_with("ReaderEventNotification")) return Type::reader_event_notification;
  if (name.starts_with("GetReaderConfigResponse")) return Type::get_reader_config_response;
  FAIL("payload of an unknown kind: ", name);
  return {};
}

core::Bytes message_of(const std::string& row) {
  const core::Bytes bytes = bytes_of(value_of(row, "hex"));
  if (value_of(row, "kind") == "message") return bytes;
  drivers::llrp::Writer writer(type_of_payload(value_of(row, "name")), 1);
  writer.bytes(bytes);
  return writer.finish();
}

std::vector<std::string> tag_said(const std::string& row) {
  std::string epc = upper(value_of(row, "EPC96"));
  if (epc.empty()) epc = upper(value_of(row, "epc"));
  if (epc.empty() || epc == "{\"EPC\": \"") epc.clear();
  if (row.find("\"EPC96\": {\"EPC\"") != std::string::npos) {
    epc = hex_of_base64(value_of(row, "EPC", row.find("\"EPC96\"")));
  }
  std::vector<std::string> said{"tag=" + epc, "antenna=" + value_of(row, "AntennaID"),
                                "rssi=" + value_of(row, "PeakRSSI")};
  if (const auto count = value_of(row, "TagSeenCount"); !count.empty()) said.push_back("count=" + count);
  return said;
}

std::string first_seen(const std::string& row) {
  const std::string micros = value_of(row, "FirstSeenUTC_us");
  return micros.empty() ? value_of(row, "FirstSeenUTC") : micros;
}

void check_report(const std::string& row, const Client& client) {
  CHECK(client.read() == tag_said(row));
  for (const auto& reading : client.sink.readings) {
    REQUIRE(reading.measured.has_value());
    CHECK(std::to_string(reading.measured->count()) == first_seen(row));
  }
}

// What the rows without tags say, as our sentence has it.
std::string sentence_said(const std::string& name) {
  if (name == "READER_EVENT_NOTIFICATION2" || name == "sllurp_READER_EVENT_1") return "connection attempt 0, accepted";
  if (name == "ReaderEventNotification-000") return "the reader closes the connection";
  if (name == "GetReaderConfigResponse-000") return "M_Success (0)";
  if (name == "CUSTOM_MESSAGE1") return "CUSTOM_MESSAGE";
  if (name == "ADD_ROSPEC2") return "ADD_ROSPEC";
  return name;
}

TEST_CASE("all messages of the vectors behave as they are said to") {
  std::ifstream file(AFFERENT_SHARED "/vectors/llrp_vectors.jsonl");
  std::size_t rows = 0;
  std::size_t reports = 0;
  for (std::string row; std::getline(file, row);) {
    if (row.empty()) continue;
    const std::string name = value_of(row, "name");
    CAPTURE(name);
    ++rows;
    Client client;
    client.receives(message_of(row));
    client.times_out();
    CHECK(client.sink.rejects.empty());
    if (row.find("\"PeakRSSI\"") != std::string::npos) {
      check_report(row, client);
      ++reports;
      continue;
    }
    CHECK(client.read().empty());
    REQUIRE(client.sink.heard_of.size() == 1);
    CHECK_MESSAGE(client.sink.heard_of[0].second.find(sentence_said(name)) != std::string::npos,
                  client.sink.heard_of[0].second);
  }
  MESSAGE("llrp_vectors: ", rows, " of ", rows, ", ", reports, " of them reports; exceptions: none");
  CHECK(rows >= 36);
  CHECK(reports >= 26);
}

}  // namespace
}  // namespace afferent::test::llrp
