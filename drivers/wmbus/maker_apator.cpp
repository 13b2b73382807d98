#include "drivers/wmbus/maker_apator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "drivers/common/mbus_meaning.h"
#include "drivers/common/numbers.h"
#include "drivers/wmbus/crypto.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

constexpr std::uint8_t kFiller = 0x2F;

// Registers of the 16-2 and the bytes that follow each.
struct Register {
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t size;
};
constexpr std::array kRegisters{
    Register{0x00, 0x00, 4},  Register{0x01, 0x01, 3},  Register{0x10, 0x10, 4},  Register{0x11, 0x11, 2},
    Register{0x40, 0x40, 6},  Register{0x41, 0x41, 2},  Register{0x42, 0x42, 4},  Register{0x43, 0x43, 2},
    Register{0x44, 0x44, 3},  Register{0x80, 0x84, 10}, Register{0x85, 0x85, 11}, Register{0x86, 0x87, 10},
    Register{0x88, 0x88, 11}, Register{0x8A, 0x8A, 9},  Register{0x8B, 0x8C, 6},  Register{0x8E, 0x8E, 7},
    Register{0x8F, 0x8F, 11}, Register{0xA0, 0xA1, 4},  Register{0xA2, 0xA2, 1},  Register{0xA3, 0xA3, 7},
    Register{0xA4, 0xA4, 4},  Register{0xA5, 0xA5, 1},  Register{0xA6, 0xA6, 3},  Register{0xA7, 0xA8, 2},
    Register{0xA9, 0xA9, 1},  Register{0xAA, 0xAD, 2},  Register{0xAF, 0xAF, 1},  Register{0xB0, 0xB0, 5},
    Register{0xB1, 0xB1, 8},  Register{0xB2, 0xB2, 16}, Register{0xB3, 0xB3, 8},  Register{0xB4, 0xB4, 2},
    Register{0xB5, 0xB5, 16}, Register{0xB6, 0xC7, 3},  Register{0xD0, 0xD0, 3},  Register{0xD3, 0xD3, 3},
    Register{0xF0, 0xF0, 4},
};
constexpr std::uint8_t kTotal = 0x10;
constexpr std::uint8_t kHistory = 0x70;  // 71 has two values, each next code one more
constexpr std::uint8_t kPadding = 0xFF;
constexpr std::size_t kHead = 8;   // a byte, the date and faults
constexpr std::size_t kCheck = 2;  // behind all registers

bool is_history(std::uint8_t code) { return code > kHistory && code <= kHistory + 0xC; }

// Nothing for a register that is not known.
std::optional<std::size_t> size_of_register(std::uint8_t code) {
  if (is_history(code)) return 1U + 4U * ((code & 0x0FU) + 1U);
  const auto* found = std::find_if(kRegisters.begin(), kRegisters.end(),
                                   [code](const Register& row) { return code >= row.first && code <= row.last; });
  if (found == kRegisters.end()) return std::nullopt;
  return found->size;
}

double cubic_metres(ByteView litres) { return little_endian(litres) / 1000.0; }

// Values at the ends of the last months, the latest first; 0 where none was stored. `values` begins with a byte whose
// meaning is not known. None counts where one is above the total: then these are no such values.
void read_history(ByteView values, double total, MakerReadings& out) {
  const ByteView months = values.subspan(1);
  for (std::size_t at = 0; at + 4 <= months.size(); at += 4)
    if (cubic_metres(months.subspan(at, 4)) > total) return;
  for (std::size_t at = 0; at + 4 <= months.size(); at += 4) {
    const double value = cubic_metres(months.subspan(at, 4));
    if (value > 0) out.volume(value, at / 4 + 1);
  }
}

constexpr std::array kNa1Status{
    MakerFlag{0x80, "flag_underflow"}, MakerFlag{0x40, "flag_overflow"},    MakerFlag{0x20, "flag_reverse"},
    MakerFlag{0x10, "flag_no_flow"},   MakerFlag{0x08, "flag_leak"},        MakerFlag{0x04, "flag_disconnected"},
    MakerFlag{0x02, "flag_tamper"},    MakerFlag{0x01, "flag_low_battery"},
};
constexpr std::int64_t kYear2000 = 946684800;  // seconds since 1970
constexpr std::size_t kNa1Size = 18;           // access number, status, one block

