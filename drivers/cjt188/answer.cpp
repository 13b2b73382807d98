#include "drivers/cjt188/answer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "drivers/cjt188/clock.h"
#include "drivers/cjt188/digits.h"
#include "drivers/cjt188/units.h"

namespace afferent::drivers::cjt188 {
namespace {

using core::ByteView;
using core::Quantity;
using core::Value;

constexpr std::size_t kHead = 3;  // DI and SER
constexpr std::size_t kValue = 4;
constexpr std::size_t kUnitField = 5;  // value and unit

// Which channel a field is, by the quantity of its unit.
struct Role {
  std::optional<Item> volume;
  std::optional<Item> energy;
  std::optional<Item> power;
  std::optional<Item> flow;

  std::optional<Item> by(Quantity quantity) const {
    switch (quantity) {
      case Quantity::volume: return volume;
      case Quantity::energy: return energy;
      case Quantity::power: return power;
      case Quantity::flow: return flow;
      default: return std::nullopt;
    }
  }
};

constexpr Role kTotal{.volume = Item::volume, .energy = Item::energy, .power = {}, .flow = {}};
constexpr Role kDue{.volume = Item::volume_due, .energy = Item::energy_due, .power = {}, .flow = {}};
constexpr std::array kWaterRoles{kTotal, kDue};
// Of a maker's own layout: the registers forward and backward, and the flow.
constexpr std::array kBothWaysRoles{
    kTotal,
    Role{.volume = Item::volume_reverse, .energy = {}, .power = {}, .flow = {}},
    Role{.volume = {}, .energy = {}, .power = {}, .flow = Item::flow},
};
constexpr std::array kHeatRoles{
    Role{.volume = {}, .energy = Item::energy_due, .power = {}, .flow = {}},
    Role{.volume = {}, .energy = Item::energy, .power = {}, .flow = {}},
    Role{.volume = {}, .energy = {}, .power = Item::power, .flow = {}},
    Role{.volume = {}, .energy = {}, .power = {}, .flow = Item::flow},
    Role{.volume = Item::volume, .energy = {}, .power = {}, .flow = {}},
};

constexpr std::size_t kShortLength = 9;
constexpr std::size_t kWaterLength = 22;
constexpr std::size_t kBothWaysLength = 29;
constexpr std::size_t kHeatLength = 46;
constexpr std::size_t kHistoryLength = 8;

void complain(Answer& answer, std::string_view name, ByteView bytes, std::string_view why) {
  if (!answer.trouble.empty()) answer.trouble += "; ";
  answer.trouble += std::string(name) + " " + core::to_hex(bytes) + ": " + std::string(why);
}

void add(Answer& answer, Item item, double value, std::uint8_t storage = 0) {
  answer.items.push_back({item, storage, Value::number(value)});
}

// A plain decimal number without a unit of its own; absent ones leave no trace.
void add_plain(Answer& answer, Item item, ByteView bytes, int exponent, std::uint8_t storage = 0) {
  if (is_absent(bytes)) return;
  const auto number = number_of(bytes);
  if (!number) return complain(answer, channel_of(item, storage).name, bytes, "not decimal digits");
  add(answer, item, decimal(*number, exponent), storage);
}

struct UnitField {
  ByteView value;
  std::uint8_t unit = 0;
};

UnitField split(ByteView field, bool unit_first) {
  return unit_first ? UnitField{field.subspan(1, kValue), field[0]} : UnitField{field.first(kValue), field[kValue]};
}

// How well fields read under one order of value and unit: a unit that fits counts most.
int likelihood(ByteView fields, std::span<const Role> roles, bool unit_first) {
  int points = 0;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const UnitField field = split(fields.subspan(i * kUnitField, kUnitField), unit_first);
    const auto unit = unit_of_code(field.unit);
    if (!unit || (!is_absent(field.value) && !number_of(field.value))) continue;
    points += roles[i].by(unit->quantity) ? 2 : 1;
  }
  return points;
}

bool unit_stands_first(ByteView fields, std::span<const Role> roles, UnitOrder order) {
  if (order != UnitOrder::automatic) return order == UnitOrder::before;
  return likelihood(fields, roles, true) > likelihood(fields, roles, false);
}

int implied_decimals(const Unit& unit, const Dialect& dialect) {
  if (unit.litres) return dialect.litre_decimals;
  return unit.quantity == Quantity::flow ? dialect.flow_decimals : 2;
}

void add_field(Answer& answer, const UnitField& field, const Role& role, const Dialect& dialect, std::uint8_t storage) {
  if (is_absent(field.value)) return;
  const auto number = number_of(field.value);
  if (!number) return complain(answer, "value", field.value, "not decimal digits");
  const auto unit = unit_of_code(field.unit);
  const auto item = unit ? role.by(unit->quantity) : std::nullopt;
  if (!item) {
    const bool unset = *number == 0 && (field.unit == 0x00 || field.unit == 0xFF || field.unit == 0x99);
    if (!unset) complain(answer, "unit", {&field.unit, 1}, unit ? "does not fit its field" : "unknown");
    return;
  }
  add(answer, *item, decimal(*number, unit->exponent - implied_decimals(*unit, dialect), unit->divisor), storage);
}

void add_fields(Answer& answer, ByteView fields, std::span<const Role> roles, const Dialect& dialect,
                std::uint8_t storage = 0) {
  const bool unit_first = unit_stands_first(fields, roles, dialect.unit);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    add_field(answer, split(fields.subspan(i * kUnitField, kUnitField), unit_first), roles[i], dialect, storage);
  }
}

