// Gathers the values of a body while it is read, with whose and of when they are. Loop-bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "drivers/sl651/body.h"
#include "drivers/sl651/elements.h"
#include "drivers/sl651/number.h"

namespace afferent::drivers::sl651 {

// Functions (table B.1) by what their body holds.
bool has_elements(std::uint8_t function);
bool has_kind(std::uint8_t function);  // a kind of station behind its address

class Collect {
 public:
  Collect(const Frame& frame, const Rules& rules, Body& body);

  void head(std::string_view serial, std::string_view sent);  // hex digits, decimal digits
  void station(std::string_view address);                     // ten hex digits
  void kind(char code);
  void observed(std::string_view digits);  // YYMMDDHHmm

  void element(const Element& element, const Decimal& value);
  void unnamed(std::string_view identifier, const Decimal& value);  // of the maker's own
  void status(std::uint32_t bits);
  void duration(std::string_view text);  // "HH.mm"
  void text(std::string_view channel, core::ByteView characters);
  void hour_group(const Element& element, core::ByteView values);  // twelve of one or two bytes
  void trouble(std::string what);                                  // only the first is kept

  // Of a series: element by element, one step later with each; see `step`.
  void begin_series(Minutes step);
  void next_step() { ++steps_; }
  void end_series();

  std::uint8_t function() const { return function_; }

 private:
  Item& add(std::string_view channel, core::Quantity quantity);
  std::optional<core::Micros> now() const;

  const std::uint8_t function_;
  const Rules& rules_;
  Body& body_;
  std::string station_;
  std::optional<core::Micros> observed_;
  Minutes step_{0};
  int steps_ = 0;
};

}  // namespace afferent::drivers::sl651
