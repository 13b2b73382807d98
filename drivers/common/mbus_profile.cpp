#include "drivers/common/mbus_profile.h"

#include <algorithm>

#include "drivers/common/mbus_time.h"

namespace afferent::drivers::mbus {
namespace {

constexpr std::uint8_t kInverse = 0x13;
constexpr std::uint8_t kWithRegisters = 0x1E;
constexpr std::uint8_t kPlain = 0x1F;
constexpr std::uint8_t kExtension = 0x7C;
constexpr std::uint8_t kMonthly = 0xFE;
constexpr std::uint8_t kLongestSpacing = 0xFA;  // what is above has meanings of its own

enum class Mode : std::uint8_t { absolute, increments, decrements, differences };

bool is_profile_code(std::uint8_t vife) {
  const std::uint8_t code = vife & 0x7FU;
  return code == kInverse || code == kWithRegisters || code == kPlain;
}

// Position of the modifier in `vifes`; their number when there is none. Codes behind FC are of another table.
std::size_t profile_at(core::ByteView vifes) {
  for (std::size_t i = 0; i < vifes.size(); ++i) {
    if ((vifes[i] & 0x7FU) == kExtension) {
      ++i;
    } else if (is_profile_code(vifes[i])) {
      return i;
    }
  }
  return vifes.size();
}

// The codes without the profile's own and without extension bits.
core::Bytes other_codes(core::ByteView vifes) {
  const std::size_t own = profile_at(vifes);
  core::Bytes codes;
  for (std::size_t i = 0; i < vifes.size(); ++i) {
    if (i != own) codes.push_back(vifes[i] & 0x7FU);
  }
  return codes;
}

bool same_place(const Record& a, const Record& b) {
  return a.storage == b.storage && a.tariff == b.tariff && a.subunit == b.subunit && a.function == b.function;
}

bool all_ones(core::ByteView data) {
  return std::all_of(data.begin(), data.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

// One element as a number; nothing where the meter says that there is none.
std::optional<double> element(std::uint8_t coding, bool unsigned_raw, core::ByteView data) {
  const Raw raw = read_raw(coding, 0, data);
  if (raw.kind == Raw::Kind::real) return raw.real;
  if (raw.kind != Raw::Kind::integer) return std::nullopt;
  if (raw.decimal) return static_cast<double>(raw.integer);
  const std::size_t unused = 64 - 8 * data.size();
  const auto bits = static_cast<std::uint64_t>(raw.integer) << unused;
  if (unsigned_raw) {
    if (all_ones(data)) return std::nullopt;
    return static_cast<double>(bits >> unused);
  }
  if (bits == std::uint64_t{1} << 63) return std::nullopt;
  return static_cast<double>(raw.integer);
}

struct Spacing {
  std::uint8_t unit;  // 0 s, 1 min, 2 h, 3 d or month
  std::uint8_t count;
  bool backward;
};

std::optional<std::int64_t> time_at(std::int64_t base, const Spacing& spacing, std::int64_t step) {
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86400};
  if (spacing.backward) step = -step;
  if (spacing.unit == 3 && spacing.count == kMonthly) return add_months(base, step);
  if (spacing.count == 0 || spacing.count > kLongestSpacing) return std::nullopt;
  return base + step * spacing.count * kSeconds[spacing.unit];
}

}  // namespace

bool is_profile(const Record& record) { return profile_at(record.vifes) < record.vifes.size(); }

const Record* base_value(const Records& records, const Record& profile) {
  const core::Bytes codes = other_codes(profile.vifes);
  for (const Record& record : records.list) {
    if (record.table == profile.table && record.vif == profile.vif && same_place(record, profile) &&
        !is_profile(record) && other_codes(record.vifes) == codes)
      return &record;
  }
  return nullptr;
}

std::optional<std::int64_t> base_time(const Records& records, const Record& profile) {
  for (const Record& record : records.list) {
    const bool date = record.table == VifTable::primary && (record.vif == 0x6C || record.vif == 0x6D);
    if (!date || !record.vifes.empty() || record.storage != profile.storage) continue;
    if (record.raw.kind != Raw::Kind::integer || record.raw.decimal) continue;
    if (const auto time = time_of(record.data)) return time;
  }
  return std::nullopt;
}

std::vector<ProfileValue> expand_profile(const Record& profile, const Record* base, std::optional<std::int64_t> time) {
  std::vector<ProfileValue> values;
  const std::size_t at = profile_at(profile.vifes);
  if (at == profile.vifes.size() || profile.coding != 0xD || profile.data.size() < 2) return values;
  const std::uint8_t control = profile.data[0];
  const std::uint8_t coding = control & 0x0FU;
  const auto mode = static_cast<Mode>(control >> 6);
  const std::size_t size = data_size(coding);
  const bool backward = (profile.vifes[at] & 0x7FU) == kInverse;
  const Spacing spacing{static_cast<std::uint8_t>(control >> 4 & 3U), profile.data[1], backward};
  if (size == 0) return values;

  double sum = 0.0;
  if (mode != Mode::absolute) {
    if (base == nullptr || base->raw.kind != Raw::Kind::integer) return values;
    sum = static_cast<double>(base->raw.integer);
  }
  const double sign = (mode == Mode::decrements) != backward ? -1.0 : 1.0;
  core::ByteView rest = profile.data.subspan(2);
  for (std::uint32_t step = 1; rest.size() >= size; ++step, rest = rest.subspan(size)) {
    const auto number = element(coding, mode == Mode::increments || mode == Mode::decrements, rest.first(size));
    if (!number && mode != Mode::absolute) break;
    if (!number) continue;
    sum = mode == Mode::absolute ? *number : sum + sign * *number;
    values.push_back({step, sum, time ? time_at(*time, spacing, step) : std::nullopt});
  }
  return values;
}

}  // namespace afferent::drivers::mbus
