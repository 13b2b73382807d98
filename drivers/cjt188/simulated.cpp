#include "drivers/cjt188/simulated.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "drivers/cjt188/channels.h"
#include "drivers/cjt188/clock.h"
#include "drivers/cjt188/digits.h"
#include "drivers/cjt188/frame.h"
#include "drivers/cjt188/options.h"

namespace afferent::drivers::cjt188 {
namespace {

using core::Bytes;
using core::ByteView;

constexpr std::uint8_t kCubicMetres = 0x2C;
constexpr std::uint8_t kKilowattHours = 0x05;
constexpr std::uint8_t kKilowatts = 0x17;
constexpr std::uint8_t kCubicMetresPerHour = 0x35;
constexpr std::uint8_t kAbsent = 0xFF;
constexpr std::size_t kHead = 3;  // DI and SER

// Puts what the meter would say behind the DI and SER of its answer.
class Writer {
 public:
  Writer(const Dialect& dialect, const Truth& now, Truth& served, Bytes& data)
      : dialect_(dialect), now_(now), served_(served), data_(data) {}

  // `count` bytes with `decimals` places; FF where the truth has no such value.
  void number(std::string_view name, std::size_t count, int decimals) {
    const auto truth = now_.numbers.find(name);
    if (truth == now_.numbers.end() || !std::isfinite(truth->second)) {
      data_.insert(data_.end(), count, kAbsent);
      return;
    }
    // One below all nines, which would say that the field is absent.
    const double most = power_of_ten(static_cast<int>(count) * 2) - 2.0;
    const double digits = std::clamp(std::round(truth->second * power_of_ten(decimals)), 0.0, most);
    append_number(data_, static_cast<std::uint64_t>(digits), count);
    served_.numbers[std::string(name)] = decimal(digits, -decimals);
  }

  void with_unit(std::string_view name, std::uint8_t unit, int decimals = 2) {
    const bool before = dialect_.unit == UnitOrder::before;
    if (before) data_.push_back(unit);
    number(name, 4, decimals);
    if (!before) data_.push_back(unit);
  }

  void clock() {
    const auto truth = now_.numbers.find("meter_time");
    if (truth == now_.numbers.end() || !(truth->second >= 0) || truth->second > 5.0e9) {
      data_.insert(data_.end(), 7, kAbsent);
      return;
    }
    const auto seconds = static_cast<std::int64_t>(truth->second);
    const Bytes bytes = clock_bytes(seconds, dialect_.clock);
    data_.insert(data_.end(), bytes.begin(), bytes.end());
    served_.numbers["meter_time"] = static_cast<double>(seconds);
  }

  void status(std::string_view valve) {
    const std::uint32_t mask = dialect_.valve_mask;
    std::uint32_t bits = 0;
    if (valve == "closed" && mask != 0) bits |= 1U << std::countr_zero(mask);
    if (valve == "fault") bits |= mask;
    if (mask != 0) served_.texts["valve"] = valve;
    const auto low = now_.numbers.find("flag_low_battery");
    const bool is_low = low != now_.numbers.end() && low->second != 0.0;
    if (is_low) bits |= dialect_.battery_mask;
    if (dialect_.battery_mask != 0) served_.numbers["flag_low_battery"] = is_low ? 1.0 : 0.0;
    data_.push_back(static_cast<std::uint8_t>(bits & 0xFF));
    data_.push_back(static_cast<std::uint8_t>(bits >> 8));
  }

 private:
  const Dialect& dialect_;
  const Truth& now_;
  Truth& served_;
  Bytes& data_;
};

class SimulatedMeter final : public SimulatedDevice {
 public:
  explicit SimulatedMeter(Settings settings) : settings_(std::move(settings)) {}

  Bytes answer(ByteView request, const Truth& now, Truth& served) override {
    Receiver receiver;
    receiver.feed(request);
    while (const auto found = receiver.next()) {
      if (found->frame && is_for_me(*found->frame)) return reply(*found->frame, now, served);
    }
    return {};
  }

