#include "drivers/wmbus/maker_diehl.h"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/common/mbus_meaning.h"
#include "drivers/common/mbus_time.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::uint16_t kSappel = maker_code('S', 'A', 'P');
constexpr std::array kMakers{maker_code('D', 'M', 'E'), maker_code('E', 'W', 'T'), maker_code('H', 'Y', 'D'), kSappel,
                             maker_code('S', 'P', 'L')};

constexpr std::uint8_t kFirstPrios = 0xA0;
constexpr std::uint8_t kLastPrios = 0xA7;
constexpr std::uint8_t kShortHeader = 0x7A;
constexpr std::uint8_t kReservedModes = 0x10;  // in the high byte of the configuration field
constexpr std::uint8_t kWater = 0x07;
// Heat and cooling meters, whichever pipe they stand in.
constexpr std::array<std::uint8_t, 5> kHeatMedia{0x04, 0x0A, 0x0B, 0x0C, 0x0D};

// Offsets in the frame.
constexpr std::size_t kSender = 2;
constexpr std::size_t kCi = 10;
constexpr std::size_t kStatus = 11;
constexpr std::size_t kConfigHigh = 14;
constexpr std::size_t kScrambled = 15;

constexpr std::uint8_t kPriosMark = 0x4B;
constexpr std::uint8_t kSumMask = 0xEF;  // the bit that makes the mode a reserved one is none of the sum's
constexpr double kHoursOfHalfYear = 365.25 * 24 / 2;

// The key that meters have when they leave the factory: each is two words of 32 bits, of which only the sum modulo 2 is
// used.
constexpr std::array<std::uint32_t, 2> kFactoryKeys{0x39BC8A10U ^ 0xE66D83F8U, 0x51728910U ^ 0xE66D83F8U};

// Bits of the three status bytes, the first one lowest.
constexpr std::array kAlarms{
    MakerFlag{0x000080, "flag_alarm"},       MakerFlag{0x008000, "flag_leak"},
    MakerFlag{0x004000, "flag_leak_before"}, MakerFlag{0x002000, "flag_blocked"},
    MakerFlag{0x800000, "flag_reverse"},     MakerFlag{0x400000, "flag_underflow"},
    MakerFlag{0x200000, "flag_overflow"},    MakerFlag{0x100000, "flag_submerged"},
    MakerFlag{0x0A0000, "flag_tamper"},      MakerFlag{0x050000, "flag_tamper_before"},
};

std::uint32_t big_endian(core::ByteView bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

// A shift register of 32 bits; what it shows after each eight steps is added to a byte.
void scramble(core::ByteView frame, std::uint32_t key, core::Bytes& out) {
  key ^= big_endian(frame.subspan(kSender)) ^ big_endian(frame.subspan(kSender + 4)) ^ big_endian(frame.subspan(kCi));
  out.assign(frame.begin() + kScrambled, frame.end());
  for (std::uint8_t& byte : out) {
    for (int step = 0; step < 8; ++step) {
      const std::uint32_t next = (key >> 1 ^ key >> 2 ^ key >> 11 ^ key >> 31) & 1U;
      key = key << 1 | next;
    }
    byte = static_cast<std::uint8_t>(byte ^ (key & 0xFFU));
  }
}

// Calls `fits` with each text that a key gives until it says yes: the meter's key, or those of the factory where it has
// none. A wrong text may fit by chance, so no key is tried that need not be.
template <class Fits>
bool descramble(core::ByteView frame, const Key* key, core::Bytes& out, const Fits& fits) {
  if (key != nullptr) {
    scramble(frame, big_endian(core::ByteView(*key)) ^ big_endian(core::ByteView(*key).subspan(4)), out);
    return fits(out);
  }
  return std::any_of(kFactoryKeys.begin(), kFactoryKeys.end(), [&](std::uint32_t known) {
    scramble(frame, known, out);
    return fits(out);
  });
}

// Behind the mark: the total, then, both not in all telegrams, that of the end of the last month and its date.
constexpr std::size_t kPriosTotal = 1;
constexpr std::size_t kPriosMonth = 5;
constexpr std::size_t kPriosDate = 9;
constexpr std::size_t kPriosEnd = 11;

bool is_no_date(core::ByteView bytes) { return bytes[0] == bytes[1] && (bytes[0] == 0x00 || bytes[0] == 0xFF); }

// What no such meter can show: its counter has six digits of cubic metres (and so many of heat), and since the end of
// the last month (0: the module is not so old) not even the largest have let through more than a tenth of that.
constexpr std::uint32_t kMostLitres = 1'000'000'000;
constexpr std::uint32_t kMostInMonth = 100'000'000;

bool is_prios(core::ByteView bytes) {
  if (bytes[0] != kPriosMark) return false;
  const std::uint32_t total = little_endian(bytes.subspan(kPriosTotal, 4));
  if (total >= kMostLitres) return false;
  if (bytes.size() >= kPriosDate) {
    const std::uint32_t month = little_endian(bytes.subspan(kPriosMonth, 4));
    if (month > total || (month != 0 && total - month > kMostInMonth)) return false;
  }
  if (bytes.size() < kPriosEnd) return true;
  const core::ByteView date = bytes.subspan(kPriosDate, 2);
  return is_no_date(date) || mbus::time_g(date).has_value();
}

// Litres, and kilowatt hours of heat meters.
void say_count(bool heat, std::uint32_t count, std::uint64_t storage, MakerReadings& out) {
  if (!heat) return out.volume(count / 1000.0, storage);
  out.number({mbus::channel_name("energy", storage, 0, 0), core::Quantity::energy}, count);
}

std::string no_key(std::string_view what, const Key* key) {
  if (key != nullptr) return "wrong key";
  return "scrambled (" + std::string(what) + "), and no known key fits";
}

}  // namespace

