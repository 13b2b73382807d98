#include "drivers/wmbus/simulated.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "drivers/common/bcd.h"
#include "drivers/common/mbus_status.h"
#include "drivers/common/mbus_time.h"
#include "drivers/common/numbers.h"
#include "drivers/wmbus/crypto.h"
#include "drivers/wmbus/link.h"
#include "drivers/wmbus/options.h"
#include "drivers/wmbus/wrapping.h"

namespace afferent::drivers::wmbus {
namespace {

using core::Bytes;
using core::Quantity;

constexpr std::uint16_t kMaker = 0x04D2;  // AFR
constexpr std::uint8_t kWater = 0x07;
constexpr std::uint8_t kVersion = 0x01;
constexpr std::size_t kBlockSize = 16;
constexpr std::size_t kMostBlocks = 13;  // that fit a telegram
constexpr double kUsualRssi = -75.0;
constexpr double kFirstTime = 946'684'800;  // 2000-01-01: what a meter's clock can say
constexpr double kLastTime = 4'102'444'799;

enum class Coding : std::uint8_t { decimals, integer, date, time };

// What the meter can show: a record each, in this order.
struct Shown {
  std::string_view channel;
  Quantity quantity;
  std::array<std::uint8_t, 3> head;
  std::size_t head_size;
  Coding coding;
  std::size_t size;
  int exponent;  // value = digits * 10^exponent
};

constexpr std::array kShown{
    Shown{"volume", Quantity::volume, {0x0C, 0x13}, 2, Coding::decimals, 4, -3},
    Shown{"volume_reverse", Quantity::volume, {0x0C, 0x93, 0x3C}, 3, Coding::decimals, 4, -3},
    Shown{"volume@1", Quantity::volume, {0x4C, 0x13}, 2, Coding::decimals, 4, -3},
    Shown{"meter_date@1", Quantity::time, {0x42, 0x6C}, 2, Coding::date, 2, 0},
    Shown{"energy", Quantity::energy, {0x0C, 0x06}, 2, Coding::decimals, 4, 0},
    Shown{"power", Quantity::power, {0x02, 0x2D}, 2, Coding::integer, 2, -1},
    Shown{"flow", Quantity::flow, {0x02, 0x3B}, 2, Coding::integer, 2, -3},
    Shown{"supply_temperature", Quantity::temperature, {0x02, 0x5A}, 2, Coding::integer, 2, -1},
    Shown{"return_temperature", Quantity::temperature, {0x02, 0x5E}, 2, Coding::integer, 2, -1},
    Shown{"meter_time", Quantity::time, {0x04, 0x6D}, 2, Coding::time, 4, 0},
};

const std::vector<core::ChannelSpec>& channel_table() {
  static const std::vector<core::ChannelSpec> kChannels = [] {
    std::vector<core::ChannelSpec> channels;
    for (const Shown& shown : kShown) channels.push_back({std::string(shown.channel), shown.quantity});
    for (const mbus::StatusFlag& flag : mbus::status_flags()) {
      channels.push_back({std::string(flag.channel), Quantity::boolean});
    }
    channels.push_back({"rssi", Quantity::signal});
    return channels;
  }();
  return kChannels;
}

// The record's data; `value` becomes what it carries.
Bytes data_of(const Shown& shown, double& value) {
  if (shown.coding == Coding::date || shown.coding == Coding::time) {
    const std::int64_t unit = shown.coding == Coding::date ? 86400 : 60;
    const auto seconds = static_cast<std::int64_t>(std::clamp(value, kFirstTime, kLastTime)) / unit * unit;
    value = static_cast<double>(seconds);
    return shown.coding == Coding::date ? mbus::bytes_g(seconds) : mbus::bytes_f(seconds);
  }
  const double scale = power_of_ten(-shown.exponent);
  const bool decimals = shown.coding == Coding::decimals;
  const double digits = decimals ? std::clamp(std::round(value * scale), 0.0, 99'999'999.0)
                                 : std::clamp(std::round(value * scale), -32'000.0, 32'000.0);
  value = digits / scale;
  const auto whole = static_cast<std::int64_t>(digits);
  const auto bits = decimals ? to_bcd(static_cast<std::uint64_t>(whole), 8) : static_cast<std::uint64_t>(whole);
  Bytes bytes;
  for (std::size_t byte = 0; byte < shown.size; ++byte) bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * byte)));
  return bytes;
}

