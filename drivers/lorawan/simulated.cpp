#include "drivers/lorawan/simulated.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "agent/core/json.h"

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

std::string leaf(double number) {
  core::JsonWriter json;
  return json.value(number).take();
}

std::string leaf(std::string_view text) {
  core::JsonWriter json;
  return json.value(text).take();
}

void put(Tree& tree, const std::vector<std::string>& levels, std::string json) {
  if (levels.empty()) return;
  Tree* at = &tree;
  for (const std::string& level : levels) at = &at->below[level];
  at->json = std::move(json);
}

// As a codec would have given it: the map's arithmetic backwards.
std::string backwards(const Field& field, double number) {
  const core::Value::Kind kind = core::kind_of(field.channel.quantity);
  if (kind == core::Value::Kind::boolean) {
    const auto& words = number != 0.0 ? field.truths : field.lies;
    return words.empty() ? std::string(number != 0.0 ? "true" : "false") : leaf(words.front());
  }
  return leaf(std::round((number - field.offset) / field.scale * 1e6) / 1e6);
}

}  // namespace

SimulatedSensor::SimulatedSensor(Settings settings) : settings_(std::move(settings)) {
  for (const Field& field : settings_.fields) channels_.push_back(field.channel);
}

core::Bytes SimulatedSensor::answer(core::ByteView /*request*/, const Truth& /*now*/, Truth& /*served*/) { return {}; }

std::string SimulatedSensor::topic() const {
  const std::string application = settings_.application.empty() ? "simulated" : settings_.application;
  return "application/" + application + "/device/" + settings_.dev_eui + "/event/up";
}

core::Bytes SimulatedSensor::push(const Occasion& occasion, const Truth& now, Truth& served) {
  Tree object;
  if (settings_.fields.empty()) {
    for (const auto& [name, number] : now.numbers) put(object, {name}, leaf(number));
    for (const auto& [name, text] : now.texts) put(object, {name}, leaf(text));
    served = now;
  }
  for (const Field& field : settings_.fields) {
    const std::string& name = field.channel.name;
    if (const auto number = now.numbers.find(name); number != now.numbers.end()) {
      put(object, levels_of(field.path), backwards(field, number->second));
      served.numbers[name] = number->second;
    } else if (const auto text = now.texts.find(name); text != now.texts.end()) {
      put(object, levels_of(field.path), leaf(text->second));
      served.texts[name] = text->second;
    }
  }
  core::JsonWriter json;
  json.begin_object().field("deduplicationId", settings_.dev_eui + "-" + std::to_string(occasion.number));
  json.field("time", iso(occasion.utc)).key("deviceInfo").begin_object();
  json.field("deviceName", settings_.id).field("devEui", settings_.dev_eui).end_object();
  json.field("devAddr", "01000000").field("fCnt", occasion.number).field("fPort", 1).key("object");
  write(object, json);
  json.key("rxInfo").begin_array().begin_object().field("rssi", -70).field("snr", 8.5).end_object().end_array();
  const std::string text = json.end_object().take();
  return {text.begin(), text.end()};
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  if (settings->dev_eui.empty()) return core::Error(core::ErrorCode::bad_config, "dev_eui: missing");
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedSensor>(*std::move(settings)));
}

}  // namespace afferent::drivers::lorawan
