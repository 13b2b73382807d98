#include "agent/rules/calendar.h"

namespace afferent::rules {
namespace {

constexpr std::uint32_t kMidnight = 86'400;  // s; the end of a day

std::optional<std::uint32_t> edge(std::string_view text) {
  return text == "24:00" ? std::optional(kMidnight) : time_of_day(text);
}

}  // namespace

std::optional<std::uint32_t> time_of_day(std::string_view text) {
  const auto digit = [text](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const auto number = [text](std::size_t i) {
    return static_cast<std::uint32_t>((text[i] - '0') * 10 + text[i + 1] - '0');
  };
  if (number(0) > 23 || number(3) > 59) return std::nullopt;
  return number(0) * 3600 + number(3) * 60;
}

std::optional<Hours> Hours::parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  auto from = edge(text.substr(0, dash));
  auto until = edge(text.substr(dash + 1));
  if (!from || !until) return std::nullopt;
  if (*from == kMidnight) from = 0;
  if (*until == 0) until = kMidnight;
  return Hours{*from, *until};
}

core::Nanos next_time_of_day(const core::Zone& zone, const core::Stamp& now, std::uint32_t second) {
  const core::LocalTime local = zone.local(now.utc);
  core::Micros next = zone.utc(local.day, second);
  if (next <= now.utc) next = zone.utc(local.day + 1, second);
  return now.boot + (next - now.utc);
}

}  // namespace afferent::rules
