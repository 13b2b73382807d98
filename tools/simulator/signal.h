// What a channel of a virtual device shows over scenario time: one small generator a kind, chosen by table. The same
// seed gives the same values at the same scenario times, however often they are asked for. Loop-bound.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/config_tree.h"

namespace afferent::simulator {

using Sample = std::variant<double, std::string>;

struct Point {
  double at = 0.0;  // scenario seconds
  Sample value;
};

enum class Points : std::uint8_t { none, numbers, any };  // what `points` of a kind hold

// One channel as the scenario describes it; `options` was checked by the fields of its kind.
struct SignalPlan {
  std::string channel;
  std::string kind;
  core::ConfigNode options;
  std::vector<Point> points;  // in the order of their times
};

class Signal {
 public:
  virtual ~Signal() = default;
  // `seconds` of scenario time never decrease from call to call.
  virtual Sample at(double seconds) = 0;
};

struct SignalKind {
  std::string_view name;
  Points points = Points::none;
  std::span<const core::ConfigField> fields;  // without `points`
  // As make_signal().
  std::unique_ptr<Signal> (*make)(const SignalPlan& plan, std::span<const SignalPlan> siblings,
                                  std::uint64_t seed) = nullptr;
};

std::span<const SignalKind> signal_kinds();
const SignalKind* find_signal_kind(std::string_view name);  // nullptr for an unknown name

// `siblings` are the channels of the same device: a counter may add up one of them. `seed` is the device's.
std::unique_ptr<Signal> make_signal(const SignalPlan& plan, std::span<const SignalPlan> siblings, std::uint64_t seed);

}  // namespace afferent::simulator
