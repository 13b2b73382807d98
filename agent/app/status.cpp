#include "agent/app/status.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "agent/app/orders.h"

namespace afferent::app {
namespace {

constexpr std::size_t kMostHeard = 20;  // of a line, the latest; a log has them all

double seconds(core::Nanos span) { return std::round(std::chrono::duration<double>(span).count() * 10) / 10; }

void write_seconds(core::JsonWriter& json, std::optional<core::Nanos> span) {
  if (span) {
    json.value(seconds(*span));
  } else {
    json.null();
  }
}

// Of a device that is left in peace since it does not answer; nothing where it is polled as configured.
std::optional<core::Nanos> next_try(const acquire::DeviceHealth& health, const core::Stamp& now) {
  if (!health.quarantined_until) return std::nullopt;
  return std::max(core::Nanos::zero(), *health.quarantined_until - now.boot);
}

void write_judged(core::JsonWriter& json, const rules::Engine::Counters& counters) {
  json.key("judged").begin_object().field("readings", counters.readings);
  json.field("wrong_kind", counters.wrong_kind).field("not_finite", counters.not_finite).end_object();
}

void write_delivery(core::JsonWriter& json, const core::DeliveryReport& report) {
  json.begin_object().field("connected", report.connected).field("broker", report.broker);
  const char* confirmation = !report.connected ? "" : report.mqtt5 ? "confirmed" : "unconfirmed (MQTT 3.1.1)";
  json.field("confirmation", confirmation).field("trouble", report.trouble);
  json.field("store_trouble", report.store_trouble).field("epoch", std::to_string(report.epoch));
  json.field("backlog_messages", report.backlog_messages).field("backlog_bytes", report.backlog_bytes);
  json.field("committed_readings", report.committed_readings).field("delivered_readings", report.delivered_readings);
  json.field("delivered_messages", report.delivered_messages).field("dropped_readings", report.dropped_readings);
  json.key("next_sequence").begin_object();
  for (const auto& [stream, next] : report.next_sequence) json.field(stream, next);
  json.end_object().end_object();
}

void write_heard(core::JsonWriter& json, const acquire::Notices& notices, const core::Stamp& now) {
  using Known = std::pair<const std::string, acquire::Stranger>;
  std::vector<const Known*> latest;
  for (const Known& known : notices.strangers()) latest.push_back(&known);
  std::sort(latest.begin(), latest.end(),
            [](const Known* a, const Known* b) { return a->second.last.boot > b->second.last.boot; });
  latest.resize(std::min(latest.size(), kMostHeard));
  json.field("heard_count", notices.strangers().size()).key("heard").begin_array();
  for (const Known* known : latest) {
    json.begin_object().field("id", known->first).field("what", known->second.what);
    json.field("count", known->second.count).field("last_s", seconds(now.boot - known->second.last.boot)).end_object();
  }
  json.end_array();
}

void write_lines(core::JsonWriter& json, const config::Config& config, const Lines& lines, const core::Stamp& now) {
  json.key("lines").begin_array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const acquire::LineHealth health = lines[i]->health();
    json.begin_object().field("port", config.ports[i].id).field("open", health.open).field("rejects", health.rejects);
    json.field("overheard_bytes", health.overheard_bytes).field("never_quiet", health.never_quiet);
    write_heard(json, lines[i]->notices(), now);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void write_device(core::JsonWriter& json, const config::DeviceConfig& device, const acquire::DeviceHealth& health,
                  const core::Stamp& now) {
  json.begin_object()
      .field("id", device.identity.id)
      .field("driver", device.identity.driver)
      .field("port", device.identity.port);
  json.field("health", core::name_of(health.state)).key("last_good_s");
  write_seconds(json, health.last_good ? std::optional(now.boot - health.last_good->boot) : std::nullopt);
  json.key("next_try_s");
  write_seconds(json, next_try(health, now));
  json.field("polls", health.polls)
      .field("good", health.good)
      .field("timeouts", health.timeouts)
      .field("rejects", health.rejects);
  json.field("errors", health.timeouts + health.rejects + health.errors).field("missed", health.missed);
  json.field("frame_error_rate", health.frame_error_rate).field("round_trip_ms", std::llround(health.round_trip_ms));
  json.field("round_trip_max_ms", std::llround(health.round_trip_max_ms));
  json.field("last_error", health.last_error).end_object();
}

std::string status_json(const config::Config& config, const Bulletin& bulletin, const Lines& lines,
                        const rules::Engine& rules, const Sense& sense, std::uint64_t replayed,
                        const core::Stamp& now) {
  const codec::NodeFacts node = bulletin.node();
  core::JsonWriter json;
  json.begin_object().field("node", node.node).field("board", node.board).field("software", node.software);
  json.field("clock", core::name_of(node.clock))
      .field("uptime_s", seconds(node.uptime))
      .field("readings", sense.readings())
      .field("replayed", replayed);
  json.key("delivery");
  write_delivery(json, bulletin.report());
  json.key("devices").begin_array();
  for (std::uint32_t i = 0; i < config.devices.size(); ++i) {
    const config::DeviceConfig& device = config.devices[i];
    write_device(json, device, lines[device.port]->health(core::DeviceId{i}), now);
  }
  json.end_array();
  write_lines(json, config, lines, now);
  json.key("alerts").begin_array();
  for (const core::Alert& alert : rules.active()) {
    write_alert(json, alert, config, rules.zone(), now);
  }
  json.end_array();
  write_judged(json, rules.counters());
  json.key("waiting").begin_array();
  for (const std::string& line : rules.waiting()) json.value(line);
  json.end_array().key("suspended").begin_array();
  if (now.clock == core::ClockState::unsynced) {
    for (const std::string& rule : rules.calendar_rules()) {
      json.begin_object().field("rule", rule).field("reason", "no clock").end_object();
    }
  }
  return json.end_array().end_object().take();
}

}  // namespace afferent::app
