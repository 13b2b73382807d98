#include "drivers/common/mbus_records.h"

#include <algorithm>
#include <array>
#include <optional>

namespace afferent::drivers::mbus {
namespace {

using core::ByteView;

constexpr std::uint8_t kMore = 0x80;
constexpr std::size_t kMostExtensions = 10;  // DIFE as well as VIFE, EN 13757-3 clause 6.3.1
constexpr std::uint8_t kVariable = 0xD;
constexpr std::uint8_t kSpecial = 0xF;

constexpr std::array<std::uint8_t, 16> kSizes{0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};

// In ISO 8859-1.
bool is_printable(std::uint8_t character) { return (character >= 0x20 && character < 0x7F) || character >= 0xA0; }

// Reads one head after the other; `at` never passes the end.
class Heads {
 public:
  Heads(ByteView bytes, Records& out) : bytes_(bytes), out_(out) {}

  bool read(Record& record) {
    const std::size_t start = at_;
    if (!dif(record) || !vif(record)) return false;
    record.head = bytes_.subspan(start, at_ - start);
    return true;
  }

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  std::uint8_t peek() const { return bytes_[at_]; }
  ByteView take(std::size_t count) {
    const ByteView taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }
  bool fail(std::string_view why) {
    out_.trouble = why;
    out_.trouble_at = at_;
    return false;
  }

 private:
  bool dif(Record& record) {
    std::uint8_t byte = bytes_[at_++];
    record.coding = byte & 0xFU;
    record.function = static_cast<Function>(byte >> 4 & 3U);
    record.storage = byte >> 6 & 1U;
    for (unsigned count = 0; (byte & kMore) != 0; ++count) {
      if (count == kMostExtensions) return fail("more than 10 DIFEs");
      if (left() == 0) return fail("ends within a DIF");
      byte = bytes_[at_++];
      record.storage |= static_cast<std::uint64_t>(byte & 0xFU) << (1 + 4 * count);
      record.tariff |= static_cast<std::uint32_t>(byte >> 4 & 3U) << (2 * count);
      record.subunit |= static_cast<std::uint32_t>(byte >> 6 & 1U) << count;
    }
    return true;
  }

  bool vif(Record& record) {
    if (left() == 0) return fail("ends before the VIF");
    std::uint8_t byte = bytes_[at_++];
    record.vif = byte & 0x7FU;
    record.table = table_of(byte);
    if (record.table == VifTable::text) return text(byte, record);
    if (record.table == VifTable::fb || record.table == VifTable::fd) {
      if (left() == 0) return fail("ends within a VIF");
      byte = bytes_[at_++];
      record.vif = byte & 0x7FU;
    }
    return vifes(byte, record);
  }

  // `byte`: what they follow.
  bool vifes(std::uint8_t byte, Record& record) {
    const std::size_t start = at_;
    for (unsigned count = 0; (byte & kMore) != 0; ++count) {
      if (count == kMostExtensions) return fail("more than 10 VIFEs");
      if (left() == 0) return fail("ends within a VIF");
      byte = bytes_[at_++];
    }
    record.vifes = bytes_.subspan(start, at_ - start);
    return true;
  }

  // A unit in letters stands in front of the VIFEs or, with some meters, behind them.
  bool text(std::uint8_t byte, Record& record) {
    const std::size_t start = at_;
    if ((byte & kMore) != 0 && !unit_is_here()) {
      if (vifes(byte, record) && unit_is_here()) return unit(record);
      at_ = start;
      out_.trouble = {};
    }
    return unit(record) && vifes(byte, record);
  }

  bool unit_is_here() const {
    if (left() == 0 || bytes_[at_] >= left()) return false;
    const ByteView letters = bytes_.subspan(at_ + 1, bytes_[at_]);
    return std::all_of(letters.begin(), letters.end(), is_printable);
  }

  bool unit(Record& record) {
    if (left() == 0) return fail("ends before the unit's length");
    const std::size_t length = bytes_[at_];
    if (length >= left()) return fail("unit is longer than the telegram");
    ++at_;
    record.unit = take(length);
    return true;
  }

