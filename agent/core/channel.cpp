#include "agent/core/channel.h"

#include <algorithm>

namespace afferent::core {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Takes `mark` and the digits behind it off the front of `rest`; false when the mark has no digit behind it.
bool take_number(std::string_view& rest, char mark) {
  if (rest.empty() || rest.front() != mark) return true;
  const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_digit);
  const auto length = static_cast<std::size_t>(end - rest.begin());
  rest.remove_prefix(length);
  return length > 1;
}

}  // namespace

Value::Kind kind_of(Quantity quantity) {
  if (quantity == Quantity::boolean) return Value::Kind::boolean;
  if (quantity == Quantity::text) return Value::Kind::text;
  return Value::Kind::number;
}

bool is_channel_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || !is_lower(name.front())) return false;
  const auto end =
      std::find_if_not(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
  std::string_view rest = name.substr(static_cast<std::size_t>(end - name.begin()));
  return take_number(rest, '@') && take_number(rest, '#') && rest.empty();
}

std::string_view mistake_in(const ChannelSpec& channel) {
  if (!is_channel_name(channel.name)) return "its name must be like level, volume@1 or flag_leak, at most 64 bytes";
  if (!is_quantity(channel.quantity)) return "its quantity is none that there is";
  if (!(channel.minimum <= channel.maximum)) return "its valid range is empty";
  return {};
}

}  // namespace afferent::core
