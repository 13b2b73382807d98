#include "drivers/cjt188/frame.h"

#include <algorithm>
#include <numeric>

#include "drivers/common/numbers.h"

namespace afferent::drivers::cjt188 {
namespace {

constexpr std::uint8_t kStart = 0x68;
constexpr std::uint8_t kEnd = 0x16;
constexpr std::uint8_t kPreamble = 0xFE;
constexpr std::size_t kOverhead = 13;  // all but DATA
constexpr std::size_t kLengthAt = 10;

std::uint8_t sum(core::ByteView bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U));
}

// Of a whole frame: of all in front of its checksum.
std::uint8_t sum_of(core::ByteView frame) { return sum(frame.first(frame.size() - 2)); }

// 10-19 water, 20-29 heat, 30-39 gas, 40-49 others; AA where the master does not know.
bool is_type(std::uint8_t type) { return (type >= 0x10 && type <= 0x49) || type == kAnyByte; }

bool is_high_byte(std::uint8_t byte) {
  return byte == 0x81 || byte == 0x90 || byte == 0x91 || byte == 0xA0 || (byte >= 0xD0 && byte <= 0xDF);
}

}  // namespace

std::string text_of(const Address& address) {
  const core::Bytes reversed(address.rbegin(), address.rend());
  return core::to_hex(reversed);
}

std::optional<Address> address_from(std::string_view text) {
  if (text.size() != 14) return std::nullopt;
  const auto bytes = core::from_hex(text);
  if (!bytes || bytes->size() != 7) return std::nullopt;
  Address address{};
  std::copy(bytes->rbegin(), bytes->rend(), address.begin());
  return address;
}

bool matches(const Address& pattern, const Address& address) {
  return std::equal(pattern.begin(), pattern.end(), address.begin(),
                    [](std::uint8_t wanted, std::uint8_t byte) { return wanted == kAnyByte || wanted == byte; });
}

std::string_view name_of(Function function) {
  switch (function) {
    case Function::read_data: return "read data";
    case Function::read_address: return "read address";
    case Function::write_data: return "write data";
    case Function::read_key_version: return "read key version";
    case Function::write_address: return "write address";
    case Function::set_reading: return "set reading";
  }
  return "function of the vendor";
}

core::Bytes encode(const Frame& frame, std::size_t preamble) {
  core::Bytes bytes(preamble, kPreamble);
  bytes.reserve(preamble + kOverhead + frame.data.size());
  bytes.push_back(kStart);
  bytes.push_back(frame.type);
  bytes.insert(bytes.end(), frame.address.begin(), frame.address.end());
  bytes.push_back(frame.control);
  bytes.push_back(static_cast<std::uint8_t>(frame.data.size()));
  bytes.insert(bytes.end(), frame.data.begin(), frame.data.end());
  bytes.push_back(sum(core::ByteView(bytes).subspan(preamble)));
  bytes.push_back(kEnd);
  return bytes;
}

std::optional<DataId> data_id(core::ByteView data) {
  if (data.size() < 2) return std::nullopt;
  const auto joined = [](std::uint8_t high, std::uint8_t low) { return static_cast<std::uint16_t>(high << 8 | low); };
  if (is_high_byte(data[0])) return DataId{joined(data[0], data[1]), DiOrder::high_first};
  if (is_high_byte(data[1])) return DataId{joined(data[1], data[0]), DiOrder::low_first};
  return std::nullopt;
}

void append_data_id(core::Bytes& data, const DataId& id) {
  const auto high = static_cast<std::uint8_t>(id.id >> 8);
  const auto low = static_cast<std::uint8_t>(id.id & 0xFF);
  const bool high_first = id.order == DiOrder::high_first;
  data.push_back(high_first ? high : low);
  data.push_back(high_first ? low : high);
}

bool Syntax::whole(core::ByteView bytes) { return bytes.back() == kEnd && bytes[bytes.size() - 2] == sum_of(bytes); }

std::optional<Found> Syntax::judge(core::ByteView bytes) {
  const std::uint8_t expected = sum_of(bytes);
  const bool sum_right = bytes[bytes.size() - 2] == expected;
  const bool end_right = bytes.back() == kEnd;
  if (!sum_right && !end_right) return std::nullopt;
  Found found;
  found.raw.assign(bytes.begin(), bytes.end());
  if (!sum_right) {
    found.why = "checksum is " + hex(bytes[bytes.size() - 2]) + ", should be " + hex(expected);
  } else if (!end_right) {
    found.why = "end is " + hex(bytes.back()) + ", should be 16";
  } else {
    Frame frame{bytes[1], {}, bytes[9], {}};
    std::copy_n(bytes.begin() + 2, frame.address.size(), frame.address.begin());
    frame.data.assign(bytes.begin() + 11, bytes.end() - 2);
    found.frame = std::move(frame);
  }
  return found;
}

bool Syntax::plausible(core::ByteView bytes) {
  if (bytes[0] != kStart) return false;
  if (bytes.size() > 1 && !is_type(bytes[1])) return false;
  return bytes.size() <= 9 || (bytes[9] & 0x1FU) != 0;
}

std::optional<std::size_t> Syntax::length(core::ByteView bytes) {
  if (bytes.size() <= kLengthAt) return std::nullopt;
  return kOverhead + bytes[kLengthAt];
}

bool is_idle(core::ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t byte) { return byte == kPreamble || byte == 0xFF || byte == 0x00; });
}

}  // namespace afferent::drivers::cjt188