// The key of the factory is all zeros. A text begins with a filler, and two bits of it are never set.
bool open_na1(const MakerFrame& frame, Block& text) {
  Block iv{};
  std::copy_n(frame.frame.begin() + 2, 8, iv.begin());
  std::fill(iv.begin() + 8, iv.end(), frame.payload[0]);
  const Key factory{};
  return decrypt_cbc_once(frame.key != nullptr ? *frame.key : factory, iv, frame.payload.subspan(2, text.size()),
                          text.data()) &&
         text[0] == kFiller && (text[1] & 0xC0U) == 0;
}

}  // namespace

bool read_apator_08(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  why = "Apator 08: the total is cut short";
  if (frame.payload.size() < 4) return false;
  out.volume(little_endian(frame.payload.first(4)) / 3000.0);  // thirds of a litre
  return true;
}

bool read_apator_172(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr double kTenths = 10.0;
  why = "Apator 17-2: the total is cut short";
  if (frame.payload.size() < 4) return false;
  out.volume(std::round(little_endian(frame.payload.first(4)) * kTenths / 3.0) / kTenths);  // thirds of a cubic metre
  return true;
}

bool read_apator_162(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  ByteView rest = frame.payload;
  while (!rest.empty() && rest[0] == kFiller) rest = rest.subspan(1);
  why = "Apator 16-2: cut short";
  if (rest.size() < kHead) return false;
  rest = rest.subspan(kHead);
  std::optional<double> total;
  ByteView history;
  while (rest.size() > kCheck && rest[0] != kPadding) {
    const std::uint8_t code = rest[0];
    const auto size = size_of_register(code);
    const bool whole = size && rest.size() >= 1 + *size;
    if (!whole && total) break;  // what follows cannot be found; what was read stands
    why = size ? "Apator 16-2: register " + hex(code) + " is cut short"
               : "Apator 16-2: register " + hex(code) + " is not known";
    if (!whole) return false;
    const ByteView value = rest.subspan(1, *size);
    if (code == kTotal && !total) total = cubic_metres(value);
    if (is_history(code)) history = value;
    rest = rest.subspan(1 + *size);
  }
  why = "Apator 16-2: no register with the total (10)";
  if (!total) return false;
  out.volume(*total);
  if (!history.empty()) read_history(history, *total, out);
  return true;
}

bool read_apator_na1(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  why = "Apator NA-1: cut short";
  if (frame.payload.size() < kNa1Size) return false;
  Block text{};
  why = frame.key != nullptr ? "wrong key" : "encrypted (Apator NA-1), and the factory key does not fit";
  if (!open_na1(frame, text)) return false;
  const ByteView bytes = text;
  const double litres = std::array{1.0, 10.0, 100.0, 1000.0}[bytes[1] >> 4 & 3U];
  const std::uint32_t total = little_endian(bytes.subspan(2, 3)) << 4 | (bytes[1] & 0x0FU);
  const std::int64_t now = kYear2000 + little_endian(bytes.subspan(5, 4));
  const std::int64_t age_hours = (bytes[10] >> 2) * 256 + bytes[9];
  const std::uint32_t since = little_endian(bytes.subspan(11, 3)) << 2 | (bytes[10] & 3U);
  out.volume(total * litres / 1000.0);
  out.time("meter_time", now);
  if (since <= total) {
    out.volume((total - since) * litres / 1000.0, 1);
    out.time("meter_time", now - age_hours * 3600, 1);
  }
  for (const MakerFlag& row : kNa1Status) {
    out.flag(row.name, (bytes[14] & row.mask) != 0);
    out.flag(std::string(row.name) + "_before", (bytes[15] & row.mask) != 0);
  }
  return true;
}

}  // namespace afferent::drivers::wmbus
