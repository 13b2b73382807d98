#include "drivers/wmbus/maker_rfm.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

namespace chr = std::chrono;

// Offsets behind the header; the access number is in front of its last three bytes.
constexpr std::size_t kTotal = 2;
constexpr std::size_t kClock = 13;
constexpr std::size_t kSize = 19;
constexpr std::size_t kFromAccess = 4;

// By the low digit of the access number, what is added to the four bytes of the total modulo 2, as is the number
// itself.
using Mask = std::array<std::uint8_t, 4>;
constexpr std::array kMasks{
    Mask{0x7A, 0x10, 0x1A, 0x0A}, Mask{0x70, 0x13, 0x22, 0x13}, Mask{0xB9, 0x0B, 0x8E, 0x99},
    Mask{0x79, 0x07, 0x4A, 0x16}, Mask{0x07, 0x9A, 0xCB, 0x69}, Mask{0x32, 0xA1, 0x39, 0x0E},
    Mask{0x9C, 0x7E, 0x60, 0x99}, Mask{0xB4, 0xC4, 0x80, 0xA3}, Mask{0x0A, 0xCE, 0x19, 0x03},
    Mask{0xF0, 0x05, 0xA5, 0x86}, Mask{0x16, 0x98, 0x11, 0x5E}, Mask{0x0C, 0xC9, 0x7D, 0xA2},
    Mask{0x4A, 0x48, 0xE4, 0x1F}, Mask{0x77, 0x2E, 0x8A, 0xE8}, Mask{0xBD, 0x78, 0x57, 0x8C},
    Mask{0x39, 0x6F, 0x28, 0x05},
};

bool are_digits(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t byte) { return byte >> 4 <= 9 && (byte & 0xFU) <= 9; });
}

unsigned decimal(std::uint8_t byte) { return static_cast<unsigned>(byte >> 4) * 10U + (byte & 0xFU); }

// Second, minute, hour, day, month, year.
std::optional<std::int64_t> clock(ByteView bytes) {
  if (!are_digits(bytes) || decimal(bytes[0]) > 59 || decimal(bytes[1]) > 59 || decimal(bytes[2]) > 23) return {};
  const auto year = chr::year(2000 + static_cast<int>(decimal(bytes[5])));
  const chr::year_month_day date = year / chr::month(decimal(bytes[4])) / chr::day(decimal(bytes[3]));
  if (!date.ok()) return {};
  const std::int64_t midnight = std::int64_t{chr::sys_days(date).time_since_epoch().count()} * 86400;
  return midnight + decimal(bytes[2]) * 3600 + decimal(bytes[1]) * 60 + decimal(bytes[0]);
}

}  // namespace

bool read_rfm_tx1(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  const ByteView bytes = frame.payload;
  why = "RFM-TX1: cut short";
  if (bytes.size() < kSize) return false;
  const std::uint8_t access = *(bytes.data() - kFromAccess);
  Mask total = kMasks[access & 0xFU];
  for (std::size_t i = 0; i < total.size(); ++i) {
    total[i] = static_cast<std::uint8_t>(total[i] ^ access ^ bytes[kTotal + i]);
  }
  const auto time = clock(bytes.subspan(kClock, kSize - kClock));
  why = "RFM-TX1: the total or the clock are no digits";
  if (!are_digits(total) || !time) return false;
  double litres = 0;
  for (std::size_t i = total.size(); i-- > 0;) litres = litres * 100 + decimal(total[i]);
  out.volume(litres / 1000.0);
  out.time("meter_time", time);
  return true;
}

}  // namespace afferent::drivers::wmbus
