// What may go wrong on a virtual line, and when. Value types.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/config_tree.h"
#include "agent/core/time.h"
#include "tools/simulator/models.h"

namespace afferent::simulator {

enum class FaultKind : std::uint8_t {
  noise,    // bytes that nobody sent stand in front of an answer, or by themselves with `every`
  lost,     // bytes of an answer do not arrive
  crc,      // an answer has a wrong checksum
  silence,  // no answer
  foreign,  // another master, and who answers it, speaks on the line
  delay,    // an answer comes late
  echo,     // the line hears itself: what a master sends comes back to it
  gone,     // the line is unplugged: its link, port, socket, folder or connection vanishes and comes back
  copy,     // what a device said comes once more: again from the broker, or through another gateway
};

struct Fault {
  FaultKind kind = FaultKind::noise;
  std::string line;  // one of line and device is set
  std::string device;
  double from = 0.0;  // scenario seconds
  double to = std::numeric_limits<double>::infinity();
  double probability = 1.0;         // of each answer
  std::size_t bytes = 1;            // noise, lost: at most so many
  core::Nanos delay{};              // delay, copy
  core::Nanos jitter{};             // added to it, at random
  core::Nanos every{};              // foreign, noise: real time from one to the next; zero: with answers only
  std::vector<core::Bytes> frames;  // foreign: sent one after the other each time
  core::Source source;

  bool active(double seconds) const { return seconds >= from && seconds < to; }
};

struct FaultKindSpec {
  std::string_view name;
  FaultKind kind;
  bool line_only;      // strikes a whole line, not a device
  std::uint8_t wires;  // on which it can strike, bits of Wire
  std::span<const core::ConfigField> fields;
};

std::span<const FaultKindSpec> fault_kinds();
const FaultKindSpec* find_fault_kind(std::string_view name);  // nullptr for an unknown name
std::string_view name_of(FaultKind kind);
bool strikes(const FaultKindSpec& kind, Wire wire);
// Those that can strike there: "silence, delay".
std::string strikers(Wire wire);

}  // namespace afferent::simulator
