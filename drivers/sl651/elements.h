// What a station can report: the element identifiers with their channels and units. Static data, thread-safe.
// Source: SL 651-2014, tables C.1 (elements), 58 (status bits) and A.1 (kinds of stations).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "agent/core/quantity.h"

namespace afferent::drivers::sl651 {

struct Element {
  std::uint8_t lead;      // identifier of the HEX form
  std::string_view code;  // of the ASCII form
  std::string_view channel;
  core::Quantity quantity;
  std::uint16_t times;  // m3/s to m3/h: 3600
  std::uint8_t shift;   // hPa to kPa: 1
  double minimum;
  double maximum;

  bool is_hour_group() const { return lead >= 0xF4; }  // twelve values, one each five minutes
};

std::span<const Element> elements();  // in the order of `lead`
const Element* element_of(std::uint8_t lead);
const Element* element_coded(std::string_view code);  // capitals or small letters

struct StatusBit {
  unsigned bit;
  std::string_view channel;
  bool inverted;  // the flag is true where the bit is 0
};
std::span<const StatusBit> status_bits();

std::string_view kind_of_station(char code);  // "river" of 'H'; empty where the maker defines it

}  // namespace afferent::drivers::sl651
