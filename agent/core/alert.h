// What a rule has to say to a duty officer. Value types.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/device.h"
#include "agent/core/time.h"

namespace afferent::core {

enum class Severity : std::uint8_t { blue, yellow, orange, red };  // in this order: red is the worst
enum class AlertState : std::uint8_t { raised, updated, escalated, acknowledged, shelved, cleared };

std::string_view name_of(Severity severity);
std::string_view name_of(AlertState state);
std::optional<Severity> severity_named(std::string_view name);

using AlertId = std::array<std::uint8_t, 16>;  // 128 random bits, fixed when the alert is raised

struct EvidenceSample {
  Stamp at;
  double value = 0.0;
};

// Somebody has taken charge of it. It lapses when the alert escalates.
struct Acknowledgement {
  std::string who;
  std::string note;
  Stamp at;
};

// Somebody wants to hear nothing of it for a time, unless it gets a worse severity.
struct Shelf {
  std::string who;
  std::string note;
  Nanos until{};                    // boot time
  std::optional<Micros> until_utc;  // nothing while the clock is not right
  Severity above = Severity::red;   // a worse one breaks the shelf
};

struct Alert {
  AlertId id{};
  std::string rule;
  DeviceId device{};
  std::string channel;
  std::string domain;  // the rule's, which is its device's unless configured
  Severity severity = Severity::blue;
  AlertState state = AlertState::raised;
  Stamp first;  // when it was raised
  Stamp last;   // when this state began
  double value = 0.0;
  std::optional<double> limit;
  std::string unit;
  std::vector<EvidenceSample> evidence;  // oldest first, at most 16
  std::string sentence;                  // for a person, in the node's language
  std::optional<Acknowledgement> acknowledged;
  std::optional<Shelf> shelf;
  std::optional<Micros> expected;  // UTC of what it foretells
  std::uint32_t flapping = 0;      // raised so often in a short time that it is held until it is calm; 0: not
};

}  // namespace afferent::core
