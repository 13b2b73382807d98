#include "drivers/common/mbus_status.h"

#include <array>

namespace afferent::drivers::mbus {
namespace {

constexpr std::array kFlags{
    StatusFlag{"flag_busy", 0x03, 0x01},
    StatusFlag{"flag_application_error", 0x03, 0x02},
    StatusFlag{"flag_alarm", 0x03, 0x03},
    StatusFlag{"flag_low_battery", 0x04, 0x04},
    StatusFlag{"flag_permanent_error", 0x08, 0x08},
    StatusFlag{"flag_temporary_error", 0x10, 0x10},
};

constexpr std::array<std::string_view, 10> kErrors{
    "unspecified error",       "unimplemented CI field", "buffer too long, truncated", "too many records",
    "premature end of record", "more than 10 DIFEs",     "more than 10 VIFEs",         "reserved error 7",
    "application too busy",    "too many readouts",
};

}  // namespace

std::span<const StatusFlag, kStatusFlags> status_flags() { return kFlags; }

std::string_view application_error_text(std::uint8_t code) {
  return code < kErrors.size() ? kErrors[code] : "reserved error";
}

}  // namespace afferent::drivers::mbus
