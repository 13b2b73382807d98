#include "drivers/common/command_arguments.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace afferent::drivers {

std::string argument(const core::DeviceCommand& command, const std::string& name) {
  const auto found = command.arguments.find(name);
  return found == command.arguments.end() ? std::string() : found->second;
}

core::Error argument_error(std::string_view name, std::string_view value, std::string_view right) {
  return {core::ErrorCode::bad_input, std::string(name) + "=" + std::string(value) + ": " + std::string(right)};
}

std::optional<std::int64_t> local_seconds(const std::string& text, int first_year, int last_year) {
  std::array<int, 6> part{};
  int used = 0;
  const int count = std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &part[0], &part[1], &part[2], &part[3],
                                &part[4], &part[5], &used);
  if (count != 6 || static_cast<std::size_t>(used) != text.size() || text.size() != 19) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(part[0]), std::chrono::month(static_cast<unsigned>(part[1])),
                                         std::chrono::day(static_cast<unsigned>(part[2]))};
  const bool real = date.ok() && part[0] >= first_year && part[0] <= last_year && part[3] >= 0 && part[3] < 24 &&
                    part[4] >= 0 && part[4] < 60 && part[5] >= 0 && part[5] < 60;
  if (!real) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + std::int64_t{part[3]} * 3600 + std::int64_t{part[4]} * 60 + part[5];
}

}  // namespace afferent::drivers
