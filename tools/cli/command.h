// The commands of `afferent`, a file each. A command adds itself to the parser; the returned call runs it and gives the
// exit status: 0 success, 1 what was asked about is not well, 2 the command could not do its work.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>

namespace afferent::cli {

struct Common {
  bool json = false;  // machine-readable output
};

struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};

// `common` outlives the returned call.
Command add_alerts(CLI::App& parent, const Common& common);
Command add_backtest(CLI::App& parent, const Common& common);
Command add_check(CLI::App& parent, const Common& common);
Command add_decode(CLI::App& parent, const Common& common);
Command add_device(CLI::App& parent, const Common& common);
Command add_docs(CLI::App& parent, const Common& common);
Command add_drivers(CLI::App& parent, const Common& common);
Command add_epc(CLI::App& parent, const Common& common);
Command add_holiday(CLI::App& parent, const Common& common);
Command add_maintenance(CLI::App& parent, const Common& common);
Command add_replay(CLI::App& parent, const Common& common);
Command add_status(CLI::App& parent, const Common& common);
Command add_sub(CLI::App& parent, const Common& common);

}  // namespace afferent::cli
