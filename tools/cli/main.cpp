// `afferent`: what a technician, an operator and a developer ask of the agent and its parts.
#include <cstdio>
#include <exception>
#include <vector>

#include "tools/cli/command.h"

int main(int argc, char** argv) {
  try {
    CLI::App app("Afferent: checks configurations, decodes frames, asks the running agent, subscribes to its messages.",
                 "afferent");
    app.require_subcommand(1);
    afferent::cli::Common common;
    std::vector<afferent::cli::Command> commands;
    for (auto* add :
         {afferent::cli::add_alerts, afferent::cli::add_backtest, afferent::cli::add_check, afferent::cli::add_decode,
          afferent::cli::add_device, afferent::cli::add_docs, afferent::cli::add_drivers, afferent::cli::add_epc,
          afferent::cli::add_holiday, afferent::cli::add_maintenance, afferent::cli::add_replay,
          afferent::cli::add_status, afferent::cli::add_sub}) {
      commands.push_back(add(app, common));
      commands.back().app->add_flag("--json", common.json, "Machine-readable output");
    }
    CLI11_PARSE(app, argc, argv);
    for (const auto& command : commands) {
      if (command.app->parsed()) return command.run();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "afferent: %s\n", error.what());
  }
  return 2;
}