class SimulatedMeter final : public SimulatedDevice {
 public:
  SimulatedMeter(Settings settings, mbus::Identity identity)
      : settings_(std::move(settings)), identity_(identity), meter_(settings_.meters.front()) {
    const Key* key = meter_.keys ? meter_.keys->find(identity_.id) : nullptr;
    if (key != nullptr) key_ = *key;
  }

  core::Bytes answer(core::ByteView /*request*/, const Truth& /*now*/, Truth& /*served*/) override { return {}; }
  std::span<const core::ChannelSpec> channels() const override { return channel_table(); }

  core::Bytes push(const Occasion& occasion, const Truth& now, Truth& served) override {
    const auto access = static_cast<std::uint8_t>(occasion.number);
    const Bytes text = records(now, served);
    Bytes frame{0, 0x44};
    const auto address = link_bytes(identity_);
    frame.insert(frame.end(), address.begin(), address.end());
    frame.insert(frame.end(), {0x7A, access, status(now, served)});
    seal(access, text, frame);
    frame[0] = static_cast<std::uint8_t>(frame.size() - 1);
    const auto rssi = now.numbers.find("rssi");
    Wrapped wrapping = wrapped(settings_.source, frame, rssi != now.numbers.end() ? rssi->second : kUsualRssi);
    if (wrapping.rssi) served.numbers["rssi"] = *wrapping.rssi;
    return std::move(wrapping.bytes);
  }

 private:
  static Bytes records(const Truth& now, Truth& served) {
    Bytes bytes{0x2F, 0x2F};
    for (const Shown& shown : kShown) {
      const auto truth = now.numbers.find(shown.channel);
      if (truth == now.numbers.end() || !std::isfinite(truth->second)) continue;
      double value = truth->second;
      const Bytes data = data_of(shown, value);
      bytes.insert(bytes.end(), shown.head.begin(), shown.head.begin() + static_cast<std::ptrdiff_t>(shown.head_size));
      bytes.insert(bytes.end(), data.begin(), data.end());
      served.numbers[std::string(shown.channel)] = value;
    }
    while (bytes.size() % kBlockSize != 0) bytes.push_back(0x2F);
    return bytes;
  }

  static std::uint8_t status(const Truth& now, Truth& served) {
    std::uint8_t bits = 0;
    for (const mbus::StatusFlag& flag : mbus::status_flags()) {
      const auto truth = now.numbers.find(flag.channel);
      if (truth != now.numbers.end() && truth->second != 0.0) bits = static_cast<std::uint8_t>(bits | flag.value);
    }
    for (const mbus::StatusFlag& flag : mbus::status_flags()) {
      served.numbers[std::string(flag.channel)] = (bits & flag.mask) == flag.value ? 1.0 : 0.0;
    }
    return bits;
  }

  // The configuration field and the text behind it, encrypted where there is a key.
  void seal(std::uint8_t access, const Bytes& text, Bytes& frame) const {
    const std::size_t blocks = std::min(text.size() / kBlockSize, kMostBlocks);
    frame.push_back(static_cast<std::uint8_t>(key_ ? blocks << 4 : 0));
    frame.push_back(key_ ? 0x05 : 0x00);
    Bytes sealed(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(blocks * kBlockSize));
    if (key_) {
      Block iv{};
      iv.fill(access);
      const auto address = link_bytes(identity_);
      std::copy(address.begin(), address.end(), iv.begin());
      encrypt_cbc_once(*key_, iv, text, sealed.data());
    }
    frame.insert(frame.end(), sealed.begin(), sealed.end());
  }

  const Settings settings_;
  const mbus::Identity identity_;
  const MeterSettings& meter_;
  std::optional<Key> key_;
};

}  // namespace

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from({{device}});
  if (!settings) return std::move(settings).error();
  const MeterSettings& meter = settings->meters.front();
  if (!meter.address) return core::Error(core::ErrorCode::bad_config, "address: missing; expected eight digits");
  const mbus::Identity identity{*meter.address, meter.maker.value_or(kMaker), meter.version.value_or(kVersion),
                                meter.type.value_or(kWater)};
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedMeter>(std::move(*settings), identity));
}

}  // namespace afferent::drivers::wmbus
