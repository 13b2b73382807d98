#include "agent/app/orders.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "agent/app/device_named.h"
#include "agent/app/moment.h"

namespace afferent::app {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using rules::OperatorFact;

constexpr std::size_t kLongestText = 200;  // bytes of who and note

double seconds(core::Nanos span) { return std::round(std::chrono::duration<double>(span).count()); }

// The local time of a boot time, to the nearest second, since the two clocks are read one after the other; empty while
// the clock is not right.
std::string local_text(const core::Zone& zone, const core::Stamp& now, core::Nanos boot) {
  if (now.clock == core::ClockState::unsynced) return {};
  const core::Micros utc = now.utc + std::chrono::duration_cast<core::Micros>(boot - now.boot);
  return core::date_and_time(zone.local(std::chrono::round<core::Seconds>(utc)));
}

// For how long; nothing for an alert of another boot, when a clock was not right or has been set back.
std::optional<double> age(const core::Alert& alert, const core::Stamp& now) {
  if (alert.first.boot != core::Nanos::zero()) return seconds(now.boot - alert.first.boot);
  const bool right = alert.first.clock != core::ClockState::unsynced && now.clock != core::ClockState::unsynced;
  if (!right || now.utc < alert.first.utc) return std::nullopt;
  return seconds(now.utc - alert.first.utc);
}

class Orders {
 public:
  Orders(const config::Config& config, const core::Clock& clock, Sense& sense, std::function<void()> changed)
      : config_(config), clock_(clock), sense_(sense), changed_(std::move(changed)) {}

  using Arguments = std::map<std::string, std::string>;
  using Handler = Result<std::string> (Orders::*)(rules::Engine&, rules::Output&, const Arguments&);

  Result<std::string> run(Handler handler, const core::CommandRequest& request, std::string_view allowed) {
    if (auto fault = check(request.arguments, allowed); !fault.empty()) return Error(ErrorCode::bad_input, fault);
    auto answer = sense_.order([&](rules::Engine& engine, rules::Output& output) {
      return (this->*handler)(engine, output, request.arguments);
    });
    changed_();
    return answer;
  }

  Result<std::string> alerts(rules::Engine& engine, rules::Output& output, const Arguments& arguments);
  Result<std::string> acknowledge(rules::Engine& engine, rules::Output& output, const Arguments& arguments);
  Result<std::string> shelve(rules::Engine& engine, rules::Output& output, const Arguments& arguments);
  Result<std::string> unshelve(rules::Engine& engine, rules::Output& output, const Arguments& arguments);
  template <OperatorFact::Kind kind>
  Result<std::string> start(rules::Engine& engine, rules::Output& output, const Arguments& arguments) {
    return add(kind, engine, output, arguments);
  }
  template <OperatorFact::Kind kind>
  Result<std::string> stop(rules::Engine& engine, rules::Output& output, const Arguments& arguments) {
    return remove(kind, engine, output, arguments);
  }
  template <OperatorFact::Kind kind>
  Result<std::string> list(rules::Engine& engine, rules::Output& /*output*/, const Arguments& /*arguments*/) {
    return entries(kind, engine);
  }

 private:
  static std::string check(const Arguments& arguments, std::string_view allowed);
  static std::string text(const Arguments& arguments, const char* key, std::string_view otherwise = {}) {
    const auto found = arguments.find(key);
    return found == arguments.end() || found->second.empty() ? std::string(otherwise) : found->second;
  }
  Result<std::optional<core::DeviceId>> device(const Arguments& arguments) const;
  Result<std::string> add(OperatorFact::Kind kind, rules::Engine& engine, rules::Output& output,
                          const Arguments& arguments);
  Result<std::string> remove(OperatorFact::Kind kind, rules::Engine& engine, rules::Output& output,
                             const Arguments& arguments);
  std::string entries(OperatorFact::Kind kind, const rules::Engine& engine) const;
  void write(core::JsonWriter& json, rules::OperatorFacts::Number number, const OperatorFact& fact,
             const core::Zone& zone, const core::Stamp& now, std::string_view remark = {}) const;
  Result<std::string> answer(const Result<core::Alert>& alert, const rules::Engine& engine) const {
    if (!alert) return alert.error();
    core::JsonWriter json;
    write_alert(json, *alert, config_, engine.zone(), clock_.now());
    return json.take();
  }

