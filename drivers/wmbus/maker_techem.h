// Techem water meters: radio 3 and 4 behind CI A2, in tenths of a cubic metre; smoke detectors. Pure functions. There
// is no public text of them: the layouts are as receivers of these meters describe them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// Dates of all Techem meters: that of the settlement day, and that of today, which has no year.
std::chrono::year_month_day techem_date(std::uint32_t bits);
std::chrono::year_month_day techem_today(const std::chrono::year_month_day& settlement, std::uint32_t bits);
std::optional<std::int64_t> techem_seconds(const std::chrono::year_month_day& date);

// The value of the last settlement day and what was used since.
bool read_techem_water(const MakerFrame& frame, MakerReadings& out, std::string& why);
// The total and what was used in each half of the last months.
bool read_techem_half_months(const MakerFrame& frame, MakerReadings& out, std::string& why);

// The alarm, and the last day of the period before.
bool read_techem_smoke(const MakerFrame& frame, MakerReadings& out, std::string& why);

}  // namespace afferent::drivers::wmbus