bool is_diehl(std::uint16_t maker) {
  return std::find(kMakers.begin(), kMakers.end(), maker & 0x7FFFU) != kMakers.end();
}

const Key& diehl_factory_key() {
  static constexpr Key kKey{0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8,
                            0x51, 0x72, 0x89, 0x10, 0xE6, 0x6D, 0x83, 0xF8};
  return kKey;
}

bool is_real_data(const Link& link) {
  constexpr std::size_t kHigh = kConfigHigh - kCi;
  return is_diehl(link.sender.maker) && link.rest[0] == kShortHeader && link.rest.size() > kHigh &&
         (link.rest[kHigh] & kReservedModes) != 0;
}

mbus::Identity diehl_identity(const Link& link) {
  mbus::Identity identity = link.sender;
  const std::uint8_t ci = link.rest[0];
  const bool prios = is_diehl(identity.maker) && ci >= kFirstPrios && ci <= kLastPrios;
  if (!prios && !is_real_data(link)) return identity;
  if (prios && identity.maker == kSappel) {
    identity.version = 0;  // these eight bits, and the medium's, are part of the printed number
    identity.medium = kWater;
    return identity;
  }
  identity.version = static_cast<std::uint8_t>(link.sender.id & 0xFFU);
  identity.medium = static_cast<std::uint8_t>(link.sender.id >> 8 & 0xFFU);
  identity.id = link.sender.id >> 16 | static_cast<std::uint32_t>(link.sender.version) << 16 |
                static_cast<std::uint32_t>(link.sender.medium) << 24;
  return identity;
}

bool read_prios(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  constexpr std::size_t kShortest = kScrambled + kPriosMonth;
  // The scrambler begins with bytes of the header, whose places are known only where the link layer is in front of it.
  if (frame.payload.data() != frame.frame.data() + kStatus) {
    why = "not understood: PRIOS behind another layer than the link layer";
    return false;
  }
  if (frame.frame.size() < kShortest) {
    why = "PRIOS telegram is cut short";
    return false;
  }
  core::Bytes text;
  if (!descramble(frame.frame, frame.key, text, [](const core::Bytes& bytes) { return is_prios(bytes); })) {
    why = no_key("PRIOS", frame.key);
    return false;
  }
  const core::ByteView bytes = text;
  const std::uint8_t medium = diehl_identity(link_of(frame.frame)).medium;
  const bool heat = std::find(kHeatMedia.begin(), kHeatMedia.end(), medium) != kHeatMedia.end();
  say_count(heat, little_endian(bytes.subspan(kPriosTotal, 4)), 0, out);
  if (bytes.size() >= kPriosDate) say_count(heat, little_endian(bytes.subspan(kPriosMonth, 4)), 1, out);
  if (bytes.size() >= kPriosEnd) out.time("meter_date", mbus::time_g(bytes.subspan(kPriosDate, 2)), 1);
  out.number({"battery_time_left", core::Quantity::duration}, (frame.frame[kStatus + 1] & 0x1FU) * kHoursOfHalfYear);
  const std::uint32_t status = little_endian(frame.frame.subspan(kStatus, 3));
  for (const MakerFlag& alarm : kAlarms) out.flag(alarm.name, (status & alarm.mask) != 0);
  return true;
}

bool open_real_data(core::ByteView frame, const Key* key, core::Bytes& plain, std::string& why) {
  why = "nothing behind the header";
  if (frame.size() <= kScrambled) return false;
  mbus::Records records;
  const auto fits = [&](const core::Bytes& bytes) {
    unsigned sum = 0;
    for (const std::uint8_t byte : bytes) sum += byte;
    return (sum & kSumMask) == (frame[kConfigHigh] & kSumMask) && mbus::read_records(bytes, records) &&
           are_known(records);
  };
  plain.assign(frame.begin() + kScrambled, frame.end());
  if (!fits(plain) && !descramble(frame, key, plain, fits)) {
    why = no_key("real data of Diehl", key);
    return false;
  }
  why.clear();
  return true;
}

}  // namespace afferent::drivers::wmbus
