// `afferent alerts list|ack|shelve|unshelve`: what is wrong now, and who takes care of it.
#include <fmt/core.h>

#include "tools/cli/ask.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

using nlohmann::json;

std::string text_of(const json& value) { return for_terminal(value.get<std::string>()); }

struct Arguments {
  std::string socket = "/run/afferent/control.sock";
  std::string alert;
  std::string until;
  std::string who = user_name();
  std::string note;
};

std::string remarks(const json& alert) {
  std::string text;
  const auto add = [&text](const std::string& remark) { text += (text.empty() ? "" : ", ") + remark; };
  if (const auto by = text_of(alert["acknowledged_by"]); !by.empty()) add("acknowledged by " + by);
  if (const auto by = text_of(alert["shelved_by"]); !by.empty()) {
    add(fmt::format("shelved by {} for {}", by, span_text(alert["shelved_for_s"].get<double>())));
  }
  if (alert["flapping"].get<int>() > 0) add("flapping");
  return text;
}

// What a restart without a right clock has hidden is not known.
std::string since(const json& age) { return age.is_null() ? "?" : span_text(age.get<double>()); }

void print_alert(const json& alert, bool active) {
  fmt::print("{:<8}  {:<7} {:>8}  {:<40} {}\n", active ? text_of(alert["id"]).substr(0, 8) : "-",
             active ? text_of(alert["severity"]) : "calm", active ? since(alert["since_s"]) : "",
             text_of(alert["rule"]) + "/" + text_of(alert["device"]), remarks(alert));
  if (active) fmt::print("          {}\n", text_of(alert["sentence"]));
}

void print_list(const json& reply) {
  if (reply["alerts"].empty() && reply["shelved"].empty()) return fmt::print("no active alert\n");
  fmt::print("{:<8}  {:<7} {:>8}  {:<40} {}\n", "id", "colour", "since", "rule/device", "");
  for (const json& alert : reply["alerts"]) print_alert(alert, true);
  for (const json& alert : reply["shelved"]) print_alert(alert, false);
}

void print_sentence(const json& reply) { fmt::print("{}\n", text_of(reply["sentence"])); }

void add_alert(CLI::App& app, Arguments& arguments) {
  app.add_option("ALERT", arguments.alert,
                 "Its id, 4 or more of its first digits, or rule/device; see `afferent alerts list`")
      ->required();
}

void add_who(CLI::App& app, Arguments& arguments) {
  app.add_option("--by", arguments.who, "Who does it")->capture_default_str();
  app.add_option("--note", arguments.note, "Why, in a few words");
}

}  // namespace

Command add_alerts(CLI::App& parent, const Common& common) {
  CLI::App* app =
      parent.add_subcommand("alerts", "What is wrong now; acknowledge it, or hear nothing of it for a time");
  app->require_subcommand(1)->fallthrough();
  auto given = std::make_shared<Arguments>();
  add_socket(*app, given->socket);
  app->add_subcommand("list", "All alerts that are active or shelved");
  CLI::App* ack = app->add_subcommand("ack", "Tell all that somebody takes care of it; lapses when it gets worse");
  add_alert(*ack, *given);
  add_who(*ack, *given);
  CLI::App* shelve =
      app->add_subcommand("shelve", "Publish nothing more of it for a time, unless its colour gets worse");
  add_alert(*shelve, *given);
  shelve->add_option("--until,--for", given->until, "\"2 h\", \"14:30\", \"2026-07-01\" or \"2026-07-01 14:30\"")
      ->required();
  add_who(*shelve, *given);
  CLI::App* unshelve = app->add_subcommand("unshelve", "End that now");
  add_alert(*unshelve, *given);
  return {app, [app, given, &common] {
            const std::string what = app->get_subcommands().front()->get_name();
            const std::map<std::string, std::string> who{
                {"alert", given->alert}, {"who", given->who}, {"note", given->note}};
            Ask ask{"alert-" + what, who, "alerts " + what};
            if (what == "list") ask = {"alerts", {}, ask.command};
            if (what == "shelve") ask.arguments["until"] = given->until;
            if (what == "unshelve") ask.arguments = {{"alert", given->alert}};
            return ask_and_show(given->socket, ask, common, what == "list" ? print_list : print_sentence);
          }};
}

}  // namespace afferent::cli
