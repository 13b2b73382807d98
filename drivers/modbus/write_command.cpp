#include "drivers/modbus/write_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace afferent::drivers::modbus {
namespace {

using core::Bytes;
using core::Error;
using core::ErrorCode;
using core::Result;

Error bad(const std::string& argument, const std::string& message) {
  return {ErrorCode::bad_input, "write: " + argument + ": " + message};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<long> whole_number(std::string_view text) {
  text = trimmed(text);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  unsigned long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || number > 0x7FFFFFFFu)
    return std::nullopt;
  return negative ? -static_cast<long>(number) : static_cast<long>(number);
}

std::optional<std::uint16_t> register_value(std::string_view text) {
  const std::optional<long> number = whole_number(text);
  if (!number || *number < -32768 || *number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<std::uint16_t> coil_value(std::string_view text) {
  text = trimmed(text);
  if (text == "1" || text == "on" || text == "true") return std::uint16_t{1};
  if (text == "0" || text == "off" || text == "false") return std::uint16_t{0};
  return std::nullopt;
}

using Values = std::vector<std::uint16_t>;

Result<Values> values_of(std::string_view text, bool coils) {
  Values values;
  const std::size_t most = coils ? 1968 : 123;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const auto value = coils ? coil_value(item) : register_value(item);
    if (!value) {
      return bad("value", "'" + std::string(item.substr(0, 40)) + "' is not " +
                              (coils ? "a coil's state; right would be on, off, 1 or 0"
                                     : "a register's value; right would be -32768 to 65535 or 0x0000 to 0xFFFF"));
    }
    values.push_back(*value);
    if (values.size() > most) return bad("value", "at most " + std::to_string(most) + " values in one request");
    if (comma == text.npos) return values;
    text.remove_prefix(comma + 1);
  }
}

void put16(Bytes& pdu, unsigned number) {
  pdu.push_back(static_cast<std::uint8_t>(number >> 8));
  pdu.push_back(static_cast<std::uint8_t>(number));
}

Bytes single(std::uint8_t function, unsigned address, std::uint16_t value) {
  Bytes pdu{function};
  put16(pdu, address);
  put16(pdu, function == 5 && value != 0 ? 0xFF00u : value);
  return pdu;
}

Bytes several(std::uint8_t function, unsigned address, const Values& values) {
  Bytes pdu{function};
  put16(pdu, address);
  put16(pdu, static_cast<unsigned>(values.size()));
  if (function == 16) {
    pdu.push_back(static_cast<std::uint8_t>(2 * values.size()));
    for (const std::uint16_t value : values) put16(pdu, value);
    return pdu;
  }
  const std::size_t bytes = (values.size() + 7) / 8;
  pdu.push_back(static_cast<std::uint8_t>(bytes));
  pdu.resize(pdu.size() + bytes);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) pdu[6 + i / 8] = static_cast<std::uint8_t>(pdu[6 + i / 8] | 1u << (i % 8));
  }
  return pdu;
}

Result<void> known_arguments(const core::DeviceCommand& command) {
  static constexpr std::array<std::string_view, 3> kKnown{"address", "value", "function"};
  for (const auto& [key, value] : command.arguments) {
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      return bad(key, "unknown argument; right would be address, value, function");
    }
  }
  return {};
}

Result<long> function_of(const core::DeviceCommand& command) {
  const auto given = command.arguments.find("function");
  if (given == command.arguments.end()) return 0;
  const std::optional<long> number = whole_number(given->second);
  if (number && (*number == 5 || *number == 6 || *number == 15 || *number == 16)) return *number;
  return bad("function", "right would be 5 or 15 (coils), 6 or 16 (registers)");
}

}  // namespace

Result<Bytes> write_pdu(const core::DeviceCommand& command, int base) {
  if (Result<void> known = known_arguments(command); !known) return std::move(known).error();
  const Result<long> function = function_of(command);
  if (!function) return function.error();
  const bool coils = *function == 5 || *function == 15;
  const auto address_text = command.arguments.find("address");
  const auto value_text = command.arguments.find("value");
  if (address_text == command.arguments.end()) return bad("address", "missing");
  if (value_text == command.arguments.end()) return bad("value", "missing");
  const Result<Values> values = values_of(value_text->second, coils);
  if (!values) return values.error();
  const std::optional<long> documented = whole_number(address_text->second);
  const long last = 65536 - static_cast<long>(values->size());
  if (!documented || *documented < base || *documented - base > last) {
    return bad("address", "'" + address_text->second.substr(0, 40) + "' is out of range; right would be " +
                              std::to_string(base) + " to " + std::to_string(last + base));
  }
  const auto address = static_cast<unsigned>(*documented - base);
  const bool one = *function == 0 ? values->size() == 1 : *function <= 6;
  if (one && values->size() != 1) return bad("value", "functions 5 and 6 write a single value");
  if (one) return single(coils ? 5 : 6, address, values->front());
  return several(coils ? 15 : 16, address, *values);
}

bool confirms(core::ByteView request, core::ByteView reply) {
  return reply.size() == 5 && request.size() >= 5 && std::equal(reply.begin(), reply.end(), request.begin());
}

}  // namespace afferent::drivers::modbus
