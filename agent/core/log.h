// Where parts of the agent say what an operator should see. App implements it on spdlog; tests collect it.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::core {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

class Log {  // thread-safe
 public:
  virtual ~Log() = default;
  // `part` names the speaker: "port rs485-1", "uplink", "store". Never holds a secret.
  virtual void write(LogLevel level, std::string_view part, std::string_view message) = 0;

  void info(std::string_view part, std::string_view message) { write(LogLevel::info, part, message); }
  void warning(std::string_view part, std::string_view message) { write(LogLevel::warning, part, message); }
  void error(std::string_view part, std::string_view message) { write(LogLevel::error, part, message); }
};

}  // namespace afferent::core
