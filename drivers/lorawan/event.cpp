#include "drivers/lorawan/event.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "drivers/common/base64.h"

namespace afferent::drivers::lorawan {
namespace {

using core::Error;
using core::ErrorCode;
using Event = Topic::Event;

struct EventName {
  std::string_view name;
  Event event;
  bool acknowledged = true;
};
constexpr std::array kChirpstackEvents{
    EventName{"up", Event::up},       EventName{"join", Event::join},     EventName{"ack", Event::ack},
    EventName{"txack", Event::txack}, EventName{"status", Event::status}, EventName{"log", Event::log},
};
constexpr std::array kTtnEvents{
    EventName{"up", Event::up},
    EventName{"join", Event::join},
    EventName{"down/ack", Event::ack},
    EventName{"down/nack", Event::ack, false},
    EventName{"down/failed", Event::ack, false},
    EventName{"down/sent", Event::txack},
};

std::vector<std::string_view> levels_of(std::string_view topic) {
  std::vector<std::string_view> levels;
  while (levels.size() < 16) {
    const std::size_t slash = topic.find('/');
    levels.push_back(topic.substr(0, slash));
    if (slash == topic.npos) break;
    topic.remove_prefix(slash + 1);
  }
  return levels;
}

template <class Names>
void name_event(Topic& topic, std::string_view name, const Names& names) {
  for (const EventName& known : names) {
    if (known.name != name) continue;
    topic.event = known.event;
    topic.acknowledged = known.acknowledged;
  }
}

// A whole number within 0..`most`; a missing one is 0, as these servers leave zeros out.
std::optional<std::uint32_t> whole(const Json& json, double most) {
  if (json.is(Json::Kind::null)) return 0;
  const double number = json.number(-1.0);
  if (number < 0 || number > most || number != std::floor(number)) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

// Fraction of a second at `at`; moves behind it.
std::int64_t micros_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  std::int64_t micros = 0;
  std::int64_t weight = 100'000;
  for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, weight /= 10)
    micros += weight * (text[at] - '0');
  return micros;
}

std::optional<std::int64_t> zone_at(std::string_view text, std::size_t at) {  // s east of UTC
  if (text.substr(at) == "Z" || text.substr(at) == "z") return 0;
  const auto hours = digits(text, at + 1, 2);
  const auto minutes = digits(text, at + 4, 2);
  if (text.size() != at + 6 || text[at + 3] != ':' || !hours || !minutes) return std::nullopt;
  if (text[at] != '+' && text[at] != '-') return std::nullopt;
  return (text[at] == '-' ? -1 : 1) * std::int64_t{*hours * 3600 + *minutes * 60};
}

std::optional<Radio> best(const Json& gateways, bool chirpstack) {
  std::optional<Radio> found;
  for (const Json& gateway : gateways.items()) {
    if (!gateway.is(Json::Kind::object) || gateway["crcStatus"].text() == "BAD_CRC") continue;
    // ChirpStack leaves zeros out; who leaves out both has not said how well it heard.
    const bool heard = gateway["rssi"].is(Json::Kind::number) || (chirpstack && gateway["snr"].is(Json::Kind::number));
    if (!heard) continue;
    const Radio radio{gateway["rssi"].number(), gateway["snr"].number()};
    if (!found || radio.rssi > found->rssi || (radio.rssi == found->rssi && radio.snr > found->snr)) found = radio;
  }
  return found;
}

core::Result<void> read_payload(const Json& text, core::Bytes& payload) {
  if (!text.is(Json::Kind::null) && !text.is(Json::Kind::text))
    return Error(ErrorCode::bad_input, "payload is no text");
  auto bytes = from_base64(text.text());
  if (!bytes) return Error(ErrorCode::bad_input, "payload is not base64");
  if (bytes->size() > 1024) return Error(ErrorCode::bad_input, "payload of more than 1024 bytes");
  payload = std::move(*bytes);
  return {};
}

core::Result<void> read_numbers(const Json& fcnt, const Json& fport, Uplink& uplink) {
  const auto count = whole(fcnt, 4294967295.0);
  if (!count) return Error(ErrorCode::bad_input, "frame counter is no whole number from 0 to 4294967295");
  const auto port = whole(fport, 255.0);
  if (!port) return Error(ErrorCode::bad_input, "port is no whole number from 0 to 255");
  uplink.fcnt = *count;
  uplink.fport = static_cast<std::uint8_t>(*port);
  return {};
}

const Json* object_in(const Json& json) { return json.is(Json::Kind::object) ? &json : nullptr; }

core::Result<void> read_chirpstack(const Json& json, Uplink& uplink) {
  uplink.name = json["deviceInfo"]["deviceName"].text();
  uplink.id = json["deduplicationId"].text();
  uplink.dev_addr = lower(json["devAddr"].text());
  uplink.object = object_in(json["object"]);
  uplink.time = read_time(json["time"].text());
  uplink.radio = best(json["rxInfo"], true);
  if (auto read = read_numbers(json["fCnt"], json["fPort"], uplink); !read) return read;
  return read_payload(json["data"], uplink.payload);
}

core::Result<void> read_ttn(const Json& json, Uplink& uplink) {
  const Json& message = json["uplink_message"];
  if (!message.is(Json::Kind::object)) return Error(ErrorCode::bad_input, "no uplink_message");
  const Json& ids = json["end_device_ids"];
  uplink.name = ids["device_id"].text();
  uplink.dev_addr = lower(ids["dev_addr"].text());
  uplink.object = object_in(message["decoded_payload"]);
  uplink.time = read_time(message["received_at"].text());
  if (!uplink.time) uplink.time = read_time(json["received_at"].text());
  uplink.radio = best(message["rx_metadata"], false);
  if (auto read = read_numbers(message["f_cnt"], message["f_port"], uplink); !read) return read;
  return read_payload(message["frm_payload"], uplink.payload);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_dev_eui(std::string_view text) {
  return text.size() == 16 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::optional<Topic> read_topic(std::string_view text) {
  const auto levels = levels_of(text);
  Topic topic;
  if (levels.size() == 6 && levels[0] == "application" && levels[2] == "device" && levels[4] == "event") {
    topic.device = lower(levels[3]);
    name_event(topic, levels[5], kChirpstackEvents);
  } else if (levels.size() >= 5 && levels[0] == "v3" && levels[2] == "devices") {
    topic.server = Server::ttn;
    topic.device = levels[3];
    name_event(topic, text.substr(static_cast<std::size_t>(levels[4].data() - text.data())), kTtnEvents);
  } else {
    return std::nullopt;
  }
  topic.application = levels[1];
  return topic;
}

Topic guess_topic(const Json& json) {
  Topic topic;
  const auto has = [&json](std::string_view key) { return json.find(key) != nullptr; };
  if (has("uplink_message") || has("join_accept") || has("end_device_ids")) {
    topic.server = Server::ttn;
    topic.event = has("uplink_message") ? Event::up : has("join_accept") ? Event::join : Event::other;
    topic.device = json["end_device_ids"]["device_id"].text();
    return topic;
  }
  topic.device = dev_eui_of(topic, json);
  topic.application = json["deviceInfo"]["applicationId"].text();
  if (has("integrationName") || has("location"))
    topic.event = Event::other;
  else if (has("rxInfo") || has("data") || has("fPort") || has("object"))
    topic.event = Event::up;
  else if (has("batteryLevel") || has("margin"))
    topic.event = Event::status;
  else if (has("acknowledged") || (has("queueItemId") && !has("downlinkId") && !has("txInfo")))
    topic.event = Event::ack;  // `acknowledged` is left out when it is false
  else if (has("level") && has("code"))
    topic.event = Event::log;
  else if (has("devAddr"))
    topic.event = has("fCnt") || has("dr") ? Event::up : Event::join;
  return topic;
}

std::string dev_eui_of(const Topic& topic, const Json& json) {
  const bool chirpstack = topic.server == Server::chirpstack;
  const Json& said = chirpstack ? json["deviceInfo"]["devEui"] : json["end_device_ids"]["dev_eui"];
  std::string eui = lower(said.text());
  if (eui.empty() && chirpstack) eui = topic.device;
  return is_dev_eui(eui) ? eui : std::string();
}

core::Result<Uplink> read_uplink(const Topic& topic, const Json& json) {
  Uplink uplink;
  uplink.dev_eui = dev_eui_of(topic, json);
  if (uplink.dev_eui.empty()) return Error(ErrorCode::bad_input, "it names no devEui of 16 hexadecimal digits");
  auto read = topic.server == Server::chirpstack ? read_chirpstack(json, uplink) : read_ttn(json, uplink);
  if (!read) return std::move(read).error();
  return uplink;
}

std::optional<core::Micros> read_time(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':' || *year < 2000) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  std::size_t at = 19;
  const std::int64_t micros = micros_at(text, at);
  const auto zone = zone_at(text, at);
  if (!zone) return {};
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + *hour * 3600 + *minute * 60 + *second - *zone;
  return core::Micros{seconds * 1'000'000 + micros};
}

}  // namespace afferent::drivers::lorawan
