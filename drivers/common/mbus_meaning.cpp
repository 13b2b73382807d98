#include "drivers/common/mbus_meaning.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "drivers/common/mbus_header.h"
#include "drivers/common/mbus_vif.h"
#include "drivers/common/numbers.h"

namespace afferent::drivers::mbus {
namespace {

using core::Quantity;
using As = Meaning::As;

constexpr std::uint8_t kExtension = 0x7C;
constexpr std::uint8_t kMaker = 0x0A;  // of the table FD
constexpr double kColdest = -100.0;    // degC; no meter measures less
constexpr double kHottest = 400.0;

constexpr std::array<std::string_view, 4> kFunctions{"", "_max", "_min", "_error"};

// While the modifiers are read: the name so far, and what became of the value.
struct Draft {
  std::string name;
  Quantity quantity;
  As as;
  Scale scale;
  bool doubted = false;
};

void replace(Draft& draft, Quantity quantity, As as, const Scale& scale) {
  draft.quantity = quantity;
  draft.as = as;
  draft.scale = scale;
}

// False when the modifier leaves no value that we could name.
bool apply(const ModifierRow& row, std::uint8_t code, Draft& draft) {
  using Effect = ModifierRow::Effect;
  draft.name += row.suffix;
  switch (row.effect) {
    case Effect::none:
    case Effect::suffix: return true;
    // An amount by time would be of another unit than its channel says.
    case Effect::period:
      return draft.quantity == Quantity::power || draft.quantity == Quantity::flow ||
             draft.quantity == Quantity::temperature;
    case Effect::scale: draft.scale.exponent += row.exponent + (code - row.first); return true;
    case Effect::time: replace(draft, Quantity::time, As::time, {}); return true;
    case Effect::duration: replace(draft, Quantity::duration, As::count, time_scale(code)); return true;
    case Effect::count: replace(draft, Quantity::none, As::count, {}); return true;
    case Effect::profile: draft.as = As::profile; return true;
    case Effect::error: draft.doubted = true; return true;
  }
  return false;
}

bool apply_all(core::ByteView vifes, Draft& draft) {
  bool extended = false;
  for (const std::uint8_t byte : vifes) {
    const std::uint8_t code = byte & 0x7FU;
    if (!extended && code == kExtension) {
      extended = true;
      continue;
    }
    const ModifierRow* row = find_modifier(code, extended);
    extended = false;
    if (row == nullptr || !apply(*row, code, draft)) return false;
  }
  return !extended;
}

const VifRow* row_of(const Record& record) {
  if (record.table == VifTable::text) return find_unit(reversed_text(record.unit));
  return find_vif(record.table, record.vif);
}

void limit(core::ChannelSpec& channel) {
  if (channel.quantity == Quantity::temperature) {
    channel.minimum = kColdest;
    channel.maximum = kHottest;
  } else if (channel.name.starts_with("humidity")) {
    channel.minimum = 0;
    channel.maximum = 100;
  }
}

// The finest step of the raw integer: a hint for compact encoding only.
std::int8_t step(const Scale& scale, Quantity quantity) {
  if (quantity == Quantity::time || quantity == Quantity::text) return 0;
  return static_cast<std::int8_t>(std::clamp(scale.exponent, -9, 6));
}

// Type B of EN 13757-3 annex A: the lowest number that fits says "no value"; type C: all bits set.
bool says_no_value(const Record& record, As as) {
  const std::size_t bits = 8 * record.data.size();
  if (record.raw.decimal || as == As::flags || bits == 0 || bits > 64) return false;
  if (as == As::count) return record.raw.integer == -1;
  return static_cast<std::uint64_t>(record.raw.integer) << (64 - bits) == std::uint64_t{1} << 63;
}

std::uint64_t bits_of(const Record& record) {
  const std::size_t unused = 64 - 8 * std::min<std::size_t>(record.data.size(), 8);
  return unused == 64 ? 0 : static_cast<std::uint64_t>(record.raw.integer) << unused >> unused;
}

double unsigned_of(const Record& record) {
  if (record.raw.decimal) return static_cast<double>(record.raw.integer);
  return static_cast<double>(bits_of(record));
}

std::string digits(const Record& record) {
  const bool padded = record.raw.decimal && record.raw.integer >= 0;
  std::string text = record.raw.decimal ? std::to_string(record.raw.integer) : std::to_string(bits_of(record));
  if (padded && text.size() < 2 * record.data.size()) text.insert(0, 2 * record.data.size() - text.size(), '0');
  return text;
}

// The same two bytes as in a header.
bool is_maker(const Record& record) {
  return record.table == VifTable::fd && record.vif == kMaker && !record.raw.decimal && record.data.size() == 2;
}

}  // namespace

double scaled(double raw, const Scale& scale) {
  const double product = raw * scale.factor;
  if (scale.exponent >= 0) return product * power_of_ten(scale.exponent) / scale.divisor;
  return product / (power_of_ten(-scale.exponent) * scale.divisor);
}

std::string channel_name(std::string_view base, std::uint64_t storage, std::uint32_t tariff, std::uint32_t subunit) {
  std::string name(base);
  if (subunit > 0) name += "_unit" + std::to_string(subunit);
  if (storage > 0) name += "@" + std::to_string(storage);
  if (tariff > 0) name += "#" + std::to_string(tariff);
  return name;
}

std::optional<Meaning> meaning_of(const Record& record) {
  const VifRow* row = row_of(record);
  if (row == nullptr) return std::nullopt;
  Draft draft{std::string(row->name), row->quantity, row->as, {row->factor, row->exponent, row->divisor}};
  if (row->time_units) {
    draft.scale = time_scale(record.vif);
  } else {
    draft.scale.exponent += record.vif - row->first;
  }
  draft.name += kFunctions[static_cast<std::size_t>(record.function)];
  if (!apply_all(record.vifes, draft) || std::abs(draft.scale.exponent) > kLargestExponent) return std::nullopt;
  Meaning meaning;
  meaning.channel.name = channel_name(draft.name, record.storage, record.tariff, record.subunit);
  if (!core::is_channel_name(meaning.channel.name)) return std::nullopt;
  meaning.channel.quantity = draft.quantity;
  meaning.channel.exponent = step(draft.scale, draft.quantity);
  limit(meaning.channel);
  meaning.as = draft.as;
  meaning.scale = draft.scale;
  // Of times it is how long the error lasted, which is certain.
  const bool in_error = record.function == Function::error && draft.quantity != Quantity::duration;
  meaning.doubted = draft.doubted || in_error;
  return meaning;
}

std::optional<double> number_of(const Record& record, As as, const Scale& scale) {
  switch (record.raw.kind) {
    case Raw::Kind::integer: break;
    case Raw::Kind::real: return scaled(record.raw.real, scale);
    default: return std::nullopt;
  }
  if (says_no_value(record, as)) return std::nullopt;
  const bool whole = as == As::count || as == As::flags;
  return scaled(whole ? unsigned_of(record) : static_cast<double>(record.raw.integer), scale);
}

bool looks_unset(const Record& record, Quantity quantity) {
  constexpr std::uint8_t kTopBit = 0x80;
  const bool total = quantity == Quantity::volume || quantity == Quantity::energy || quantity == Quantity::mass;
  const auto& data = record.data;
  if (!total || record.storage == 0 || record.raw.kind != Raw::Kind::integer || data.size() < 3) return false;
  if (!record.raw.decimal) return record.raw.integer == -1;
  return data.back() == kTopBit &&
         std::all_of(data.begin(), data.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string text_value(const Record& record) {
  switch (record.raw.kind) {
    case Raw::Kind::integer:
      return is_maker(record) ? maker_text(static_cast<std::uint16_t>(bits_of(record))) : digits(record);
    case Raw::Kind::real: return std::to_string(record.raw.real);
    case Raw::Kind::text: return reversed_text(record.data);
    case Raw::Kind::binary: return core::to_hex(core::Bytes(record.data.rbegin(), record.data.rend()));
    default: return {};
  }
}

}  // namespace afferent::drivers::mbus