  const config::Config& config_;
  const core::Clock& clock_;
  Sense& sense_;
  const std::function<void()> changed_;
};

std::string Orders::check(const Arguments& arguments, std::string_view allowed) {
  for (const auto& [key, value] : arguments) {
    const std::string wanted = " " + key + " ";
    if ((" " + std::string(allowed) + " ").find(wanted) == std::string::npos) {
      return "'" + key + "' is not known here; allowed: " + (allowed.empty() ? "nothing" : std::string(allowed));
    }
    if (value.size() > kLongestText) return key + " is longer than " + std::to_string(kLongestText) + " bytes";
  }
  return {};
}

Result<std::optional<core::DeviceId>> Orders::device(const Arguments& arguments) const {
  const std::string name = text(arguments, "device");
  if (name.empty()) return std::optional<core::DeviceId>();
  const auto found = device_named(config_.devices, name);
  if (!found) return Error(ErrorCode::not_found, "there is no device '" + name + "'");
  return found;
}

Result<std::string> Orders::alerts(rules::Engine& engine, rules::Output& /*output*/, const Arguments& /*arguments*/) {
  const core::Stamp now = clock_.now();
  core::JsonWriter json;
  json.begin_object().key("alerts").begin_array();
  for (const core::Alert& alert : engine.active()) write_alert(json, alert, config_, engine.zone(), now);
  json.end_array().key("shelved").begin_array();
  for (const core::Alert& alert : engine.shelved()) write_alert(json, alert, config_, engine.zone(), now);
  return json.end_array().end_object().take();
}

Result<std::string> Orders::acknowledge(rules::Engine& engine, rules::Output& output, const Arguments& arguments) {
  return answer(engine.acknowledge(text(arguments, "alert"), text(arguments, "who", "operator"),
                                   text(arguments, "note"), clock_.now(), output),
                engine);
}

Result<std::string> Orders::shelve(rules::Engine& engine, rules::Output& output, const Arguments& arguments) {
  const core::Stamp now = clock_.now();
  const auto until = moment_named(text(arguments, "until"), true, engine.zone(), now);
  if (!until) return Error(until.error()).in("until");
  core::Shelf shelf;
  shelf.who = text(arguments, "who", "operator");
  shelf.note = text(arguments, "note");
  shelf.until = *until;
  if (now.clock != core::ClockState::unsynced) {
    shelf.until_utc = now.utc + std::chrono::duration_cast<core::Micros>(*until - now.boot);
  }
  return answer(engine.shelve(text(arguments, "alert"), std::move(shelf), now, output), engine);
}

Result<std::string> Orders::unshelve(rules::Engine& engine, rules::Output& output, const Arguments& arguments) {
  return answer(engine.unshelve(text(arguments, "alert"), clock_.now(), output), engine);
}

Result<std::string> Orders::add(OperatorFact::Kind kind, rules::Engine& engine, rules::Output& output,
                                const Arguments& arguments) {
  const core::Stamp now = clock_.now();
  auto who = device(arguments);
  if (!who) return std::move(who).error();
  if (kind == OperatorFact::Kind::holiday && !*who) return Error(ErrorCode::bad_input, "say which device");
  OperatorFact fact;
  fact.kind = kind;
  fact.device = *who;
  const std::string from = text(arguments, "from");
  const auto begin = from.empty() ? Result<core::Nanos>(now.boot) : moment_named(from, false, engine.zone(), now);
  if (!begin) return Error(begin.error()).in("from");
  core::Stamp first = now;  // a length counts from the beginning
  first.boot = *begin;
  first.utc += std::chrono::duration_cast<core::Micros>(*begin - now.boot);
  const auto end = moment_named(text(arguments, "until"), true, engine.zone(), first);
  if (!end) return Error(end.error()).in("until");
  fact.from = *begin;
  fact.until = *end;
  fact.who = text(arguments, "who", "operator");
  fact.note = text(arguments, "note");
  const OperatorFact told = fact;
  const auto number = engine.add(std::move(fact), now, output);
  if (!number) return number.error();
  core::JsonWriter json;
  const bool idle = kind == OperatorFact::Kind::holiday && !engine.heeds_holidays(**who);
  write(json, *number, told, engine.zone(), now,
        idle ? "no rule of this device knows holidays, so none will rest: kind no_use does" : "");
  return json.take();
}

Result<std::string> Orders::remove(OperatorFact::Kind kind, rules::Engine& engine, rules::Output& output,
                                   const Arguments& arguments) {
  auto who = device(arguments);
  if (!who) return std::move(who).error();
  const std::string digits = text(arguments, "number");
  rules::OperatorFacts::Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!digits.empty() && (error != std::errc() || end != digits.data() + digits.size())) {
    return Error(ErrorCode::bad_input, "number: '" + digits + "' is not a number");
  }
  std::string removed;
  for (const auto& [one, fact] : engine.facts()) {
    if (fact.kind != kind || (digits.empty() ? fact.device != *who : one != number)) continue;
    if (auto done = engine.remove(one, clock_.now(), output); !done) return std::move(done).error();
    removed += (removed.empty() ? "" : ",") + std::to_string(one);
  }
  if (removed.empty()) {
    return Error(ErrorCode::not_found, digits.empty() ? "there is nothing to end" : "there is no entry " + digits);
  }
  return "{\"removed\":[" + removed + "]}";
}

