#include "drivers/sl651/simulated.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "drivers/sl651/clock.h"
#include "drivers/sl651/elements.h"
#include "drivers/sl651/frame.h"
#include "drivers/sl651/number.h"
#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr std::uint8_t kTimed = 0x32;
constexpr std::uint8_t kPresent = 0x37;
constexpr std::uint8_t kState = 0x46;
constexpr std::size_t kBytes = 5;  // of a value: ten digits
constexpr unsigned kDecimals = 3;
constexpr double kLargest = 9'999'999'999.0;

// Identifier, definition and digits of a value; FF in front where it is negative.
std::string group(const Element& element, double value, Truth& served) {
  double wire = value / element.times;
  for (unsigned i = 0; i < element.shift + kDecimals; ++i) wire *= 10.0;
  const Decimal digits{std::llround(std::clamp(wire, -kLargest, kLargest)), kDecimals};
  served.numbers[std::string(element.channel)] = digits.value(element.times, element.shift);
  std::string text = std::to_string(std::abs(digits.mantissa));
  text.insert(0, kBytes * 2 - text.size(), '0');
  const bool negative = digits.mantissa < 0;
  const std::size_t definition = (kBytes + (negative ? 1 : 0)) << 3 | kDecimals;
  return hex_text(element.lead, 2) + hex_text(definition, 2) + (negative ? "FF" : "") + text;
}

std::string status(const Truth& now, Truth& served) {
  std::size_t bits = 0;
  for (const StatusBit& bit : status_bits()) {
    const auto truth = now.numbers.find(bit.channel);
    const bool on = truth != now.numbers.end() && truth->second != 0.0;
    if (on != bit.inverted) bits |= std::size_t{1} << bit.bit;
    served.numbers[std::string(bit.channel)] = on ? 1.0 : 0.0;
  }
  return "4520" + hex_text(bits, 8);
}

bool has_status(const Truth& now) {
  return std::any_of(status_bits().begin(), status_bits().end(),
                     [&now](const StatusBit& bit) { return now.numbers.contains(bit.channel); });
}

}  // namespace

SimulatedStation::SimulatedStation(Settings settings) : settings_(std::move(settings)) {
  for (const Element& element : elements()) {
    if (!element.is_hour_group()) channels_.push_back({std::string(element.channel), element.quantity});
  }
  for (const StatusBit& bit : status_bits()) {
    channels_.push_back({std::string(bit.channel), core::Quantity::boolean});
  }
}

core::Bytes SimulatedStation::framed(std::uint8_t function, const std::string& time, const Truth& now, Truth& served) {
  if (++serial_ == 0) serial_ = 1;
  std::string body = hex_text(serial_, 4) + time + "F1F1" + settings_.station;
  if (function == kState) {
    body += status(now, served);
  } else {
    body += "48F0F0" + time.substr(0, 10);
    for (const Element& element : elements()) {
      const auto truth = now.numbers.find(element.channel);
      if (!element.is_hour_group() && truth != now.numbers.end() && std::isfinite(truth->second)) {
        body += group(element, truth->second, served);
      }
    }
    if (has_status(now)) body += status(now, served);
  }
  Frame frame;
  frame.center = 1;
  frame.station = settings_.station;
  frame.password = settings_.password.value_or(0);
  frame.function = function;
  frame.body = core::from_hex(body).value_or(core::Bytes{});
  return encode(frame);
}

core::Bytes SimulatedStation::push(const Occasion& occasion, const Truth& now, Truth& served) {
  return framed(kTimed, time_text(occasion.utc, settings_.rules.zone), now, served);
}

core::Bytes SimulatedStation::answer(core::ByteView request, const Truth& now, Truth& served) {
  constexpr std::size_t kHead = 8;  // serial number and time
  Receiver receiver;
  receiver.feed(request);
  while (const auto found = receiver.next()) {
    if (!found->frame || !found->frame->down || found->frame->station != settings_.station) continue;
    const Frame& question = *found->frame;
    const bool known = question.function == kPresent || question.function == kState;
    if (question.ascii || question.end != kEnq || !known || question.body.size() < kHead) continue;
    return framed(question.function, core::to_hex(core::ByteView(question.body).subspan(2, 6)), now, served);
  }
  return {};
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  if (settings->station.empty()) {
    return core::Error(core::ErrorCode::bad_config, "station: a simulated station needs an address");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedStation>(std::move(*settings)));
}

}  // namespace afferent::drivers::sl651