void add_clock(Answer& answer, ByteView bytes, const Dialect& dialect) {
  if (const auto seconds = clock_from(bytes, dialect.clock)) {
    add(answer, Item::meter_time, static_cast<double>(*seconds));
  }
}

// Without a unit of its own: cubic metres, but of a heat meter nobody says so.
void read_short(std::uint8_t type, ByteView data, const Dialect& dialect, Answer& answer) {
  add_plain(answer, is_heat(type) ? Item::energy : Item::volume, data.subspan(kHead, kValue), -2);
  if (is_heat(type)) {
    for (ReadItem& item : answer.items) item.quality = core::Quality::uncertain;
  }
  read_status(data.subspan(7, 2), dialect, answer);
}

void read_water(ByteView data, const Dialect& dialect, Answer& answer) {
  add_fields(answer, data.subspan(kHead, 10), kWaterRoles, dialect);
  add_clock(answer, data.subspan(13, 7), dialect);
  read_status(data.subspan(20, 2), dialect, answer);
}

// What the last four bytes say the maker keeps to himself.
void read_both_ways(ByteView data, const Dialect& dialect, Answer& answer) {
  add_fields(answer, data.subspan(kHead, 15), kBothWaysRoles, dialect);
  add_clock(answer, data.subspan(18, 7), dialect);
}

void read_heat(ByteView data, const Dialect& dialect, Answer& answer) {
  add_fields(answer, data.subspan(kHead, 25), kHeatRoles, dialect);
  add_plain(answer, Item::supply_temperature, data.subspan(28, 3), -2);
  add_plain(answer, Item::return_temperature, data.subspan(31, 3), -2);
  add_plain(answer, Item::operating_time, data.subspan(34, 3), 0);
  add_clock(answer, data.subspan(37, 7), dialect);
  read_status(data.subspan(44, 2), dialect, answer);
}

void read_current(std::uint8_t type, ByteView data, const Dialect& dialect, Answer& answer) {
  switch (data.size()) {
    case kShortLength: return read_short(type, data, dialect, answer);
    case kWaterLength: return read_water(data, dialect, answer);
    case kBothWaysLength: return read_both_ways(data, dialect, answer);
    case kHeatLength: return read_heat(data, dialect, answer);
    default: answer.trouble = "901F with " + std::to_string(data.size()) + " bytes of data, should be 9, 22, 29 or 46";
  }
}

