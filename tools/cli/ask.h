// What the commands that ask the running agent have in common. Single-threaded.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "tools/cli/command.h"
#include "tools/cli/control_client.h"

namespace afferent::cli {

struct Ask {
  std::string verb;
  std::map<std::string, std::string> arguments;
  std::string command;  // as the user wrote it, for messages
};

using Show = std::function<void(const nlohmann::json& reply)>;

// Prints the reply with `show`, or as it is with --json. The exit status: 0; 1 when the agent refuses, 2 when there is
// no agent to ask.
int ask_and_show(const std::string& socket, const Ask& ask, const Common& common, const Show& show);

void add_socket(CLI::App& app, std::string& socket);
std::string user_name();                // who asks: the login name, or "operator"
std::string span_text(double seconds);  // "45 s", "12 min", "3.5 h", "2.1 d"

}  // namespace afferent::cli
