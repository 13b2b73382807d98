#include "drivers/lorawan/simulated.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "agent/core/json.h"
#include "drivers/common/base64.h"
#include "drivers/lorawan/simulated_payload.h"

namespace afferent::drivers::lorawan {
namespace {

// 2024-01-21T23:09:18.655164Z
std::string iso(core::Micros utc) {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_time<core::Micros>(utc));
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<core::Micros> time(std::chrono::sys_time<core::Micros>(utc) - day);
  std::array<char, 64> text;
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

// Members of a path, outermost first; items of lists cannot be simulated and are left out.
std::vector<std::string> levels_of(std::string_view path) {
  if (path.starts_with("data.")) path.remove_prefix(5);
  std::vector<std::string> levels;
  while (!path.empty() && path.find('[') == path.npos) {
    const std::size_t dot = path.find('.');
    levels.emplace_back(path.substr(0, dot));
    path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
  }
  return levels;
}

struct Tree {
  std::map<std::string, Tree> below;
  std::string json;  // of a leaf
};

void write(const Tree& tree, core::JsonWriter& json) {
  if (!tree.json.empty()) {
    json.raw(tree.json);
    return;
  }
  json.begin_object();
  for (const auto& [name, child] : tree.below) {
    json.key(name);
    write(child, json);
  }
  json.end_object();
}

void put(Tree& tree, const std::vector<std::string>& levels, std::string json) {
  if (levels.empty()) return;
  Tree* at = &tree;
  for (const std::string& level : levels) at = &at->below[level];
  at->json = std::move(json);
}

bool is_boolean(const Field& field) { return core::kind_of(field.channel.quantity) == core::Value::Kind::boolean; }

// The map's arithmetic backwards, and forwards as the driver does it.
double backwards(const Field& field, double number) {
  if (is_boolean(field)) return number != 0.0 ? 1.0 : 0.0;
  return (number - field.offset) / field.scale;
}
double forwards(const Field& field, double number) {
  return is_boolean(field) ? number : number * field.scale + field.offset;
}

// As a codec would have given it.
std::string leaf(const Field& field, double number) {
  core::JsonWriter json;
  if (!is_boolean(field)) return json.value(number).take();
  const auto& words = number != 0.0 ? field.truths : field.lies;
  if (words.empty()) return json.value(number != 0.0).take();
  return json.value(std::string_view(words.front())).take();
}

std::string leaf(std::string_view text) {
  core::JsonWriter json;
  return json.value(text).take();
}

// As the codec calls it.
std::string codec_name(const Field& field) {
  return field.path.starts_with("data.") ? field.path.substr(5) : field.path;
}

std::uint64_t mixed(std::string_view text, std::uint64_t number) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037U ^ number;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return (hash ^ hash >> 29) * 0x9E37'79B9'7F4A'7C15U;
}

std::string hex(std::uint64_t number, std::size_t digits) {
  std::array<char, 24> text;
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
  return {text.data(), digits};
}

// The server gives each event one.
std::string uuid(std::string_view text, std::uint64_t number) {
  const std::string front = hex(mixed(text, number), 16);
  const std::string back = hex(mixed(text, ~number), 16);
  return front.substr(0, 8) + "-" + front.substr(8, 4) + "-4" + front.substr(13, 3) + "-8" + back.substr(1, 3) + "-" +
         back.substr(4, 12);
}

double number_or(const Truth& now, std::string_view channel, double usual) {
  const auto found = now.numbers.find(channel);
  return found == now.numbers.end() ? usual : std::round(found->second * 10) / 10;
}

}  // namespace

SimulatedSensor::SimulatedSensor(Settings settings) : settings_(std::move(settings)) {
  channels_ = channels_of(settings_.fields);
  if (settings_.application.empty()) settings_.application = "simulated";
}

core::Bytes SimulatedSensor::answer(core::ByteView /*request*/, const Truth& /*now*/, Truth& /*served*/) { return {}; }

std::string SimulatedSensor::name() const {
  return "application/" + settings_.application + "/device/" + settings_.dev_eui + "/event/up";
}

