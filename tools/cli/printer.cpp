#include "tools/cli/printer.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <vector>

#include "agent/codec/expand.h"
#include "agent/core/alert.h"
#include "agent/core/json.h"
#include "agent/core/time.h"
#include "agent/core/topic.h"
#include "agent/core/value.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

std::string time_of(std::int64_t utc_us) {
  const auto at = std::chrono::floor<core::Millis>(core::Micros(utc_us));
  return fmt::format("{:%H:%M:%S}.{:03}", std::chrono::sys_time<core::Seconds>(std::chrono::floor<core::Seconds>(at)),
                     at.count() % 1000);
}

std::string when(const v1::Seal& seal, std::uint64_t boot_ms) {
  if (seal.utc_at_boot_us() == 0) return fmt::format("boot+{:.3f}", static_cast<double>(boot_ms) / 1e3);
  return time_of(seal.utc_at_boot_us() + static_cast<std::int64_t>(boot_ms) * 1000);
}

// Which boot a reading's boot time belongs to, and UTC where the gateway knows it.
void add_time(core::JsonWriter& json, const v1::Seal& seal, std::uint64_t boot_ms) {
  json.field("boot", fmt::format("{:016x}", seal.boot())).field("boot_ms", boot_ms).key("utc_ms");
  const std::int64_t utc_at_boot_ms = seal.utc_at_boot_us() / 1000;
  utc_at_boot_ms == 0 ? json.null() : json.value(utc_at_boot_ms + static_cast<std::int64_t>(boot_ms));
}

std::string_view quality(v1::Quality quality) {
  return quality <= v1::QUALITY_STALE ? core::name_of(static_cast<core::Quality>(quality)) : "unknown";
}

std::vector<std::string_view> levels_of(std::string_view topic) {
  std::vector<std::string_view> levels;
  while (!topic.empty()) {
    const std::size_t slash = std::min(topic.find('/'), topic.size());
    levels.push_back(topic.substr(0, slash));
    topic.remove_prefix(std::min(slash + 1, topic.size()));
  }
  return levels;
}

std::string_view severity(const v1::Alert& alert) {
  return core::name_of(static_cast<core::Severity>(alert.severity() & 3));
}
std::string_view state(const v1::Alert& alert) {
  return alert.state() <= v1::ALERT_STATE_CLEARED ? core::name_of(static_cast<core::AlertState>(alert.state()))
                                                  : "unknown";
}

}  // namespace

void Printer::unreadable(std::string_view why) {
  ++unreadable_;
  fmt::print(stderr, "unreadable: {}\n", for_terminal(why));
}

bool Printer::judge(const v1::Seal& seal, const Stream& of) {
  const std::string stream = fmt::format("{}/{}", of.domain, of.kind);
  switch (sequence_.see(seal.node(), seal.epoch(), stream, seal.sequence(), seal.previous())) {
    case SequenceCheck::Verdict::fresh: return true;
    case SequenceCheck::Verdict::duplicate: return false;
    case SequenceCheck::Verdict::hole:
      fmt::print(stderr, "hole: {} {}: nothing came between the last message and sequence {}\n", seal.node(), stream,
                 seal.sequence());
      return true;
  }
  return true;
}

template <class Message, class Show>
void Printer::sealed(core::ByteView payload, const Stream& stream, Show show) {
  Message message;
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size())) || !message.has_seal()) {
    return unreadable(fmt::format("{}/{}: not a message of this version", stream.domain, stream.kind));
  }
  // The broker vouches for the topic alone: the sequence of another node must not be spoiled.
  if (message.seal().node() != stream.node) {
    return unreadable(fmt::format("{}/{} of {}: forged, the seal is of {}", stream.domain, stream.kind, stream.node,
                                  for_terminal(message.seal().node())));
  }
  if (judge(message.seal(), stream)) show(message);
}

