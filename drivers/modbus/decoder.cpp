#include "drivers/modbus/decoder.h"

#include <algorithm>
#include <cmath>

namespace afferent::drivers::modbus {
namespace {

using core::Quality;
using core::Value;

constexpr core::DeviceRef kDevice{0};

std::string hex(std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  do text.insert(text.begin(), kDigits[number & 0xFu]);
  while ((number >>= 4) != 0);
  return "0x" + text;
}

// A run of alike registers. Where a factor of 1 is enough nothing is divided: that is what most time goes into.
template <class Load>
void read_run(const Step& step, const std::uint8_t* at, core::Sink& sink, Load load) {
  const auto first = static_cast<unsigned>(core::index(step.channel));
  const bool as_is = step.factor == 1.0 && step.addend == 0.0 && step.divisor == 1.0;
  for (unsigned i = 0; i < step.run; ++i, at += std::size_t{2} * step.width) {
    const double raw = load(at);
    const double value = as_is ? raw : (raw * step.factor + step.addend) / step.divisor;
    sink.reading(kDevice, static_cast<core::Channel>(first + i), Value::number(value), std::nullopt, Quality::good);
  }
}

unsigned word_at(const std::uint8_t* at) { return static_cast<unsigned>(at[0]) << 8 | at[1]; }

}  // namespace

Decoder::Decoder(Profile profile)
    : profile_(std::move(profile)), blocks_(plan(profile_)), codes_(profile_.codes.size()) {}

void Decoder::decode(const Block& block, core::ByteView data, core::Sink& sink) {
  const Source source{data, block.start};
  current_ = source;
  for (const std::size_t code : block.codes) learn_code(code, source);
  for (const Step& step : block.steps) {
    if (!step.plain) {
      special(profile_.fields[step.field], source, sink);
      continue;
    }
    const std::uint8_t* at = data.data() + std::size_t{2} * step.at;
    if (step.raw == Raw::u16 && !step.order.swap_bytes) {
      read_run(step, at, sink, [](const std::uint8_t* from) { return static_cast<double>(word_at(from)); });
    } else if (step.raw == Raw::s16 && !step.order.swap_bytes) {
      read_run(step, at, sink,
               [](const std::uint8_t* from) { return static_cast<double>(static_cast<std::int16_t>(word_at(from))); });
    } else {
      read_run(step, at, sink, [&step](const std::uint8_t* from) {
        return number_of(step.raw, load_bits(from, step.width, step.order)).value_or(0.0);
      });
    }
  }
}

void Decoder::decode_range(std::uint8_t function, unsigned start, unsigned count, core::ByteView data,
                           core::Sink& sink) {
  const Source source{data, start};
  current_ = source;
  const auto covered = [&](std::uint8_t of, const Span& span) {
    return of == function && span.first >= start && span.end <= start + count;
  };
  for (std::size_t i = 0; i < profile_.codes.size(); ++i) {
    if (covered(profile_.codes[i].function, span_of(profile_.codes[i]))) learn_code(i, source);
  }
  for (const Field& field : profile_.fields) {
    if (covered(field.function, span_of(field))) special(field, source, sink);
  }
}

void Decoder::failed(const Block& block) {
  for (const std::size_t code : block.codes) codes_[code].reset();
}

void Decoder::learn_code(std::size_t index, const Source& source) {
  const CodeRegister& code = profile_.codes[index];
  codes_[index] = load_bits(source.at(code.address), registers_of(code.raw), code.order) & code.mask;
}

void Decoder::special(const Field& field, const Source& source, core::Sink& sink) {
  if (field.function <= 2) return coil(field, source, sink);
  if (field.raw == Raw::text) return text(field, source, sink);
  const std::uint64_t bits = load_bits(source.at(field.address), field.width, field.order);
  if (std::find(field.no_value.begin(), field.no_value.end(), bits) != field.no_value.end()) return;
  whole(field, bits, source, sink);
}

void Decoder::whole(const Field& field, std::uint64_t bits, const Source& source, core::Sink& sink) {
  const std::uint64_t part = field.mask != 0 ? (bits & field.mask) >> field.shift : bits;
  for (const Meaning& meaning : field.meanings) {
    if (meaning.raw != part) continue;
    const Value value =
        meaning.text.empty() ? Value::boolean(meaning.truth != field.invert) : Value::text(meaning.text);
    return sink.reading(kDevice, field.channel, value, std::nullopt, Quality::good);
  }
  if (!field.meanings.empty()) return refuse(field, "no meaning is known for " + hex(part), sink);
  // A masked part has no sign of its own.
  const Raw raw = field.mask != 0 && field.raw != Raw::bcd16 && field.raw != Raw::bcd32 ? Raw::u64 : field.raw;
  std::optional<double> value = number_of(raw, part);
  if (!value) return refuse(field, "the digits of " + hex(part) + " are not decimal", sink);
  if (field.kind == Value::Kind::boolean) {
    return sink.reading(kDevice, field.channel, Value::boolean((*value != 0) != field.invert), std::nullopt,
                        Quality::good);
  }
  if (field.plus) {
    const Summand& plus = *field.plus;
    const auto more = number_of(plus.raw, load_bits(source.at(plus.address), registers_of(plus.raw), plus.order));
    *value += more.value_or(0.0) * plus.scale.numerator / plus.scale.denominator;
  }
  number(field, *value, sink);
}

void Decoder::number(const Field& field, double raw, core::Sink& sink) {
  if (!std::isfinite(raw)) return;  // the device's way to say that a sensor is broken: there is no value
  double value = 0.0;
  if (field.scale_by.empty()) {
    value = field.linear.apply(raw);
  } else {
    Fraction scale = field.scale;
    if (!find_scale(field, scale, sink)) return;
    value = linear_of(scale, field.offset).apply(raw);
  }
  if (field.round) value = round_to(value, *field.round);
  if (field.channel == profile_.down.distance) return distance(field, value, sink);
  sink.reading(kDevice, field.channel, Value::number(value), std::nullopt, Quality::good);
}

// False where the channel has no value: its unit is not known, which is said, or not one of this channel's.
bool Decoder::find_scale(const Field& field, Fraction& scale, core::Sink& sink) {
  for (const ScaleBy& by : field.scale_by) {
    const std::optional<std::uint64_t> code = by.code_register ? codes_[*by.code_register] : by.fixed;
    if (!code) {
      refuse(field, "its unit is not known, the register of the unit was not read", sink);
      return false;
    }
    const auto unit =
        std::find_if(by.codes.begin(), by.codes.end(), [&](const UnitCode& known) { return known.code == *code; });
    if (unit == by.codes.end()) {
      refuse(field, "unit code " + std::to_string(*code) + " is not known to the profile", sink);
      return false;
    }
    if (!unit->scale) return false;
    scale = scale * *unit->scale;
  }
  return true;
}

void Decoder::distance(const Field& field, double value, core::Sink& sink) {
  const DownLooking& down = profile_.down;
  const Quality quality = value < down.blind_zone || value > down.range ? Quality::bad : Quality::good;
  sink.reading(kDevice, field.channel, Value::number(value), std::nullopt, quality);
  if (!down.level) return;
  const double level = round_to(down.mounting_height - value, down.decimals);
  sink.reading(kDevice, *down.level, Value::number(level), std::nullopt, quality);
}

void Decoder::coil(const Field& field, const Source& source, core::Sink& sink) {
  const unsigned bit = field.address - source.start;
  const bool on = (source.data[bit / 8] >> (bit % 8) & 1u) != 0;
  whole(field, on ? 1 : 0, source, sink);
}

void Decoder::text(const Field& field, const Source& source, core::Sink& sink) {
  text_.clear();
  const std::uint8_t* at = source.at(field.address);
  for (std::size_t i = 0; i < std::size_t{2} * field.width; ++i) {
    const std::uint8_t byte = at[field.order.swap_bytes ? i ^ 1u : i];
    if (byte == 0) break;
    if (byte < 0x20 || byte > 0x7E) return refuse(field, "a text holds a byte that is no ASCII character", sink);
    text_.push_back(static_cast<char>(byte));
  }
  while (!text_.empty() && text_.back() == ' ') text_.pop_back();
  if (!text_.empty()) sink.reading(kDevice, field.channel, Value::text(text_), std::nullopt, Quality::good);
}

void Decoder::refuse(const Field& field, const std::string& why, core::Sink& sink) {
  const bool coil = field.function <= 2;
  const std::size_t first = std::size_t{2} * (field.address - current_.start);
  const core::ByteView bytes = coil ? current_.data : current_.data.subspan(first, std::size_t{2} * field.width);
  sink.reject(bytes, "channel " + profile_.channels[core::index(field.channel)].name + ": " + why);
}

}  // namespace afferent::drivers::modbus
