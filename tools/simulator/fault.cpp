#include "tools/simulator/fault.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace afferent::simulator {
namespace {

using core::ConfigField;
using core::FieldType;

constexpr ConfigField kKind{.key = "kind", .required = true, .help = "what goes wrong"};
constexpr ConfigField kLine{.key = "line", .help = "id of the line that it strikes"};
constexpr ConfigField kDevice{.key = "device", .help = "id of the device that it strikes, instead of a line"};
constexpr ConfigField kFrom{
    .key = "from", .type = FieldType::duration, .standard = "0 s", .minimum = 0, .help = "scenario time it begins"};
constexpr ConfigField kTo{.key = "to", .type = FieldType::duration, .minimum = 0, .help = "scenario time it ends"};
constexpr ConfigField kProbability{.key = "probability",
                                   .type = FieldType::real,
                                   .standard = "1",
                                   .minimum = 0,
                                   .maximum = 1,
                                   .help = "share of the answers that it strikes"};
constexpr ConfigField kBytes{.key = "bytes",
                             .type = FieldType::integer,
                             .standard = "1",
                             .minimum = 1,
                             .maximum = 256,
                             .help = "at most so many, at random"};

constexpr ConfigField every(bool required) {
  return {.key = "every",
          .type = FieldType::duration,
          .required = required,
          .minimum = 0.005,
          .maximum = 86400,
          .help = "real time from one to the next"};
}

constexpr std::array kAnswerFields{kKind, kLine, kDevice, kFrom, kTo, kProbability};
constexpr std::array kLostFields{kKind, kLine, kDevice, kFrom, kTo, kProbability, kBytes};
constexpr std::array kNoiseFields{kKind, kLine, kDevice, kFrom, kTo, kProbability, kBytes, every(false)};
constexpr ConfigField kJitter{.key = "jitter",
                              .type = FieldType::duration,
                              .standard = "0 s",
                              .minimum = 0,
                              .maximum = 3600,
                              .help = "at most so much is added, at random"};

constexpr ConfigField delay(bool required) {
  return {.key = "delay",
          .type = FieldType::duration,
          .required = required,
          .minimum = 0,
          .maximum = 3600,
          .help = "real time that it comes late"};
}

constexpr std::array kDelayFields{kKind, kLine, kDevice, kFrom, kTo, kProbability, delay(true), kJitter};
constexpr std::array kCopyFields{kKind, kLine, kDevice, kFrom, kTo, kProbability, delay(false), kJitter};
constexpr std::array kForeignFields{kKind,
                                    kLine,
                                    kFrom,
                                    kTo,
                                    every(true),
                                    ConfigField{.key = "frames",
                                                .type = FieldType::list,
                                                .required = true,
                                                .minimum = 2,
                                                .maximum = 1536,
                                                .help = "hexadecimal: what is sent each time, one after the other"}};
constexpr std::array kLineFields{kKind, kLine, kFrom, kTo};

constexpr std::uint8_t on(std::initializer_list<Wire> wires) {
  std::uint8_t bits = 0;
  for (const Wire wire : wires) bits = static_cast<std::uint8_t>(bits | static_cast<std::uint8_t>(wire));
  return bits;
}
// Other wires carry what is on them intact.
constexpr std::uint8_t kOnBytes = on({Wire::bytes});
constexpr std::uint8_t kSaid = on({Wire::bytes, Wire::modbus_tcp, Wire::mqtt, Wire::gpio});
constexpr std::uint8_t kTimed = on({Wire::bytes, Wire::modbus_tcp, Wire::mqtt});
constexpr std::uint8_t kAll = on({Wire::bytes, Wire::modbus_tcp, Wire::mqtt, Wire::gpio, Wire::iio});

// In the order of FaultKind.
constexpr std::array kKinds{
    FaultKindSpec{"noise", FaultKind::noise, false, kOnBytes, kNoiseFields},
    FaultKindSpec{"lost", FaultKind::lost, false, kOnBytes, kLostFields},
    FaultKindSpec{"crc", FaultKind::crc, false, kOnBytes, kAnswerFields},
    FaultKindSpec{"silence", FaultKind::silence, false, kSaid, kAnswerFields},
    FaultKindSpec{"foreign", FaultKind::foreign, true, kOnBytes, kForeignFields},
    FaultKindSpec{"delay", FaultKind::delay, false, kTimed, kDelayFields},
    FaultKindSpec{"echo", FaultKind::echo, true, kOnBytes, kLineFields},
    FaultKindSpec{"gone", FaultKind::gone, true, kAll, kLineFields},
    FaultKindSpec{"copy", FaultKind::copy, false, on({Wire::mqtt}), kCopyFields},
};

}  // namespace

std::span<const FaultKindSpec> fault_kinds() { return kKinds; }

const FaultKindSpec* find_fault_kind(std::string_view name) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [name](const FaultKindSpec& spec) { return spec.name == name; });
  return found == kKinds.end() ? nullptr : found;
}

std::string_view name_of(FaultKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

bool strikes(const FaultKindSpec& kind, Wire wire) { return (kind.wires & static_cast<std::uint8_t>(wire)) != 0; }

std::string strikers(Wire wire) {
  std::string names;
  for (const FaultKindSpec& kind : kKinds) {
    if (strikes(kind, wire)) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  }
  return names;
}

}  // namespace afferent::simulator
