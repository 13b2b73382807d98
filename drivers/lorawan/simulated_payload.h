// What a simulated device sends over the air, so that the maker's codec reads it. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"

namespace afferent::drivers::lorawan {

// By their names in what the codec gives: "depth". Truth values are 0 and 1.
using CodecValues = std::map<std::string, double, std::less<>>;

struct AirPayload {
  std::uint8_t fport = 1;
  core::Bytes bytes;
  CodecValues carried;  // in the payload's resolution; what has no place in it is missing
};

// `codec`: file of the script; one that is not delivered with the driver, or none, gets the plain form: 32-bit
// thousandths, high byte first, in the order of `names`, 80000000 for no value. `names`: all that the device's map
// reads; `values` may lack some of them, which a maker's form then says as 0.
AirPayload air_payload(std::string_view codec, const std::vector<std::string>& names, const CodecValues& values);

}  // namespace afferent::drivers::lorawan
