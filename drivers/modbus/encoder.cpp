#include "drivers/modbus/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "drivers/modbus/plan.h"

namespace afferent::drivers::modbus {

// The part of the address space that was asked for. What lies outside is not written.
class Encoder::Range {
 public:
  Range(std::uint8_t function, unsigned start, unsigned count)
      : function_(function),
        start_(start),
        count_(count),
        bytes_(function <= 2 ? (count + 7u) / 8u : std::size_t{2} * count) {}

  bool touches(std::uint8_t function, const Span& span) const {
    return function == function_ && span.first < start_ + count_ && span.end > start_;
  }

  // Bits are added, so that several flags can share a register.
  void put(unsigned address, unsigned width, Order order, std::uint64_t bits) {
    std::array<std::uint8_t, 8> value{};
    store_bits(value.data(), width, order, bits);
    for (unsigned word = 0; word < width; ++word)
      put_register(address + word, value[std::size_t{2} * word], value[std::size_t{2} * word + 1]);
  }

  void put_register(unsigned address, std::uint8_t first, std::uint8_t second) {
    if (address < start_ || address >= start_ + count_) return;
    const std::size_t at = std::size_t{2} * (address - start_);
    bytes_[at] = static_cast<std::uint8_t>(bytes_[at] | first);
    bytes_[at + 1] = static_cast<std::uint8_t>(bytes_[at + 1] | second);
  }

  void put_coil(unsigned address, bool on) {
    const std::size_t bit = address - start_;
    if (on) bytes_[bit / 8] = static_cast<std::uint8_t>(bytes_[bit / 8] | 1u << (bit % 8));
  }

  core::Bytes take() && { return std::move(bytes_); }

 private:
  const std::uint8_t function_;
  const unsigned start_;
  const unsigned count_;
  core::Bytes bytes_;
};

core::Bytes Encoder::encode(std::uint8_t function, unsigned start, unsigned count, const Truth& truth) const {
  Range range(function, start, count);
  const std::vector<std::uint64_t> codes = unit_codes(truth);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const CodeRegister& code = profile_.codes[i];
    if (range.touches(code.function, span_of(code)))
      range.put(code.address, registers_of(code.raw), code.order, codes[i]);
  }
  for (const Field& field : profile_.fields) {
    if (range.touches(field.function, span_of(field))) put_field(field, truth, codes, range);
  }
  return std::move(range).take();
}

// For each code register the first usable code of the first channel that has a truth, else of any.
std::vector<std::uint64_t> Encoder::unit_codes(const Truth& truth) const {
  std::vector<std::uint64_t> codes(profile_.codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    bool found = false;
    for (const bool wanted : {true, false}) {
      for (const Field& field : profile_.fields) {
        if (found || true_number(field, truth).has_value() != wanted) continue;
        for (const ScaleBy& by : field.scale_by) {
          if (by.code_register != i || found) continue;
          const auto usable = std::find_if(by.codes.begin(), by.codes.end(),
                                           [](const UnitCode& code) { return code.scale.has_value(); });
          if (usable == by.codes.end()) continue;
          codes[i] = usable->code;
          found = true;
        }
      }
    }
  }
  return codes;
}

std::optional<double> Encoder::true_number(const Field& field, const Truth& truth) const {
  const auto known = [&](std::string_view name) -> std::optional<double> {
    const auto found = truth.numbers.find(name);
    if (found == truth.numbers.end() || std::isnan(found->second)) return std::nullopt;
    return found->second;
  };
  if (const auto own = known(profile_.channels[core::index(field.channel)].name)) return own;
  if (!profile_.down.level || field.channel != profile_.down.distance) return std::nullopt;
  const auto level = known("level");
  if (!level) return std::nullopt;
  return profile_.down.mounting_height - *level;
}

void Encoder::put_field(const Field& field, const Truth& truth, const std::vector<std::uint64_t>& codes,
                        Range& range) const {
  if (field.kind == core::Value::Kind::text) return put_text(field, truth, range);
  const std::optional<double> value = true_number(field, truth);
  if (field.kind == core::Value::Kind::number) return put_number(field, value, codes, range);
  const bool truth_value = (value.value_or(0.0) != 0) != field.invert;
  std::uint64_t bits = truth_value ? std::uint64_t{1} << field.shift : 0;
  for (const Meaning& meaning : field.meanings) {
    if (meaning.truth == truth_value) bits = meaning.raw << field.shift;
  }
  if (field.function <= 2) return range.put_coil(field.address, bits != 0);
  range.put(field.address, field.width, field.order, bits);
}

void Encoder::put_number(const Field& field, std::optional<double> value, const std::vector<std::uint64_t>& codes,
                         Range& range) const {
  const std::optional<Fraction> scale = scale_of(field, codes);
  if (!scale) return;
  if (!value) {
    if (!field.no_value.empty()) return range.put(field.address, field.width, field.order, field.no_value.front());
    if (!is_real(field.raw)) return;
    return range.put(field.address, field.width, field.order,
                     bits_of(field.raw, std::numeric_limits<double>::quiet_NaN()));
  }
  double raw = linear_of(*scale, field.offset).invert(*value);
  if (field.plus && !is_real(field.raw)) {
    const double whole = std::trunc(raw);
    const double rest = (raw - whole) * field.plus->scale.denominator / field.plus->scale.numerator;
    range.put(field.plus->address, registers_of(field.plus->raw), field.plus->order, bits_of(field.plus->raw, rest));
    raw = whole;
  }
  if (field.function <= 2) return range.put_coil(field.address, raw >= 0.5);
  std::uint64_t bits = bits_of(field.raw, raw);
  if (field.mask != 0) bits = (bits << field.shift) & field.mask;
  range.put(field.address, field.width, field.order, bits);
}

void Encoder::put_text(const Field& field, const Truth& truth, Range& range) const {
  const auto found = truth.texts.find(profile_.channels[core::index(field.channel)].name);
  if (found == truth.texts.end()) return;
  const std::string& text = found->second;
  if (field.raw == Raw::text) {
    for (unsigned word = 0; word < field.width; ++word) {
      std::array<std::uint8_t, 2> pair{};
      for (unsigned i = 0; i < 2; ++i) {
        const std::size_t at = std::size_t{2} * word + i;
        if (at < text.size()) pair[field.order.swap_bytes ? 1 - i : i] = static_cast<std::uint8_t>(text[at]);
      }
      range.put_register(field.address + word, pair[0], pair[1]);
    }
    return;
  }
  for (const Meaning& meaning : field.meanings) {
    if (meaning.text != text) continue;
    if (field.function <= 2) return range.put_coil(field.address, meaning.raw != 0);
    return range.put(field.address, field.width, field.order, meaning.raw << field.shift);
  }
}

std::optional<Fraction> Encoder::scale_of(const Field& field, const std::vector<std::uint64_t>& codes) const {
  Fraction scale = field.scale;
  for (const ScaleBy& by : field.scale_by) {
    const std::uint64_t code = by.code_register ? codes[*by.code_register] : by.fixed;
    const auto unit =
        std::find_if(by.codes.begin(), by.codes.end(), [&](const UnitCode& known) { return known.code == code; });
    if (unit == by.codes.end() || !unit->scale) return std::nullopt;
    scale = scale * *unit->scale;
  }
  return scale;
}

}  // namespace afferent::drivers::modbus
