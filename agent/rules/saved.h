// What a rule on a device keeps over a restart, and its bytes: layout version 2, little-endian, lengths checked. Value
// types.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

inline constexpr std::uint32_t kSavedVersion = 2;
inline constexpr std::uint32_t kOldestSaved = 1;  // still read: alerts without acknowledgement, shelf and flapping
inline constexpr std::size_t kMostEvidence = 16;

// What of a finding a sentence needs beside value and limit.
struct Particulars {
  Phrase phrase = Phrase::above;
  std::string detail = {};
  std::optional<double> other = {};
  std::optional<core::Micros> when = {};
  std::optional<core::Nanos> span = {};
};

struct SavedCalm {  // of an alert that flaps
  core::Nanos age{};
  double value = 0.0;
};

struct SavedAlert {
  core::Alert alert;  // without rule, device, shelf and sentence, which stand elsewhere or are made anew
  Particulars particulars;
  core::Severity told_severity = core::Severity::blue;
  double badness = 0.0;         // of what was last published
  core::Nanos published_age{};  // when it was last published, before `at`
  std::vector<core::Nanos> raise_ages;
  std::optional<SavedCalm> calm;
};

struct Saved {
  std::string kind;
  std::uint64_t boot = 0;
  core::Stamp at;
  std::optional<SavedAlert> alert;
  std::optional<core::Shelf> shelf;  // `until` is a boot time of `boot`
  core::Bytes own;                   // the instance's part
};

core::Bytes pack(const Saved& saved);

// Parts that other saved things are made of. take() is false for what makes no sense.
void put(Packer& to, const core::Stamp& stamp);
bool take(Unpacker& from, core::Stamp& to);
bool take(Unpacker& from, core::Nanos& to);
bool take(Unpacker& from, core::Micros& to);  // UTC

// Error{bad_input} for anything that pack() does not write.
core::Result<Saved> unpack(core::ByteView bytes, std::uint32_t version);

// How long ago `saved` was written: boot time within one boot, else UTC if both clocks were synchronised, else unknown.
std::optional<core::Nanos> elapsed(const Saved& saved, const core::Stamp& now, std::uint64_t boot);

}  // namespace afferent::rules
