#include "tools/cli/windows.h"

#include <fmt/core.h>

namespace afferent::cli {
namespace {

using nlohmann::json;

struct Arguments {
  std::string socket = "/run/afferent/control.sock";
  std::string device;
  std::string number;
  std::string from;
  std::string until;
  std::string who = user_name();
  std::string note;
};

std::string moment(const json& entry, const char* local, const char* left) {
  const auto text = entry[local].get<std::string>();
  return text.empty() ? "in " + span_text(entry[left].get<double>()) : text;
}

void print_entry(const json& entry) {
  fmt::print("{:>4}  {:<24} {:<8} {:<17} {:<17} {:<12} {}\n", entry["number"].get<std::uint32_t>(),
             entry["device"].get<std::string>(), entry["active"].get<bool>() ? "now" : "later",
             moment(entry, "from", "begins_in_s"), moment(entry, "until", "ends_in_s"), entry["who"].get<std::string>(),
             entry["note"].get<std::string>());
}

void print_head() {
  fmt::print("{:>4}  {:<24} {:<8} {:<17} {:<17} {:<12} {}\n", "no.", "device", "", "from", "until", "by", "note");
}

}  // namespace

std::function<int()> add_windows(CLI::App& app, const WindowWords& words, const Common& common) {
  app.require_subcommand(1)->fallthrough();
  auto given = std::make_shared<Arguments>();
  add_socket(app, given->socket);
  CLI::App* begin = app.add_subcommand(words.begin, words.begin_help);
  auto* device = begin->add_option("DEVICE", given->device, words.device_needed ? "Its id" : "Its id; all without it");
  if (words.device_needed) device->required();
  begin->add_option("--from", given->from, "When it begins, as --until; now without it");
  begin
      ->add_option("--until,--for", given->until,
                   "\"2 h\", \"14:30\", \"2026-07-01\" (all of that day) or \"2026-07-01 14:30\"")
      ->required();
  begin->add_option("--by", given->who, "Who says so")->capture_default_str();
  begin->add_option("--note", given->note, "Why, in a few words");
  CLI::App* end = app.add_subcommand(words.end, words.end_help);
  end->add_option("DEVICE", given->device,
                  words.device_needed ? "Its id" : "Its id; without it, what is of all devices");
  end->add_option("--number", given->number, "Only this entry, see `list`");
  app.add_subcommand("list", words.list_help);
  return [&app, words, given, &common] {
    const std::string what = app.get_subcommands().front()->get_name();
    Ask ask{std::string(words.verb) + "-" + what, {}, std::string(words.verb) + " " + what};
    if (what == words.begin) {
      ask.arguments = {{"device", given->device},
                       {"from", given->from},
                       {"until", given->until},
                       {"who", given->who},
                       {"note", given->note}};
      return ask_and_show(given->socket, ask, common, [](const json& entry) {
        print_head();
        print_entry(entry);
        if (entry.contains("remark")) fmt::print("note: {}\n", entry["remark"].get<std::string>());
      });
    }
    if (what == words.end) {
      ask.arguments = {{"device", given->device}, {"number", given->number}};
      return ask_and_show(given->socket, ask, common, [](const json& reply) {
        for (const json& number : reply["removed"]) fmt::print("{} ended\n", number.get<std::uint32_t>());
      });
    }
    return ask_and_show(given->socket, ask, common, [words](const json& reply) {
      if (reply["entries"].empty()) return fmt::print("{}\n", words.nothing);
      print_head();
      for (const json& entry : reply["entries"]) print_entry(entry);
    });
  };
}

}  // namespace afferent::cli