  static VifTable table_of(std::uint8_t byte) {
    switch (byte) {
      case 0xFB: return VifTable::fb;
      case 0xFD: return VifTable::fd;
      case 0x7C:
      case 0xFC: return VifTable::text;
      case 0x7E:
      case 0xFE: return VifTable::any;
      case 0x7F:
      case 0xFF: return VifTable::maker;
      case 0x7B:
      case 0x7D:
      case 0x6F:
      case 0xEF: return VifTable::reserved;
      default: return VifTable::primary;
    }
  }

  ByteView bytes_;
  Records& out_;
  std::size_t at_ = 0;
};

// Length of what follows an LVAR byte; nothing for the reserved ones.
std::optional<std::size_t> variable_size(std::uint8_t lvar) {
  if (lvar < 0xC0) return lvar;
  if (lvar <= 0xC9) return lvar - 0xC0U;
  if (lvar >= 0xD0 && lvar <= 0xD9) return lvar - 0xD0U;
  if (lvar >= 0xE0 && lvar <= 0xEF) return lvar - 0xE0U;
  if (lvar >= 0xF0 && lvar <= 0xF4) return 4 * (lvar - 0xECU);
  if (lvar == 0xF5) return 48;
  if (lvar == 0xF6) return 64;
  return std::nullopt;
}

// True while records follow: fillers are behind us and no special DIF ends the list.
bool more_records(Heads& heads, Records& out, bool& failed) {
  while (heads.left() > 0) {
    const std::uint8_t dif = heads.peek();
    if ((dif & 0xFU) != kSpecial) return true;
    switch (dif) {
      case 0x0F:
      case 0x1F:
        out.more_follows = dif == 0x1F;
        heads.take(1);
        out.maker_data = heads.take(heads.left());
        return false;
      case 0x2F:
      case 0x7F: heads.take(1); continue;
      default: failed = !heads.fail("reserved DIF"); return false;
    }
  }
  return false;
}

// Takes the data of `record` from `values`, which are the heads themselves in a telegram that is not compact.
bool read_data(Record& record, Heads& values) {
  std::size_t size = kSizes[record.coding];
  if (record.coding == kVariable) {
    if (values.left() == 0) return values.fail("ends before a variable length");
    record.lvar = values.peek();
    const auto variable = variable_size(record.lvar);
    if (!variable) return values.fail("reserved variable length");
    values.take(1);
    size = *variable;
  }
  if (size > values.left()) return values.fail("ends within a value");
  record.data = values.take(size);
  record.raw = read_raw(record.coding, record.lvar, record.data);
  return true;
}

bool read(Heads& heads, Heads& values, Records& out) {
  bool failed = false;
  while (more_records(heads, out, failed)) {
    Record& record = out.list.emplace_back();
    if (!heads.read(record) || !read_data(record, values)) {
      out.list.pop_back();
      return false;
    }
  }
  return !failed;
}

}  // namespace

void Records::clear() {
  list.clear();
  maker_data = {};
  more_follows = false;
  trouble = {};
  trouble_at = 0;
}

std::size_t data_size(std::uint8_t coding) { return kSizes[coding & 0xFU]; }

bool read_records(ByteView payload, Records& out) {
  out.clear();
  Heads heads(payload, out);
  return read(heads, heads, out);
}

bool read_records(ByteView format, ByteView data, Records& out) {
  out.clear();
  Heads heads(format, out);
  Heads values(data, out);
  if (!read(heads, values, out)) return false;
  while (values.left() > 0) {
    if (values.take(1)[0] != 0x2F) return values.fail("more values than the format has");
  }
  return true;
}

void append_format(const Records& records, core::Bytes& out) {
  for (const Record& record : records.list) out.insert(out.end(), record.head.begin(), record.head.end());
}

std::string reversed_text(ByteView bytes) {
  std::string text;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    const std::uint8_t character = bytes[i];
    if (!is_printable(character)) continue;
    if (character < 0x80) {
      text.push_back(static_cast<char>(character));
    } else {
      text.push_back(static_cast<char>(0xC0 | character >> 6));
      text.push_back(static_cast<char>(0x80 | (character & 0x3F)));
    }
  }
  return text;
}

}  // namespace afferent::drivers::mbus
