#include "tools/cli/command_line.h"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tools/cli/command.h"

namespace afferent::cli {
namespace {

// True, and said, where something stands in the place of the command that is none.
bool is_no_command(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || *argv[1] == '-') return false;
  std::string there;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == argv[1]) return false;
    there += (there.empty() ? "" : ", ") + command->get_name();
  }
  std::fprintf(stderr, "afferent: '%.80s' is no command; there are: %s\n", argv[1], there.c_str());
  return true;
}

}  // namespace

int run(int argc, const char* const* argv) {
  try {
    CLI::App app("Afferent: checks configurations, decodes frames, asks the running agent, subscribes to its messages.",
                 "afferent");
    app.require_subcommand(1);
    app.set_version_flag("--version", "afferent " AFFERENT_VERSION);
    Common common;
    std::vector<Command> commands;
    for (auto* add : {add_alerts, add_backtest, add_check, add_decode, add_device, add_docs, add_drivers, add_epc,
                      add_holiday, add_maintenance, add_replay, add_status, add_sub}) {
      commands.push_back(add(app, common));
      commands.back().app->add_flag("--json", common.json, "Machine-readable output");
    }
    if (is_no_command(app, argc, argv)) return 2;
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : 2;  // 0: help or version was asked for
    }
    for (const auto& command : commands) {
      if (command.app->parsed()) return command.run();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "afferent: %s\n", error.what());
  }
  return 2;
}

}  // namespace afferent::cli
