#include "drivers/wmbus/maker_qundis.h"

#include <algorithm>
#include <array>

#include "drivers/common/mbus_meaning.h"
#include "drivers/wmbus/crypto.h"

namespace afferent::drivers::wmbus {
namespace {

using core::ByteView;

// The block.
constexpr std::size_t kSize = 53;
constexpr std::size_t kCount = 2;
constexpr std::size_t kSecured = 4;  // 00: plain, 35: all behind it is encrypted
constexpr std::size_t kText = 5;
constexpr std::size_t kMark = 7;
constexpr std::size_t kMeter = 8;  // which meter it is
constexpr std::size_t kVif = 9;
constexpr std::size_t kTotal = 12;
constexpr std::size_t kSettlementDay = 16;
constexpr std::size_t kSettlement = 18;
constexpr std::size_t kMonthDay = 22;
constexpr std::size_t kMonth = 24;
constexpr std::size_t kDifferences = 28;
constexpr std::size_t kMonths = 12;

constexpr std::uint8_t kEncrypted = 0x35;
constexpr std::size_t kEncryptedSize = kSize - kText;

// Storage 1 is the settlement day, 17 the end of the last month: so these meters call them in their standard telegrams.
constexpr std::array<std::uint8_t, 2> kSettlementDate{0x42, 0x6C};
constexpr std::array<std::uint8_t, 3> kMonthDate{0xC2, 0x08, 0x6C};
constexpr unsigned kFirstDifference = 18;
constexpr std::uint32_t kNoDifference = 0x8000;
constexpr std::uint8_t kUnits = 0x6E;  // the VIF of heat cost units

struct MeterRow {
  std::uint8_t code;
  std::uint8_t first_vif;
  std::uint8_t last_vif;
};
constexpr std::array kMeters{
    MeterRow{0xB0, kUnits, kUnits},  // heat cost allocator
    MeterRow{0xC0, 0x00, 0x0F},      // heat
    MeterRow{0xC1, 0x10, 0x17},      // water
};

const mbus::Record* block_record(const mbus::Records& records) {
  const auto found = std::find_if(records.list.begin(), records.list.end(), [](const mbus::Record& record) {
    return record.table == mbus::VifTable::maker && record.vifes.size() == 1 && record.vifes[0] == 0x5F;
  });
  return found == records.list.end() ? nullptr : &*found;
}

void append(core::Bytes& bytes, ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

// The key of the meter's other telegrams, and the block's counter for the access number.
bool open(const MakerFrame& frame, ByteView block, core::Bytes& plain) {
  Block iv{};
  std::copy_n(frame.frame.begin() + 2, 8, iv.begin());
  std::fill(iv.begin() + 8, iv.end(), block[kCount]);
  plain.assign(block.begin(), block.end());
  return decrypt_cbc_once(*frame.key, iv, block.subspan(kText, kEncryptedSize), plain.data() + kText);
}

bool known(ByteView block) {
  const bool meter = std::any_of(kMeters.begin(), kMeters.end(), [block](const MeterRow& row) {
    return row.code == block[kMeter] && block[kVif] >= row.first_vif && block[kVif] <= row.last_vif;
  });
  return meter && block[kMark] == 0x07;
}

bool is_decimal(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t byte) { return byte >> 4 <= 9 && (byte & 0xFU) <= 9; });
}

// Differences between months as the maker's values of "delta" (VIFE FC 0C).
void append_difference(unsigned storage, ByteView block, ByteView word, core::Bytes& records) {
  const std::array<std::uint8_t, 5> head{static_cast<std::uint8_t>(0x82U | (storage & 1U) << 6),
                                         static_cast<std::uint8_t>(storage >> 1),
                                         static_cast<std::uint8_t>(block[kVif] | 0x80U), 0xFC, 0x0C};
  append(records, head);
  append(records, word);
}

// Units are counts, which records have no sign for, but their differences have one.
void say_differences(ByteView block, MakerReadings& out) {
  for (unsigned month = 0; month < kMonths; ++month) {
    const unsigned storage = kFirstDifference + month;
    const ByteView word = block.subspan(kDifferences + std::size_t{2} * month, 2);
    const std::uint32_t bits = little_endian(word);
    if (bits == kNoDifference) continue;
    if (block[kVif] == kUnits) {
      out.number({mbus::channel_name("heat_cost_units_delta", storage, 0, 0)}, static_cast<std::int16_t>(bits));
    } else {
      append_difference(storage, block, word, out.records());
    }
  }
}

void append_records(ByteView block, core::Bytes& records) {
  const std::uint8_t vif = block[kVif];
  append(records, std::array<std::uint8_t, 2>{0x0C, vif});
  append(records, block.subspan(kTotal, 4));
  append(records, std::array<std::uint8_t, 2>{0x4C, vif});
  append(records, block.subspan(kSettlement, 4));
  append(records, kSettlementDate);
  append(records, block.subspan(kSettlementDay, 2));
  append(records, std::array<std::uint8_t, 3>{0xCC, 0x08, vif});
  append(records, block.subspan(kMonth, 4));
  append(records, kMonthDate);
  append(records, block.subspan(kMonthDay, 2));
}

}  // namespace

// Blocks of other sizes and layouts exist: they add nothing to the records around them.
bool read_qundis(const MakerFrame& frame, MakerReadings& out, std::string& why) {
  const mbus::Record* record = block_record(*frame.records);
  if (record == nullptr || record->data.size() != kSize) return true;
  ByteView block = record->data;
  core::Bytes plain;
  if (block[kSecured] == kEncrypted) {
    if (frame.key == nullptr) return true;
    why = "wrong key";
    if (!open(frame, block, plain) || !known(plain)) return false;
    block = plain;
  }
  if (!known(block) || !is_decimal(block.subspan(kTotal, 4))) return true;
  append_records(block, out.records());
  say_differences(block, out);
  return true;
}

}  // namespace afferent::drivers::wmbus
