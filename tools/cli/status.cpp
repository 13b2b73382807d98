// `afferent status`: what the running agent says of itself, through its control socket.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "tools/cli/command.h"
#include "tools/cli/control_client.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

using nlohmann::json;

std::string text_of(const json& value) { return for_terminal(value.get<std::string>()); }

std::string ago(const json& seconds) {
  if (!seconds.is_number()) return "never";
  const double s = seconds.get<double>();
  if (s < 120) return fmt::format("{:.1f} s", s);
  return s < 7200 ? fmt::format("{:.0f} min", s / 60) : fmt::format("{:.1f} h", s / 3600);
}

void print_delivery(const json& delivery) {
  const bool connected = delivery["connected"];
  fmt::print("broker   {} ({})\n", text_of(delivery["broker"]),
             connected ? text_of(delivery["confirmation"]) : "not connected");
  fmt::print("backlog  {} messages, {} bytes\n", delivery["backlog_messages"].get<std::uint64_t>(),
             delivery["backlog_bytes"].get<std::uint64_t>());
  fmt::print("readings {} committed, {} delivered, {} dropped\n", delivery["committed_readings"].get<std::uint64_t>(),
             delivery["delivered_readings"].get<std::uint64_t>(), delivery["dropped_readings"].get<std::uint64_t>());
  for (const char* key : {"trouble", "store_trouble"}) {
    if (const auto text = text_of(delivery[key]); !text.empty()) fmt::print("trouble  {}\n", text);
  }
}

// Only of lines where there is something to see.
void print_lines(const json& lines) {
  for (const json& line : lines) {
    std::string facts = line["open"].get<bool>() ? "" : ", closed";
    for (const auto& [key, what] :
         {std::pair("overheard_bytes", "bytes overheard"), std::pair("never_quiet", "turns without a quiet line"),
          std::pair("heard_count", "heard")}) {
      if (const auto count = line[key].get<std::uint64_t>(); count > 0) facts += fmt::format(", {} {}", count, what);
    }
    if (facts.empty()) continue;
    fmt::print("line {}: {}\n", text_of(line["port"]), facts.substr(2));
    for (const json& one : line["heard"]) {
      fmt::print("  {}, {} times, last {} ago: {}\n", text_of(one["id"]), one["count"].get<std::uint64_t>(),
                 ago(one["last_s"]), text_of(one["what"]));
    }
  }
}

// A device that does not answer is tried less often: who has just mended it wants to know when.
std::string trouble_of(const json& device) {
  std::string error = text_of(device["last_error"]);
  const json next = device.value("next_try_s", json());
  if (!next.is_number()) return error;
  return fmt::format("{}{}tried again in {}", error, error.empty() ? "" : "; ", ago(next));
}

// What rules have passed over: only where there is some.
void print_judged(const json& judged) {
  const auto not_finite = judged.value("not_finite", std::uint64_t{0});
  const auto wrong_kind = judged.value("wrong_kind", std::uint64_t{0});
  if (not_finite + wrong_kind == 0) return;
  fmt::print("rules    {} readings not judged: {} not a finite number, {} of another type than their channel\n",
             not_finite + wrong_kind, not_finite, wrong_kind);
}

void print_table(const json& status) {
  fmt::print("node     {} on {}, up {}, clock {}\n", text_of(status["node"]), text_of(status["board"]),
             ago(status["uptime_s"]), text_of(status["clock"]));
  print_delivery(status["delivery"]);
  if (const auto replayed = status.value("replayed", std::uint64_t{0}); replayed > 0) {
    fmt::print("replayed {} readings that no device said\n", replayed);
  }
  print_judged(status.value("judged", json::object()));
  fmt::print("\n{:<24} {:<9} {:>9} {:>8} {:>7} {:>7}  {}\n", "device", "health", "last good", "polls", "errors",
             "rtt ms", "last error");
  for (const json& device : status["devices"]) {
    fmt::print("{:<24} {:<9} {:>9} {:>8} {:>7} {:>7}  {}\n", text_of(device["id"]), text_of(device["health"]),
               ago(device["last_good_s"]), device["polls"].get<std::uint64_t>(), device["errors"].get<std::uint64_t>(),
               device["round_trip_ms"].get<std::int64_t>(), trouble_of(device));
  }
  print_lines(status.value("lines", json::array()));
  if (!status["alerts"].empty()) fmt::print("\nactive alerts\n");
  for (const json& alert : status["alerts"]) {
    fmt::print("  {:<7} {}\n", text_of(alert["severity"]), text_of(alert["sentence"]));
  }
  const json waiting = status.value("waiting", json::array());
  if (!waiting.empty()) fmt::print("\nrules that cannot judge yet\n");
  for (const json& line : waiting) fmt::print("  {}\n", text_of(line));
  const json suspended = status.value("suspended", json::array());
  if (!suspended.empty()) fmt::print("\nrules that do not judge now\n");
  for (const json& one : suspended) {
    fmt::print("  rule '{}' is suspended: {}\n", text_of(one["rule"]), text_of(one["reason"]));
  }
}

int status(const std::string& socket, const Common& common) {
  const auto reply = ask_agent(socket, {"status", {}});
  if (!reply) {
    fmt::print(stderr, "afferent status: {}\n", reply.error().message());
    return 2;
  }
  if (common.json) {
    fmt::print("{}\n", *reply);
  } else {
    print_table(json::parse(*reply));
  }
  return 0;
}

}  // namespace

Command add_status(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("status", "Ask the running agent how it, its devices and its broker do");
  auto socket = std::make_shared<std::string>("/run/afferent/control.sock");
  app->add_option("--socket", *socket, "Control socket of the agent")->capture_default_str();
  return {app, [socket, &common] { return status(*socket, common); }};
}

}  // namespace afferent::cli