// The truth as the device's map has it, and as it goes over the air.
SimulatedSensor::Uplink SimulatedSensor::uplink(const Truth& now, Truth& served) const {
  const bool server_decodes = settings_.codec.empty();
  Uplink uplink;
  CodecValues values;
  std::vector<std::string> names;
  for (const Field& field : settings_.fields) {
    names.push_back(codec_name(field));
    const auto number = now.numbers.find(field.channel.name);
    if (number != now.numbers.end()) values[names.back()] = std::round(backwards(field, number->second) * 1e6) / 1e6;
  }
  const AirPayload air = air_payload(settings_.codec, names, values);
  const CodecValues& told = server_decodes ? values : air.carried;
  uplink.fport = settings_.ports.empty() ? air.fport : settings_.ports.front();
  uplink.payload = air.bytes;
  Tree object;
  for (const Field& field : settings_.fields) {
    const std::string& channel = field.channel.name;
    if (const auto value = told.find(codec_name(field)); value != told.end()) {
      put(object, levels_of(field.path), leaf(field, value->second));
      served.numbers[channel] = forwards(field, value->second);
    }
    const auto text = now.texts.find(channel);
    if (text == now.texts.end() || !server_decodes) continue;  // a payload of ours holds no texts
    put(object, levels_of(field.path), leaf(text->second));
    served.texts[channel] = text->second;
  }
  if (server_decodes) {
    core::JsonWriter json;
    write(object, json);
    uplink.object = json.take();
  }
  return uplink;
}

// One to three gateways heard it; the first best. A copy is what another one brought when the server had already
// published the event.
void SimulatedSensor::write_radio(const Occasion& occasion, const Truth& now, Truth& served,
                                  core::JsonWriter& json) const {
  const double rssi = number_or(now, "rssi", -70);
  const double snr = number_or(now, "snr", 8.5);
  const std::uint64_t others = occasion.copy ? 0 : mixed(settings_.dev_eui, occasion.number) % 3;
  json.key("rxInfo").begin_array();
  for (std::uint64_t i = 0; i <= others; ++i) {
    const auto weaker = static_cast<double>(7 * i);
    json.begin_object().field("gatewayId", hex(mixed("gateway", i + (occasion.copy ? 9 : 0)), 16));
    json.field("uplinkId", mixed(settings_.dev_eui, occasion.number * 8 + i) >> 32).field("rssi", rssi - weaker);
    json.field("snr", snr - weaker).field("crcStatus", "CRC_OK").end_object();
  }
  json.end_array();
  served.numbers["rssi"] = rssi;
  served.numbers["snr"] = snr;
}

core::Bytes SimulatedSensor::push(const Occasion& occasion, const Truth& now, Truth& served) {
  if (!session_) session_ = mixed(settings_.dev_eui, static_cast<std::uint64_t>(occasion.utc.count()));
  const Uplink uplink = this->uplink(now, served);
  core::JsonWriter json;
  json.begin_object().field("deduplicationId",
                            uuid(settings_.dev_eui, *session_ + 2 * occasion.number + occasion.copy));
  json.field("time", iso(occasion.utc)).key("deviceInfo").begin_object();
  json.field("tenantId", uuid("tenant", 0)).field("tenantName", "simulated");
  json.field("applicationId", settings_.application).field("applicationName", settings_.application);
  json.field("deviceProfileId", uuid("profile", 0)).field("deviceProfileName", "simulated");
  json.field("deviceName", settings_.id).field("devEui", settings_.dev_eui);
  json.field("deviceClassEnabled", "CLASS_A").key("tags").begin_object().end_object().end_object();
  json.field("devAddr", hex(*session_, 8)).field("adr", true).field("dr", 5).field("fCnt", occasion.number);
  json.field("fPort", std::uint64_t{uplink.fport}).field("confirmed", false).field("data", to_base64(uplink.payload));
  if (!uplink.object.empty()) json.key("object").raw(uplink.object);
  write_radio(occasion, now, served, json);
  json.key("txInfo").begin_object().field("frequency", 868'100'000).key("modulation").begin_object().key("lora");
  json.begin_object().field("bandwidth", 125'000).field("spreadingFactor", 7).field("codeRate", "CR_4_5");
  const std::string text = json.end_object().end_object().end_object().end_object().take();
  return {text.begin(), text.end()};
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  if (settings->dev_eui.empty()) return core::Error(core::ErrorCode::bad_config, "dev_eui: missing");
  if (settings->fields.empty()) {
    return core::Error(core::ErrorCode::bad_config,
                       "field: missing; name a profile or, in the options, which channels the device has");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedSensor>(*std::move(settings)));
}

}  // namespace afferent::drivers::lorawan
