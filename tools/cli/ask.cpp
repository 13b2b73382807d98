#include "tools/cli/ask.h"

#include <fmt/core.h>

#include <cstdlib>

#include "tools/cli/terminal.h"

namespace afferent::cli {

int ask_and_show(const std::string& socket, const Ask& ask, const Common& common, const Show& show) {
  core::CommandRequest request{ask.verb, {}};
  for (const auto& [key, value] : ask.arguments) {
    if (!value.empty()) request.arguments.emplace(key, value);
  }
  const auto reply = ask_agent(socket, request);
  if (!reply) {
    fmt::print(stderr, "afferent {}: {}\n", ask.command, for_terminal(reply.error().message()));
    return reply.error().code() == core::ErrorCode::not_found ? 2 : 1;
  }
  if (common.json) {
    fmt::print("{}\n", *reply);
  } else {
    show(nlohmann::json::parse(*reply));
  }
  return 0;
}

void add_socket(CLI::App& app, std::string& socket) {
  app.add_option("--socket", socket, "Control socket of the agent")->capture_default_str();
}

std::string user_name() {
  for (const char* variable : {"SUDO_USER", "LOGNAME", "USER"}) {
    const char* name = std::getenv(variable);
    if (name != nullptr && *name != '\0') return name;
  }
  return "operator";
}

std::string span_text(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return seconds < 172'800 ? fmt::format("{:.1f} h", seconds / 3600) : fmt::format("{:.1f} d", seconds / 86'400);
}

}  // namespace afferent::cli
