#include "drivers/lorawan/simulated_payload.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace afferent::drivers::lorawan {
namespace {

enum class Order : std::uint8_t { high_first, low_first };

struct Place {
  std::string_view name;
  std::size_t at;    // byte
  std::size_t size;  // bytes
  double parts = 1;  // integer = value * parts
  bool is_signed = false;
  std::uint8_t bit = 0;    // not 0: a truth value in this bit of the byte
  bool only_true = false;  // of a truth value: the script says nothing of one that is false
};

// The makers' user guides, as the scripts in profiles/ read them.
struct Layout {
  std::string_view codec;
  std::string_view key;  // a field that only this one has
  std::uint8_t fport;
  Order order;
  std::string_view frame;  // hexadecimal: what does not change
  std::span<const Place> places;
};

constexpr std::array kDepth{Place{"battery", 2, 1}, Place{"depth", 5, 2}};
constexpr std::array kPressure{Place{"battery", 2, 1}, Place{"pressure", 5, 2, 1, true}};
constexpr std::array kTilt{Place{"battery", 2, 1},
                           Place{"angle_x", 5, 2, 100, true},
                           Place{"angle_y", 7, 2, 100, true},
                           Place{"angle_z", 9, 2, 100, true},
                           Place{"threshold_x", 11, 1, 1, false, 1},
                           Place{"threshold_y", 11, 1, 1, false, 2},
                           Place{"threshold_z", 11, 1, 1, false, 4}};
constexpr std::array kSonar{Place{"Bat", 0, 2, 1000}, Place{"Distance", 2, 2}};
constexpr std::array kLidar{Place{"Bat", 0, 2, 1000}, Place{"Lidar_distance", 4, 2, 10},
                            Place{"Lidar_temp", 9, 1, 1, true}};
constexpr Place kLowBattery{"LowBattery", 3, 1, 1, false, 0x80, true};
constexpr std::array kNetvoxDepth{Place{"Volt", 3, 1, 10}, kLowBattery, Place{"Depth", 4, 2},
                                  Place{"Temp", 6, 2, 1, true}};
constexpr std::array kNetvoxTilt{Place{"Volt", 3, 1, 10},        kLowBattery,
                                 Place{"AngleX", 4, 1, 1, true}, Place{"AngleY", 5, 1, 1, true},
                                 Place{"AngleZ", 6, 1, 1, true}, Place{"Temp", 7, 2, 10, true}};
constexpr std::array kLeak{Place{"Volt", 3, 1, 10}, kLowBattery, Place{"WaterLeak", 4, 1, 1, false, 1}};

constexpr std::array kLayouts{
    Layout{"milesight_em.js", "depth", 85, Order::low_first, "01750003770000", kDepth},
    Layout{"milesight_em.js", "pressure", 85, Order::low_first, "017500037B0000", kPressure},
    Layout{"milesight_em.js", "angle_x", 85, Order::low_first, "01750003CF00000000000000", kTilt},
    Layout{"dragino_distance.js", "Distance", 2, Order::high_first, "0000000000000000", kSonar},
    Layout{"dragino_distance.js", "Lidar_distance", 2, Order::high_first, "0000000000000000000001", kLidar},
    Layout{"netvox.js", "Depth", 6, Order::high_first, "019B010000000000000000", kNetvoxDepth},
    Layout{"netvox.js", "AngleX", 6, Order::high_first, "019A010000000000000000", kNetvoxTilt},
    Layout{"netvox.js", "WaterLeak", 6, Order::high_first, "0132010000000000000000", kLeak},
};

const Layout* find_layout(std::string_view codec, const std::vector<std::string>& names) {
  codec = codec.substr(codec.rfind('/') + 1);
  for (const Layout& layout : kLayouts) {
    if (layout.codec == codec && std::find(names.begin(), names.end(), layout.key) != names.end()) return &layout;
  }
  return nullptr;
}

// What fits is kept, the rest is the nearest that does.
std::int64_t integer_for(double value, const Place& place) {
  const double most = std::exp2(8.0 * static_cast<double>(place.size) - (place.is_signed ? 1 : 0)) - 1;
  return std::llround(std::clamp(std::round(value * place.parts), place.is_signed ? -most : 0.0, most));
}

void put(core::Bytes& bytes, const Place& place, Order order, std::int64_t integer) {
  for (std::size_t i = 0; i < place.size; ++i) {
    const std::size_t shift = order == Order::low_first ? i : place.size - 1 - i;
    bytes[place.at + i] = static_cast<std::uint8_t>(bytes[place.at + i] | (integer >> (8 * shift) & 0xFF));
  }
}

void fill(AirPayload& payload, const Layout& layout, const CodecValues& values) {
  payload.bytes = *core::from_hex(layout.frame);
  for (const Place& place : layout.places) {
    const auto found = values.find(place.name);
    const double value = found == values.end() ? 0.0 : found->second;
    if (place.bit != 0) {
      if (value != 0.0) payload.bytes[place.at] = static_cast<std::uint8_t>(payload.bytes[place.at] | place.bit);
      if (value != 0.0 || !place.only_true) payload.carried.emplace(place.name, value != 0.0 ? 1.0 : 0.0);
      continue;
    }
    const std::int64_t integer = integer_for(value, place);
    put(payload.bytes, place, layout.order, integer);
    payload.carried.emplace(place.name, static_cast<double>(integer) / place.parts);
  }
}

}  // namespace

AirPayload air_payload(std::string_view codec, const std::vector<std::string>& names, const CodecValues& values) {
  AirPayload payload;
  if (const Layout* layout = find_layout(codec, names)) {
    payload.fport = layout->fport;
    fill(payload, *layout, values);
    return payload;
  }
  constexpr Place kThousandths{{}, 0, 4, 1000, true};
  for (const std::string& name : names) {
    Place place = kThousandths;
    place.at = payload.bytes.size();
    payload.bytes.resize(place.at + place.size);
    const auto found = values.find(name);
    if (found == values.end()) {
      payload.bytes[place.at] = 0x80;
      continue;
    }
    const std::int64_t integer = integer_for(found->second, place);
    put(payload.bytes, place, Order::high_first, integer);
    payload.carried.emplace(name, static_cast<double>(integer) / place.parts);
  }
  return payload;
}

}  // namespace afferent::drivers::lorawan
