// `afferent device ID COMMAND [KEY=VALUE...]`: has the running agent send a command to a device: valve, register,
// search.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "tools/cli/command.h"
#include "tools/cli/control_client.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

struct Arguments {
  std::string socket = "/run/afferent/control.sock";
  std::string device;
  std::string command;
  std::vector<std::string> values;
};

constexpr core::Seconds kDevicePatience{150};  // a search of an M-Bus takes up to 100 s, and the line may be busy

int run(const Arguments& arguments, const Common& common) {
  core::CommandRequest request{"device", {{"device", arguments.device}, {"command", arguments.command}}};
  for (const std::string& value : arguments.values) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "afferent device: '{}' is not KEY=VALUE\n", value);
      return 2;
    }
    request.arguments[value.substr(0, equals)] = value.substr(equals + 1);
  }
  const auto reply = ask_agent(arguments.socket, request, kDevicePatience);
  if (!reply) {
    fmt::print(stderr, "afferent device: {}\n", for_terminal(reply.error().message()));
    return reply.error().code() == core::ErrorCode::not_found ? 2 : 1;
  }
  const auto found = nlohmann::json::parse(*reply).value("found", nlohmann::json::array());
  if (common.json) {
    const nlohmann::ordered_json all{
        {"device", arguments.device}, {"command", arguments.command}, {"done", true}, {"found", found}};
    fmt::print("{}\n", all.dump());
    return 0;
  }
  fmt::print("{}: {} done\n", arguments.device, arguments.command);
  for (const auto& one : found) {
    fmt::print("  found {}: {}\n", for_terminal(one.value("id", "")), for_terminal(one.value("what", "")));
  }
  return 0;
}

}  // namespace

Command add_device(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("device", "Have the running agent send a command to a device");
  auto arguments = std::make_shared<Arguments>();
  app->add_option("ID", arguments->device, "A device of the configuration")->required();
  app->add_option("COMMAND", arguments->command, "What it is to do; `afferent drivers NAME` lists a driver's commands")
      ->required();
  app->add_option("KEY=VALUE", arguments->values, "Arguments of the command");
  app->add_option("--socket", arguments->socket, "Control socket of the agent")->capture_default_str();
  app->footer(
      "Exit status: 0 when the device has done it, 1 when it or the agent refused, 2 for a wrong call or no agent.");
  return {app, [arguments, &common] { return run(*arguments, common); }};
}

}  // namespace afferent::cli