void Printer::message(const std::string& topic, core::ByteView payload) {
  ++messages_;
  const auto levels = levels_of(topic);
  if (levels.size() < 5 || !topic.starts_with(core::kTopicRoot)) return unreadable(topic);
  const Stream stream{levels[2], levels[3], levels[4]};
  const std::string_view kind = stream.kind;
  if (kind == "telemetry") {
    telemetry_bytes_ += payload.size();
    sealed<v1::TelemetryBatch>(payload, stream, [&](const auto& batch) { telemetry(batch, stream.domain); });
  } else if (kind == "alert") {
    sealed<v1::Alert>(payload, stream, [&](const auto& one) { alert(one, stream.domain); });
  } else if (kind == "event") {
    sealed<v1::Event>(payload, stream, [&](const auto& one) {
      told({"EVENT", one.what(), one.device(), when(one.seal(), one.last_ms()), one.sentence()}, stream.domain);
    });
  } else if (kind == "custody") {
    sealed<v1::CustodyEvent>(payload, stream, [&](const auto& one) {
      const std::string& name = one.cylinder().empty() ? one.tag() : one.cylinder();
      told({"CUSTODY", one.state(), name, when(one.seal(), one.at_ms()), one.sentence()}, stream.domain);
    });
  } else if (kind == "gap") {
    sealed<v1::Gap>(payload, stream, [this](const auto& one) { gap(one); });
  } else if (kind == "status") {
    v1::NodeStatus one;
    if (!one.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return unreadable(topic);
    status(one);
  }
}

void Printer::telemetry(const v1::TelemetryBatch& batch, std::string_view domain) {
  const auto result = codec::expand(batch, [this, &batch, domain](const codec::ExpandedReading& reading) {
    ++readings_;
    if (!json_) {
      const std::string value = reading.is_text ? for_terminal(reading.text) : fmt::format("{}", reading.number);
      fmt::print("{}  {:<20} {:<20} {}{}\n", when(batch.seal(), reading.boot_ms), for_terminal(reading.device),
                 for_terminal(reading.channel), value, reading.quality == v1::QUALITY_GOOD ? "" : "  (not good)");
      return;
    }
    core::JsonWriter json;
    json.begin_object().field("kind", "reading").field("domain", domain).field("node", batch.seal().node());
    json.field("device", reading.device).field("channel", reading.channel).key("value");
    if (reading.is_text) {
      json.value(reading.text);
    } else {
      json.value(reading.number);
    }
    add_time(json, batch.seal(), reading.boot_ms);
    json.field("quality", quality(reading.quality));
    if (reading.measured_ms) json.field("measured_ms", *reading.measured_ms);
    json.field("sequence", batch.seal().sequence());
    fmt::print("{}\n", json.end_object().take());
  });
  if (!result) unreadable(result.error().message());
}

void Printer::alert(const v1::Alert& alert, std::string_view domain) {
  ++alerts_;
  ++severities_[alert.state() == v1::ALERT_STATE_CLEARED ? "cleared" : std::string(severity(alert))];
  if (!json_) {
    fmt::print("{}  ALERT {:<6} {:<9} {}\n", when(alert.seal(), alert.last_ms()), severity(alert), state(alert),
               for_terminal(alert.sentence()));
    return;
  }
  core::JsonWriter json;
  json.begin_object()
      .field("kind", "alert")
      .field("domain", domain)
      .field("node", alert.seal().node())
      .field("id", core::to_hex(core::as_bytes(alert.id())))
      .field("rule", alert.rule());
  json.field("device", alert.device()).field("channel", alert.channel()).field("severity", severity(alert));
  json.field("state", state(alert)).field("value", alert.value()).field("unit", alert.unit()).key("limit");
  alert.has_limit() ? json.value(alert.limit()) : json.null();
  add_time(json, alert.seal(), alert.last_ms());
  json.field("sentence", alert.sentence()).field("sequence", alert.seal().sequence());
  fmt::print("{}\n", json.end_object().take());
}

void Printer::told(const Told& told, std::string_view domain) const {
  if (!json_) {
    return fmt::print("{}  {} {} {}: {}\n", told.at, told.kind, for_terminal(told.what), for_terminal(told.who),
                      for_terminal(told.sentence));
  }
  core::JsonWriter json;
  json.begin_object().field("kind", told.kind == "EVENT" ? "event" : "custody").field("domain", domain);
  json.field("what", told.what).field("who", told.who).field("sentence", told.sentence);
  fmt::print("{}\n", json.end_object().take());
}

void Printer::gap(const v1::Gap& gap) {
  ++gaps_;
  if (!json_) {
    fmt::print("GAP    {}: {} messages with {} readings not delivered: {}\n", for_terminal(gap.stream()),
               gap.messages(), gap.readings(), for_terminal(gap.reason()));
    return;
  }
  core::JsonWriter json;
  json.begin_object().field("kind", "gap").field("stream", gap.stream()).field("messages", gap.messages());
  json.field("readings", gap.readings()).field("reason", gap.reason());
  fmt::print("{}\n", json.end_object().take());
}

void Printer::status(const v1::NodeStatus& status) const {
  if (!json_) {
    fmt::print("STATUS {} {}{}\n", for_terminal(status.node()), status.online() ? "online" : "offline",
               status.trouble().empty() ? "" : ": " + for_terminal(status.trouble()));
    return;
  }
  core::JsonWriter json;
  json.begin_object().field("kind", "status").field("node", status.node()).field("online", status.online());
  json.field("session", std::to_string(status.session())).field("trouble", status.trouble());
  fmt::print("{}\n", json.end_object().take());
}

void Printer::summary() const {
  const double per_reading =
      readings_ == 0 ? 0 : static_cast<double>(telemetry_bytes_) / static_cast<double>(readings_);
  if (!json_) {
    fmt::print(stderr,
               "{} messages, {} readings, {:.1f} bytes a reading, {} alerts, {} gaps, {} holes, {} duplicates\n",
               messages_, readings_, per_reading, alerts_, gaps_, sequence_.holes(), sequence_.duplicates());
    return;
  }
  core::JsonWriter json;
  json.begin_object().field("kind", "summary").field("messages", messages_).field("readings", readings_);
  json.field("bytes_per_reading", per_reading)
      .field("alerts", alerts_)
      .field("gaps", gaps_)
      .field("holes", sequence_.holes());
  json.field("duplicates", sequence_.duplicates()).field("unreadable", unreadable_).key("alert_states").begin_object();
  for (const auto& [name, count] : severities_) json.field(name, count);
  fmt::print("{}\n", json.end_object().end_object().take());
}

}  // namespace afferent::cli
