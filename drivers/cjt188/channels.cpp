#include "drivers/cjt188/channels.h"

#include <array>
#include <limits>
#include <string>
#include <string_view>

namespace afferent::drivers::cjt188 {
namespace {

using core::Quantity;

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

struct Row {
  Item item;
  std::string_view name;
  Quantity quantity;
  std::int8_t exponent;
  double minimum;
  double maximum;
};

// In the order of the enumeration: the index is the value.
constexpr std::array kRows{
    Row{Item::volume, "volume", Quantity::volume, -2, 0, kNoLimit},
    Row{Item::volume_due, "volume_due", Quantity::volume, -2, 0, kNoLimit},
    Row{Item::volume_reverse, "volume_reverse", Quantity::volume, -2, 0, kNoLimit},
    Row{Item::energy, "energy", Quantity::energy, -2, 0, kNoLimit},
    Row{Item::energy_due, "energy_due", Quantity::energy, -2, 0, kNoLimit},
    Row{Item::power, "power", Quantity::power, -2, 0, kNoLimit},
    Row{Item::flow, "flow", Quantity::flow, -2, 0, kNoLimit},
    Row{Item::supply_temperature, "supply_temperature", Quantity::temperature, -2, 0, 200},
    Row{Item::return_temperature, "return_temperature", Quantity::temperature, -2, 0, 200},
    Row{Item::operating_time, "operating_time", Quantity::duration, 0, 0, kNoLimit},
    Row{Item::meter_time, "meter_time", Quantity::time, 0, 0, kNoLimit},
    Row{Item::valve, "valve", Quantity::text, 0, -kNoLimit, kNoLimit},
    Row{Item::flag_low_battery, "flag_low_battery", Quantity::boolean, 0, -kNoLimit, kNoLimit},
    Row{Item::settlement_day, "settlement_day", Quantity::none, 0, 1, 31},
    Row{Item::reading_day, "reading_day", Quantity::none, 0, 1, 31},
    Row{Item::price, "price", Quantity::none, -2, 0, kNoLimit},
    Row{Item::price_limit, "price_limit", Quantity::volume, 0, 0, kNoLimit},
    Row{Item::purchase_number, "purchase_number", Quantity::none, 0, 0, 255},
    Row{Item::purchase, "purchase", Quantity::none, -2, 0, kNoLimit},
    Row{Item::purchase_total, "purchase_total", Quantity::none, -2, 0, kNoLimit},
    Row{Item::credit, "credit", Quantity::none, -2, 0, kNoLimit},
    Row{Item::key_version, "key_version", Quantity::none, 0, 0, 255},
};

constexpr std::array kWater{Item::volume, Item::volume_due, Item::meter_time, Item::valve, Item::flag_low_battery};
constexpr std::array kHeat{Item::energy,
                           Item::energy_due,
                           Item::power,
                           Item::flow,
                           Item::volume,
                           Item::supply_temperature,
                           Item::return_temperature,
                           Item::operating_time,
                           Item::meter_time,
                           Item::valve,
                           Item::flag_low_battery};

}  // namespace

bool is_heat(std::uint8_t type) { return type >= 0x20 && type <= 0x29; }

core::ChannelSpec channel_of(Item item, std::uint8_t storage) {
  const Row& row = kRows[static_cast<std::size_t>(item)];
  std::string name(row.name);
  if (storage > 0) name += "@" + std::to_string(storage);
  return {std::move(name), row.quantity, row.exponent, row.minimum, row.maximum};
}

std::vector<core::ChannelSpec> usual_channels(std::uint8_t type, std::uint8_t months) {
  std::vector<core::ChannelSpec> channels;
  const std::span<const Item> items = is_heat(type) ? std::span<const Item>(kHeat) : std::span<const Item>(kWater);
  for (const Item item : items) channels.push_back(channel_of(item));
  for (std::uint8_t month = 1; month <= months; ++month) {
    channels.push_back(channel_of(is_heat(type) ? Item::energy : Item::volume, month));
  }
  return channels;
}

}  // namespace afferent::drivers::cjt188