void read_prices(ByteView data, Answer& answer) {
  for (std::uint8_t step = 0; step < 3; ++step) {
    const std::size_t at = kHead + step * std::size_t{6};
    const auto storage = static_cast<std::uint8_t>(step + 1);
    add_plain(answer, Item::price, data.subspan(at, 3), -2, storage);
    if (step < 2) add_plain(answer, Item::price_limit, data.subspan(at + 3, 3), 0, storage);
  }
}

void read_purchase(ByteView data, const Dialect& dialect, Answer& answer) {
  add(answer, Item::purchase_number, data[kHead]);
  add_plain(answer, Item::purchase, data.subspan(4, kValue), -2);
  add_plain(answer, Item::purchase_total, data.subspan(8, kValue), -2);
  add_plain(answer, Item::credit, data.subspan(12, kValue), -2);
  read_status(data.subspan(16, 2), dialect, answer);
}

}  // namespace

bool is_whole_reading(ByteView data) {
  const auto id = data_id(data);
  return id && id->id == 0x901F &&
         (data.size() == kShortLength || data.size() == kWaterLength || data.size() == kBothWaysLength ||
          data.size() == kHeatLength);
}

void read_status(ByteView status, const Dialect& dialect, Answer& answer) {
  if (status.empty() || std::all_of(status.begin(), status.end(), [](std::uint8_t byte) { return byte == 0xFF; }))
    return;
  const std::uint32_t bits = status[0] | (status.size() > 1 ? status[1] * 256U : 0U);
  if (const std::uint32_t mask = dialect.valve_mask; mask != 0) {
    const std::uint32_t position = (bits & mask) >> std::countr_zero(mask);
    std::string_view text;
    if (position == 0)
      text = "open";
    else if (position == 1)
      text = "closed";
    else if ((bits & mask) == mask)
      text = "fault";
    if (!text.empty()) answer.items.push_back({Item::valve, 0, Value::text(text)});
  }
  if (dialect.battery_mask != 0) {
    answer.items.push_back({Item::flag_low_battery, 0, Value::boolean((bits & dialect.battery_mask) != 0)});
  }
}

ByteView error_status(ByteView data) {
  const auto id = data_id(data);
  if (data.size() >= 4 && id) return data.subspan(kHead);
  if (data.size() == 3 && id && id->id == 0x901F) return data.subspan(2);
  return data.size() >= 3 ? data.subspan(1, 2) : ByteView{};
}

Answer read_answer(std::uint8_t type, ByteView data, const Dialect& dialect) {
  Answer answer;
  const auto id = data_id(data);
  if (!id || data.size() < kHead) return answer;
  const std::size_t size = data.size();
  if (id->id == 0x901F) {
    read_current(type, data, dialect, answer);
  } else if (id->id >= 0xD120 && id->id < 0xD120 + kMonths && size == kHistoryLength) {
    const std::array role{kTotal};
    add_fields(answer, data.subspan(kHead), role, dialect, static_cast<std::uint8_t>(id->id - 0xD120 + 1));
  } else if (id->id == 0x8102 && size == 18) {
    read_prices(data, answer);
  } else if ((id->id == 0x8103 || id->id == 0x8104) && size == 4) {
    add_plain(answer, id->id == 0x8103 ? Item::settlement_day : Item::reading_day, data.subspan(kHead), 0);
  } else if (id->id == 0x8105 && size == 18) {
    read_purchase(data, dialect, answer);
  } else if (id->id == 0x8106 && size == 4) {
    add(answer, Item::key_version, data[kHead]);
  } else if ((id->id >> 8) == 0xA0 && size == 5) {
    read_status(data.subspan(kHead, 2), dialect, answer);  // a write that was acknowledged
  }
  return answer;
}

}  // namespace afferent::drivers::cjt188
