#include "drivers/wmbus/compact.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "drivers/common/numbers.h"
#include "drivers/common/wmbus_crc.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::uint8_t kSavedVersion = 1;
constexpr std::uint8_t kVariable = 0xD;

// Of Kamstrup water and heat meters, which send many compact telegrams to a whole one, and of Engelmann water meters,
// which send nothing else.
constexpr std::array<std::string_view, 15> kKnown{
    "02FF2004134413615B6167",
    "02FF20041392013BA1015B8101E7FF0F",
    "02FF2004134413A1015B8101E7FF0F",
    "02FF2004134413615B5167",
    "02FF2004134413",
    "02FF200413523B",
    "04FF234413523B06FF1B426C61675167023B04138101E7FF0F",
    "04FF2304134413426C023B92013BA2013B06FF1BA1015B91015BA10167",
    "02FF2004134413426C523B615B616751678101E7FF0F06FF1B",
    "040504FB827504853C04FB82F53C01FD17",
    "030643060314426C022D01FF21",
    "030E430E0313426C022D01FF21",
    "040604FF0704FF080414043B0259025D04FF22026C44064414426C",
    "426C441301FD17840113C40113840213C40213840313C40313840413C40413840513C40513840613C40613840713C40713840813046D0413",
    "426C441301FD17840113C40113840213C40213840313C40313840413C40413840513C40513840613C40613840713C40713840813046D0413"
    "03FD0C02FD0B",
};

std::uint32_t type_of(const mbus::Identity& meter) {
  return static_cast<std::uint32_t>(meter.maker) << 16 | static_cast<std::uint32_t>(meter.version) << 8 | meter.medium;
}

void append_little_endian(core::Bytes& bytes, std::uint32_t value, unsigned count) {
  for (unsigned byte = 0; byte < count; ++byte) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * byte)));
}

}  // namespace

CompactFormats::CompactFormats() {
  for (const std::string_view known : kKnown) {
    const auto bytes = core::from_hex(known).value_or(core::Bytes());
    keep(0, crc16_en13757(bytes), bytes);
  }
  built_in_ = oldest_ = formats_.size();
}

void CompactFormats::learn(const mbus::Identity& meter, const mbus::Records& records) {
  if (records.list.empty() || !records.maker_data.empty()) return;
  scratch_.clear();
  mbus::append_format(records, scratch_);
  if (scratch_.size() <= kLongestFormat) keep(type_of(meter), crc16_en13757(scratch_), scratch_);
}

bool CompactFormats::learn(const mbus::Identity& meter, core::ByteView payload, std::string& why) {
  if (payload.size() < 3 || payload[0] < 2 || payload.size() - 1 < payload[0]) {
    why = "format frame is cut short";
    return false;
  }
  const auto signature = little_endian<std::uint16_t>(payload.subspan(1, 2));
  const core::ByteView bytes = payload.subspan(3, payload[0] - std::size_t{2});
  if (crc16_en13757(bytes) != signature) {
    why = "format frame: signature is " + hex(signature) + ", should be " + hex(crc16_en13757(bytes));
    return false;
  }
  if (bytes.size() <= kLongestFormat) keep(type_of(meter), signature, bytes);
  return true;
}

bool CompactFormats::expand(const mbus::Identity& meter, core::ByteView payload, mbus::Records& records,
                            std::string& why) {
  why = "compact frame is cut short";
  if (payload.size() < 4) return false;
  const auto signature = little_endian<std::uint16_t>(payload.first(2));
  const Format* format = find(type_of(meter), signature);
  why = "compact frame of a format that was not heard yet, signature " + hex(signature);
  if (format == nullptr) return false;
  if (!mbus::read_records(format->bytes, payload.subspan(4), records)) {
    why = "compact frame: " + std::string(records.trouble);
    return false;
  }
  scratch_.clear();
  for (const mbus::Record& record : records.list) {
    scratch_.insert(scratch_.end(), record.head.begin(), record.head.end());
    if (record.coding == kVariable) scratch_.push_back(record.lvar);
    scratch_.insert(scratch_.end(), record.data.begin(), record.data.end());
  }
  const auto is = little_endian<std::uint16_t>(payload.subspan(2, 2));
  const std::uint16_t should_be = crc16_en13757(scratch_);
  why = "compact frame: CRC is " + hex(is) + ", should be " + hex(should_be);
  return is == should_be;
}

void CompactFormats::keep(std::uint32_t type, std::uint16_t signature, core::ByteView bytes) {
  if (find(type, signature) != nullptr) return;
  Format format{type, signature, {bytes.begin(), bytes.end()}};
  if (formats_.size() < kMostFormats) {
    formats_.push_back(std::move(format));
    return;
  }
  formats_[oldest_] = std::move(format);
  if (++oldest_ == formats_.size()) oldest_ = built_in_;
}

const CompactFormats::Format* CompactFormats::find(std::uint32_t type, std::uint16_t signature) const {
  const auto found = std::find_if(formats_.begin(), formats_.end(), [&](const Format& format) {
    return format.signature == signature && (format.type == 0 || format.type == type);
  });
  return found == formats_.end() ? nullptr : &*found;
}

core::Bytes CompactFormats::save() const {
  core::Bytes saved{kSavedVersion};
  for (std::size_t at = built_in_; at < formats_.size(); ++at) {
    const Format& format = formats_[at];
    append_little_endian(saved, format.type, 4);
    saved.push_back(static_cast<std::uint8_t>(format.bytes.size()));
    saved.insert(saved.end(), format.bytes.begin(), format.bytes.end());
  }
  return saved;
}

core::Result<void> CompactFormats::restore(core::ByteView saved) {
  if (saved.empty()) return {};
  if (saved[0] != kSavedVersion) return core::Error(core::ErrorCode::bad_input, "formats of another version");
  saved = saved.subspan(1);
  while (!saved.empty()) {
    if (saved.size() < 5 || saved.size() - 5 < saved[4]) {
      return core::Error(core::ErrorCode::bad_input, "formats are cut short");
    }
    const std::uint32_t type = little_endian(saved.first(4));
    const core::ByteView bytes = saved.subspan(5, saved[4]);
    if (type != 0 && bytes.size() <= kLongestFormat) keep(type, crc16_en13757(bytes), bytes);
    saved = saved.subspan(5 + bytes.size());
  }
  return {};
}

}  // namespace afferent::drivers::wmbus
