// What a rule on a device keeps over a restart, and its bytes: layout version 1, little-endian, lengths checked. Value
// types.
#pragma once

#include <optional>
#include <string>

#include "agent/core/alert.h"
#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

inline constexpr std::uint32_t kSavedVersion = 1;
inline constexpr std::size_t kMostEvidence = 16;

struct SavedAlert {
  core::Alert alert;  // without rule, device and sentence, which the key tells or which are made anew
  Phrase phrase = Phrase::above;
  double badness = 0.0;         // of what was last published
  core::Nanos published_age{};  // when it was last published, before `at`
};

struct Saved {
  std::string kind;
  std::uint64_t boot = 0;
  core::Stamp at;
  std::optional<SavedAlert> alert;
  core::Bytes own;  // the instance's part
};

core::Bytes pack(const Saved& saved);

// Error{bad_input} for anything that pack() does not write.
core::Result<Saved> unpack(core::ByteView bytes);

// How long ago `saved` was written: boot time within one boot, else UTC if both clocks were synchronised, else unknown.
std::optional<core::Nanos> elapsed(const Saved& saved, const core::Stamp& now, std::uint64_t boot);

}  // namespace afferent::rules
