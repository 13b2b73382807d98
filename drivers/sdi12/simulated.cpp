#include "drivers/sdi12/simulated.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/sdi12/answer.h"
#include "drivers/sdi12/ear.h"
#include "drivers/sdi12/options.h"

namespace afferent::drivers::sdi12 {
namespace {

constexpr std::size_t kMostOfAnAnswer = 35;  // characters of values behind aM! (4.3.3)
constexpr double kLargest = 9999999;

// A sign and at most seven digits, three of them behind the point where there is room.
std::string value_text(double value) {
  const double bounded = std::clamp(value, -kLargest, kLargest);
  const int decimals = std::abs(bounded) < 9999.9995 ? 3 : 0;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.*f", decimals, bounded);
  return text.data();
}

class SimulatedSensor final : public SimulatedDevice {
 public:
  explicit SimulatedSensor(Settings settings) : settings_(std::move(settings)), address_(*settings_.address) {}

  core::Bytes answer(core::ByteView request, const Truth& now, Truth& served) override {
    Ear ear;
    ear.feed(request);
    std::string answer;
    while (const auto heard = ear.next()) {
      if (!heard->command || heard->text == "?") {
        answer = heard->command ? std::string(1, address_) : std::string();
      } else if (heard->text[0] == address_) {
        answer = answer_to(heard->text.substr(1), now, served);
      }
    }
    if (!answer.empty()) answer += "\r\n";
    return {answer.begin(), answer.end()};
  }

 private:
  std::string answer_to(const std::string& body, const Truth& now, Truth& served) {
    if (body.empty()) return {address_};
    if (body == "I") return address_ + std::string("13AFFERENTSENSOR001");
    if (body[0] == 'A' && body.size() == 2 && is_address(body[1])) return {address_ = body[1]};
    if (body[0] == 'D') return data(body, served);
    if (body[0] == 'X') return address_ + std::string("OK");
    measure(body, now);
    if (is_continuous(body)) return data("D0", served);
    std::array<char, 16> text{};
    const int width = body[0] == 'C' ? 2 : 1;
    std::snprintf(text.data(), text.size(), "%c000%0*zu", address_, width, measured_.size());
    return text.data();
  }

  void measure(const std::string& body, const Truth& now) {
    measured_.clear();
    with_crc_ = has_crc(body);
    for (const NamedValue& value : settings_.values) {
      if (slot_of(settings_.measurements[value.measurement]) != slot_of(body)) continue;
      const auto truth = now.numbers.find(value.channel.name);
      const double number = truth == now.numbers.end() ? 0.0 : (truth->second - value.offset) / value.scale;
      measured_.emplace_back(&value, value_text(number));
    }
  }

  std::string data(const std::string& body, Truth& served) const {
    std::string answer(1, address_);
    std::size_t page = 0;
    const std::size_t wanted = body.size() == 2 ? static_cast<std::size_t>(body[1] - '0') : 0;
    std::size_t length = 0;
    for (const auto& [value, text] : measured_) {
      if (length + text.size() > kMostOfAnAnswer) {
        length = 0;
        ++page;
      }
      length += text.size();
      if (page != wanted) continue;
      answer += text;
      const auto read = values_in(address_ + text, false);
      if (read) served.numbers[value->channel.name] = read->front().times(value->scale) + value->offset;
    }
    if (with_crc_) answer += crc_of(answer);
    return answer;
  }

  const Settings settings_;
  char address_;
  bool with_crc_ = false;
  std::vector<std::pair<const NamedValue*, std::string>> measured_;
};

}  // namespace

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  if (!settings->address) return core::Error(core::ErrorCode::bad_config, "address: a simulated sensor needs one");
  if (settings->values.empty()) {
    return core::Error(core::ErrorCode::bad_config, "channels: a simulated sensor needs at least one");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedSensor>(std::move(*settings)));
}

}  // namespace afferent::drivers::sdi12
