#include "drivers/sl651/collect.h"

#include <algorithm>
#include <utility>

#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

using core::Quantity;

constexpr Minutes kFive{5};
constexpr Minutes kAhead{10};  // a clock may be so much before the report's time
constexpr std::size_t kMostItems = 20'000;
constexpr std::size_t kLongestText = 200;

}  // namespace

// 2F keepalive, 35 and 39 manual, 36 picture, 40 to 43 settings, 45 version, 47 to 51 orders and logs have none.
bool has_elements(std::uint8_t function) {
  return (function >= 0x30 && function <= 0x3A && function != 0x36) || function == 0x44 || function == 0x45 ||
         function == 0x46 || function == 0x4B;
}

bool has_kind(std::uint8_t function) { return (function >= 0x30 && function <= 0x3A) || function == 0x44; }

Collect::Collect(const Frame& frame, const Rules& rules, Body& body)
    : function_(frame.function), rules_(rules), body_(body), station_(frame.station) {}

void Collect::head(std::string_view serial, std::string_view sent) {
  if (std::all_of(serial.begin(), serial.end(), is_hex_digit)) {
    body_.serial = static_cast<std::uint16_t>(number_in_hex(serial));
  }
  body_.sent = time_in(sent, rules_.zone);
}

void Collect::station(std::string_view address) {
  station_ = upper(std::string(address));
  observed_.reset();
  end_series();
}

void Collect::kind(char code) { body_.kind = code; }

void Collect::observed(std::string_view digits) {
  observed_ = time_in(digits, rules_.zone);
  end_series();
}

std::optional<core::Micros> Collect::now() const {
  if (!observed_) return std::nullopt;
  return *observed_ + step_ * steps_;
}

Item& Collect::add(std::string_view channel, Quantity quantity) {
  if (body_.items.size() >= kMostItems) {
    body_.items.pop_back();
    trouble("more than 20000 values");
  }
  Item& item = body_.items.emplace_back();
  item.station = station_;
  item.channel.name = channel;
  item.channel.quantity = quantity;
  item.measured = now();
  return item;
}

void Collect::element(const Element& element, const Decimal& value) {
  Item& item = add(element.channel, element.quantity);
  item.channel.minimum = element.minimum;
  item.channel.maximum = element.maximum;
  item.number = value.value(element.times, element.shift);
}

void Collect::unnamed(std::string_view identifier, const Decimal& value) {
  std::string name = "element_";
  for (const char c : identifier) name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  add(name, Quantity::none).number = value.value();
}

void Collect::status(std::uint32_t bits) {
  for (const StatusBit& bit : status_bits()) {
    Item& item = add(bit.channel, Quantity::boolean);
    item.kind = core::Value::Kind::boolean;
    item.number = ((bits >> bit.bit & 1U) != 0) != bit.inverted ? 1.0 : 0.0;
  }
}

void Collect::duration(std::string_view text) {
  const auto point = text.find('.');
  const auto hours = text_decimal(text.substr(0, point));
  const auto minutes =
      point == std::string_view::npos ? std::optional<Decimal>(Decimal{}) : text_decimal(text.substr(point + 1));
  if (!hours || !minutes || hours->decimals > 0 || minutes->decimals > 0 || minutes->mantissa > 59 ||
      hours->mantissa > 1'000'000) {
    return trouble("duration is not HH.mm");
  }
  const double whole = static_cast<double>(hours->mantissa * 60 + minutes->mantissa);
  add("period", Quantity::duration).number = whole / 60.0;
}

void Collect::text(std::string_view channel, core::ByteView characters) {
  Item& item = add(channel, Quantity::text);
  item.kind = core::Value::Kind::text;
  for (const std::uint8_t c : characters.first(std::min(characters.size(), kLongestText))) {
    item.text += c >= ' ' && c < 0x7F ? static_cast<char>(c) : '?';
  }
}

void Collect::hour_group(const Element& element, core::ByteView values) {
  const std::size_t width = element.lead == 0xF4 ? 1 : 2;
  const auto count = static_cast<int>(values.size() / width);
  const auto time = now();
  bool last = rules_.hour_time == HourTime::last;
  if (rules_.hour_time == HourTime::guess && time && body_.sent) {
    last = *time + kFive * (count - 1) > *body_.sent + kAhead;
  }
  for (int i = 0; i < count; ++i) {
    const core::ByteView value = values.subspan(static_cast<std::size_t>(i) * width, width);
    if (is_missing(value)) continue;
    std::int64_t number = 0;
    for (const std::uint8_t byte : value) number = number << 8 | byte;
    this->element(element, Decimal{number, 0});
    if (time) body_.items.back().measured = *time + kFive * (last ? i - count + 1 : i);
  }
}

void Collect::trouble(std::string what) {
  if (body_.trouble.empty()) body_.trouble = std::move(what);
}

void Collect::begin_series(Minutes step) {
  step_ = step;
  steps_ = 0;
}

void Collect::end_series() { begin_series(Minutes(0)); }

}  // namespace afferent::drivers::sl651
