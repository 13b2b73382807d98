// Compact profiles: many values of one quantity at equal distances in time, in one record. Pure functions, thread-safe.
// EN 13757-3 annex F.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/common/mbus_records.h"

namespace afferent::drivers::mbus {

struct ProfileValue {
  std::uint32_t step = 0;            // 1 for the first: the storage number counts on from the base value's
  double raw = 0.0;                  // in the unit of the record's VIF, not scaled
  std::optional<std::int64_t> time;  // seconds since 1970 of the meter's time; where the base time is known
};

bool is_profile(const Record& record);

// The record in `records` whose value `profile` counts from: the same but for the modifier. Null where there is none.
const Record* base_value(const Records& records, const Record& profile);
// The time of that value: the date record of the same storage number.
std::optional<std::int64_t> base_time(const Records& records, const Record& profile);

// Values that the meter marks as missing are left out; where differences are sent, all behind it are too. Nothing for
// differences without a base value, and for a profile that is not understood.
std::vector<ProfileValue> expand_profile(const Record& profile, const Record* base, std::optional<std::int64_t> time);

}  // namespace afferent::drivers::mbus
