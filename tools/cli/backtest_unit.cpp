#include "tools/cli/backtest_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afferent::cli {
namespace {

struct ChannelQuantity {
  std::string_view channel;
  core::Quantity quantity;
};
constexpr std::array kQuantities{
    ChannelQuantity{"volume", core::Quantity::volume},
    ChannelQuantity{"volume_due", core::Quantity::volume},
    ChannelQuantity{"volume_reverse", core::Quantity::volume},
    ChannelQuantity{"flow", core::Quantity::flow},
    ChannelQuantity{"energy", core::Quantity::energy},
    ChannelQuantity{"power", core::Quantity::power},
    ChannelQuantity{"temperature", core::Quantity::temperature},
    ChannelQuantity{"supply_temperature", core::Quantity::temperature},
    ChannelQuantity{"return_temperature", core::Quantity::temperature},
    ChannelQuantity{"level", core::Quantity::length},
    ChannelQuantity{"distance", core::Quantity::length},
    ChannelQuantity{"rain", core::Quantity::rain},
    ChannelQuantity{"pressure", core::Quantity::pressure},
    ChannelQuantity{"tilt", core::Quantity::angle},
    ChannelQuantity{"open", core::Quantity::boolean},
    ChannelQuantity{"flooded", core::Quantity::boolean},
    ChannelQuantity{"moved", core::Quantity::boolean},
    ChannelQuantity{"battery", core::Quantity::ratio},
    ChannelQuantity{"voltage", core::Quantity::voltage},
    ChannelQuantity{"rssi", core::Quantity::signal},
};

core::Quantity quantity_of(std::string_view channel) {
  channel = channel.substr(0, channel.find_first_of("@#"));
  if (channel.starts_with("flag_")) return core::Quantity::boolean;
  const auto* known = std::find_if(kQuantities.begin(), kQuantities.end(),
                                   [channel](const ChannelQuantity& q) { return q.channel == channel; });
  return known == kQuantities.end() ? core::Quantity::none : known->quantity;
}

struct KnownUnit {
  core::Quantity quantity;
  std::string_view unit;
  double scale;
};
// Beside each quantity's own.
constexpr std::array kUnits{
    KnownUnit{core::Quantity::flow, "l/h", 1e-3},     KnownUnit{core::Quantity::flow, "l/min", 0.06},
    KnownUnit{core::Quantity::flow, "l/s", 3.6},      KnownUnit{core::Quantity::volume, "l", 1e-3},
    KnownUnit{core::Quantity::length, "cm", 1e-2},    KnownUnit{core::Quantity::length, "mm", 1e-3},
    KnownUnit{core::Quantity::pressure, "Pa", 1e-3},  KnownUnit{core::Quantity::pressure, "hPa", 0.1},
    KnownUnit{core::Quantity::pressure, "mbar", 0.1}, KnownUnit{core::Quantity::pressure, "bar", 100.0},
    KnownUnit{core::Quantity::energy, "Wh", 1e-3},    KnownUnit{core::Quantity::energy, "MWh", 1e3},
    KnownUnit{core::Quantity::power, "W", 1e-3},      KnownUnit{core::Quantity::voltage, "mV", 1e-3},
};

// Judges by what has been usual, whatever the unit.
bool needs_no_unit(const config::RuleConfig& rule) {
  return rule.kind == "anomaly" || (rule.kind == "leak" && !rule.options.has("least"));
}

}  // namespace

core::Result<DataUnit> unit_of_data(const config::LoadedRules& loaded, std::string_view channel,
                                    std::string_view unit) {
  const core::Quantity quantity = quantity_of(channel);
  const std::string_view own = core::unit_of(quantity);
  if (unit.empty()) {
    const bool unsaid = !own.empty() && std::all_of(loaded.rules.begin(), loaded.rules.end(), needs_no_unit);
    return DataUnit{unsaid ? core::Quantity::none : quantity, 1.0};
  }
  if (unit == own) return DataUnit{quantity, 1.0};
  std::string known(own);
  for (const KnownUnit& one : kUnits) {
    if (one.quantity != quantity) continue;
    if (one.unit == unit) return DataUnit{quantity, one.scale};
    known += fmt::format(", {}", one.unit);
  }
  return core::Error(
      core::ErrorCode::bad_config,
      own.empty() ? fmt::format("--unit: channel '{}' has none; --channel says which one the data are", channel)
                  : fmt::format("--unit: '{}' is not known for channel '{}'; allowed: {}", unit, channel, known));
}

}  // namespace afferent::cli
