#include "drivers/mbus/record_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "drivers/common/bcd.h"
#include "drivers/common/mbus_meaning.h"
#include "drivers/common/mbus_status.h"
#include "drivers/common/mbus_time.h"

namespace afferent::drivers::mbus {
namespace {

struct Row {
  std::string_view channel;
  std::array<std::uint8_t, 5> head;  // DIF to VIFE
  std::size_t head_size;
  int exponent;  // of the raw value, in the channel's unit
};

constexpr std::array kRows{
    Row{"volume", {0x0C, 0x13}, 2, -3},
    Row{"volume@1", {0x4C, 0x13}, 2, -3},
    Row{"volume_reverse", {0x0C, 0x93, 0x3C}, 3, -3},
    Row{"volume#1", {0x8C, 0x10, 0x13}, 3, -3},
    Row{"energy", {0x0C, 0x05}, 2, -1},
    Row{"energy@1", {0x4C, 0x05}, 2, -1},
    Row{"flow", {0x0B, 0x3B}, 2, -3},
    Row{"power", {0x0B, 0x2B}, 2, -3},
    Row{"supply_temperature", {0x02, 0x59}, 2, -2},
    Row{"return_temperature", {0x02, 0x5D}, 2, -2},
    Row{"temperature", {0x02, 0x65}, 2, -2},
    Row{"humidity", {0x02, 0xFB, 0x1A}, 3, -1},
    Row{"pressure", {0x04, 0x68}, 2, -1},
    Row{"voltage", {0x02, 0xFD, 0x48}, 3, -1},
    Row{"current", {0x04, 0xFD, 0x59}, 3, -3},
    Row{"operating_time", {0x04, 0x26}, 2, 0},
    Row{"battery_time_left", {0x02, 0xFD, 0x74}, 3, 0},
    Row{"error_flags", {0x02, 0xFD, 0x17}, 3, 0},
    Row{"meter_date@1", {0x42, 0x6C}, 2, 0},
    Row{"meter_time", {0x04, 0x6D}, 2, 0},
};

// The finest digits of the meter to its largest number of them.
struct Range {
  double least;
  double most;
};

Range range_of(std::uint8_t coding) {
  const std::size_t size = data_size(coding);
  if (coding >= 0x9) return {0, std::pow(10.0, static_cast<double>(2 * size)) - 1};
  const double half = std::ldexp(1.0, static_cast<int>(8 * size) - 1);
  return {-half + 1, half - 1};
}

void append(core::Bytes& bytes, std::int64_t raw, std::uint8_t coding) {
  const std::size_t size = data_size(coding);
  const std::uint64_t packed = coding >= 0x9 ? to_bcd(static_cast<std::uint64_t>(raw), static_cast<unsigned>(2 * size))
                                             : static_cast<std::uint64_t>(raw);
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(packed >> (8 * i)));
}

WrittenRecord time_record(WrittenRecord record, std::uint8_t coding, double truth) {
  constexpr double kFirst = 946684800.0;  // 2000-01-01
  constexpr double kLast = 4102444799.0;  // 2099-12-31
  const double step = coding == 0x2 ? 86400.0 : 60.0;
  const double seconds = std::floor(std::clamp(truth, kFirst, kLast) / step) * step;
  const auto whole = static_cast<std::int64_t>(seconds);
  const core::Bytes bytes = coding == 0x2 ? bytes_g(whole) : bytes_f(whole);
  record.bytes.insert(record.bytes.end(), bytes.begin(), bytes.end());
  record.value = seconds;
  return record;
}

WrittenRecord record_of(const Row& row, double truth) {
  const std::uint8_t coding = row.head[0] & 0x0FU;
  WrittenRecord record{core::Bytes(row.head.begin(), row.head.begin() + row.head_size), std::string(row.channel), 0.0};
  if (row.channel.starts_with("meter_")) return time_record(std::move(record), coding, truth);
  const bool days = row.channel == "battery_time_left";
  const Range range = range_of(coding);
  const double raw =
      std::clamp(std::round(scaled(truth, {1, -row.exponent, days ? 24.0 : 1.0})), range.least, range.most);
  append(record.bytes, static_cast<std::int64_t>(raw), coding);
  record.value = scaled(raw, {days ? 24.0 : 1.0, row.exponent, 1});
  return record;
}

// As the driver would name them; flags are the header's.
std::vector<core::ChannelSpec> make_channels() {
  std::vector<core::ChannelSpec> channels;
  for (const Row& row : kRows) {
    core::Bytes bytes(row.head.begin(), row.head.begin() + row.head_size);
    bytes.resize(bytes.size() + data_size(row.head[0] & 0x0FU));
    Records records;
    if (!read_records(bytes, records)) continue;
    if (const auto meaning = meaning_of(records.list.front())) channels.push_back(meaning->channel);
  }
  for (const StatusFlag& flag : status_flags()) {
    channels.push_back({std::string(flag.channel), core::Quantity::boolean});
  }
  return channels;
}

}  // namespace

std::span<const core::ChannelSpec> written_channels() {
  static const std::vector<core::ChannelSpec> kChannels = make_channels();
  return kChannels;
}

std::vector<WrittenRecord> write_records(const Truth& now) {
  std::vector<WrittenRecord> records;
  for (const Row& row : kRows) {
    const auto truth = now.numbers.find(row.channel);
    if (truth != now.numbers.end() && std::isfinite(truth->second)) records.push_back(record_of(row, truth->second));
  }
  return records;
}

}  // namespace afferent::drivers::mbus