 private:
  bool is_for_me(const Frame& frame) const {
    if (frame.is_reply() || !matches(frame.address, settings_.address)) return false;
    return frame.type == settings_.type || frame.type == kAnyByte;
  }

  Bytes reply(const Frame& request, const Truth& now, Truth& served) {
    Frame frame{settings_.type, settings_.address, static_cast<std::uint8_t>(request.control | Frame::kReply), {}};
    if (request.data.size() < kHead) return {};
    frame.data.assign(request.data.begin(), request.data.begin() + kHead);  // DI in the order asked, SER
    Writer writer(settings_.dialect, now, served, frame.data);
    const auto id = data_id(request.data);
    const bool wrong_order = id && settings_.di_order && id->order != *settings_.di_order;
    if (wrong_order) return {};  // to such a meter that is no identifier at all
    if (!id || !serve(request, id->id, now, writer)) refuse(request, now, frame);
    return encode(frame, settings_.preamble);
  }

  // False where a meter would refuse.
  bool serve(const Frame& request, std::uint16_t id, const Truth& now, Writer& writer) {
    switch (request.function()) {
      case Function::read_data: return id == 0x901F ? read(now, writer) : history(id, now, writer);
      case Function::read_address: return id == 0x810A;
      case Function::write_data: return write(request, id, now, writer);
      default: return false;
    }
  }

  bool read(const Truth& now, Writer& writer) {
    if (is_heat(settings_.type)) {
      writer.with_unit("energy_due", kKilowattHours);
      writer.with_unit("energy", kKilowattHours);
      writer.with_unit("power", kKilowatts);
      writer.with_unit("flow", kCubicMetresPerHour, settings_.dialect.flow_decimals);
      writer.with_unit("volume", kCubicMetres);
      writer.number("supply_temperature", 3, 2);
      writer.number("return_temperature", 3, 2);
      writer.number("operating_time", 3, 0);
    } else {
      writer.with_unit("volume", kCubicMetres);
      writer.with_unit("volume_due", kCubicMetres);
    }
    writer.clock();
    writer.status(valve(now));
    return true;
  }

  bool history(std::uint16_t id, const Truth& now, Writer& writer) const {
    if (id < 0xD120 || id >= 0xD120 + kMonths) return false;
    const bool heat = is_heat(settings_.type);
    const auto month = static_cast<std::uint8_t>(id - 0xD120 + 1);
    const std::string name = channel_of(heat ? Item::energy : Item::volume, month).name;
    if (!now.numbers.contains(name)) return false;
    writer.with_unit(name, heat ? kKilowattHours : kCubicMetres);
    return true;
  }

  bool write(const Frame& request, std::uint16_t id, const Truth& now, Writer& writer) {
    if (id == 0xA015) return request.data.size() == kHead + 7;  // the simulator's time is the truth's
    if (id != 0xA017 || request.data.size() != kHead + 1) return false;
    const std::uint8_t code = request.data[kHead];
    if (code != 0x55 && code != 0x99) return false;
    commanded_ = code == 0x55 ? "open" : "closed";
    writer.status(valve(now));
    return true;
  }

  void refuse(const Frame& request, const Truth& now, Frame& frame) const {
    frame.control |= Frame::kError;
    frame.data.assign(1, request.data[2]);
    Truth untold;
    Writer(settings_.dialect, now, untold, frame.data).status(valve(now));
  }

  // What was commanded holds, until the truth says that the valve is broken.
  std::string_view valve(const Truth& now) const {
    const auto truth = now.texts.find("valve");
    const std::string_view is = truth == now.texts.end() ? std::string_view("open") : std::string_view(truth->second);
    return commanded_.empty() || is == "fault" ? is : std::string_view(commanded_);
  }

  const Settings settings_;
  std::string commanded_;  // empty: nobody did
};

}  // namespace

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  const Address& address = settings->address;
  if (std::find(address.begin(), address.end(), kAnyByte) != address.end()) {
    return core::Error(core::ErrorCode::bad_config, device.id + ": a simulated meter needs its own address, 14 digits");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedMeter>(std::move(*settings)));
}

}  // namespace afferent::drivers::cjt188