void Orders::write(core::JsonWriter& json, rules::OperatorFacts::Number number, const OperatorFact& fact,
                   const core::Zone& zone, const core::Stamp& now, std::string_view remark) const {
  json.begin_object().field("number", number);
  json.field("device", fact.device ? config_.devices[core::index(*fact.device)].identity.id : std::string("all"));
  json.field("active", fact.from <= now.boot && now.boot < fact.until);
  json.field("begins_in_s", std::max(0.0, seconds(fact.from - now.boot)));
  json.field("ends_in_s", seconds(fact.until - now.boot));
  json.field("from", local_text(zone, now, fact.from)).field("until", local_text(zone, now, fact.until));
  json.field("who", fact.who).field("note", fact.note);
  if (!remark.empty()) json.field("remark", remark);
  json.end_object();
}

std::string Orders::entries(OperatorFact::Kind kind, const rules::Engine& engine) const {
  const core::Stamp now = clock_.now();
  core::JsonWriter json;
  json.begin_object().key("entries").begin_array();
  for (const auto& [number, fact] : engine.facts()) {
    if (fact.kind == kind) write(json, number, fact, engine.zone(), now);
  }
  return json.end_array().end_object().take();
}

struct Verb {
  const char* name;
  Orders::Handler handler;
  std::string_view allowed;
};
using FactKind = OperatorFact::Kind;
constexpr Verb kVerbs[] = {
    {"alerts", &Orders::alerts, ""},
    {"alert-ack", &Orders::acknowledge, "alert who note"},
    {"alert-shelve", &Orders::shelve, "alert until who note"},
    {"alert-unshelve", &Orders::unshelve, "alert"},
    {"maintenance-start", &Orders::start<FactKind::maintenance>, "device from until who note"},
    {"maintenance-stop", &Orders::stop<FactKind::maintenance>, "device number"},
    {"maintenance-list", &Orders::list<FactKind::maintenance>, ""},
    {"holiday-add", &Orders::start<FactKind::holiday>, "device from until who note"},
    {"holiday-remove", &Orders::stop<FactKind::holiday>, "device number"},
    {"holiday-list", &Orders::list<FactKind::holiday>, ""},
};

}  // namespace

void add_orders(Commands& commands, const config::Config& config, const core::Clock& clock, Sense& sense,
                std::function<void()> changed) {
  const auto orders = std::make_shared<Orders>(config, clock, sense, std::move(changed));
  for (const Verb& verb : kVerbs) {
    commands.add(verb.name,
                 [orders, &verb](const core::CommandRequest& request, const core::CommandTarget::Reply& reply) {
                   reply(orders->run(verb.handler, request, verb.allowed));
                 });
  }
}

void write_alert(core::JsonWriter& json, const core::Alert& alert, const config::Config& config, const core::Zone& zone,
                 const core::Stamp& now) {
  json.begin_object().field("id", core::to_hex(alert.id)).field("rule", alert.rule);
  json.field("device", config.devices[core::index(alert.device)].identity.id);
  json.field("severity", core::name_of(alert.severity)).field("state", core::name_of(alert.state));
  json.field("value", alert.value).field("unit", alert.unit).field("sentence", alert.sentence);
  json.key("since_s");
  if (const auto since = age(alert, now)) {
    json.value(*since);
  } else {
    json.null();
  }
  json.field("acknowledged_by", alert.acknowledged ? alert.acknowledged->who : std::string());
  json.field("acknowledged_note", alert.acknowledged ? alert.acknowledged->note : std::string());
  json.field("shelved_by", alert.shelf ? alert.shelf->who : std::string()).key("shelved_for_s");
  if (alert.shelf) {
    json.value(seconds(alert.shelf->until - now.boot));
  } else {
    json.null();
  }
  json.field("shelved_until", alert.shelf ? local_text(zone, now, alert.shelf->until) : std::string());
  json.field("flapping", alert.flapping).end_object();
}

}  // namespace afferent::app
