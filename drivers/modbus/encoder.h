// Physical values to register contents: the inverse of Decoder. Loop-bound.
#pragma once

#include <optional>
#include <vector>

#include "agent/core/bytes.h"
#include "drivers/common/simulated.h"
#include "drivers/modbus/profile.h"

namespace afferent::drivers::modbus {

class Encoder {
 public:
  explicit Encoder(const Profile& profile) : profile_(profile) {}

  // The contents of registers (or coils) start..start+count-1; those that mean nothing are 0. A channel without truth
  // gets its "no value" code, NaN or 0.
  core::Bytes encode(std::uint8_t function, unsigned start, unsigned count, const Truth& truth) const;

 private:
  class Range;

  std::vector<std::uint64_t> unit_codes(const Truth& truth) const;
  std::optional<double> true_number(const Field& field, const Truth& truth) const;
  void put_field(const Field& field, const Truth& truth, const std::vector<std::uint64_t>& codes, Range& range) const;
  void put_number(const Field& field, std::optional<double> value, const std::vector<std::uint64_t>& codes,
                  Range& range) const;
  void put_text(const Field& field, const Truth& truth, Range& range) const;
  std::optional<Fraction> scale_of(const Field& field, const std::vector<std::uint64_t>& codes) const;

  const Profile& profile_;
};

}  // namespace afferent::drivers::modbus
