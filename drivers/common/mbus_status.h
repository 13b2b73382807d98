// The status byte of M-Bus headers and the application errors of a slave. Static data, thread-safe.
// EN 13757-7 clause 7.5.6 (status), 7.5.4 (application error, CI 70).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace afferent::drivers::mbus {

struct StatusFlag {
  std::string_view channel;  // "flag_low_battery"
  std::uint8_t mask;
  std::uint8_t value;  // set when (status & mask) == value
};

inline constexpr std::size_t kStatusFlags = 6;
// In a telegram with a header all of these are known, set or not. The top three bits are the maker's.
std::span<const StatusFlag, kStatusFlags> status_flags();

// "too many records"; the codes above 9 are reserved.
std::string_view application_error_text(std::uint8_t code);
constexpr std::uint8_t kApplicationBusy = 8;

}  // namespace afferent::drivers::mbus
