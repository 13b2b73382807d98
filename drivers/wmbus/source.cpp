#include "drivers/wmbus/source.h"

#include "drivers/wmbus/source_amb8465.h"
#include "drivers/wmbus/source_im871a.h"
#include "drivers/wmbus/source_lines.h"
#include "drivers/wmbus/source_raw.h"

namespace afferent::drivers::wmbus {

std::unique_ptr<Source> make_source(const SourceOptions& options) {
  if (options.kind == "raw") return std::make_unique<RawSource>(options.rssi_byte);
  if (options.kind == "raw_t") return std::make_unique<CodedSource>();
  if (options.kind == "im871a") return std::make_unique<Im871aSource>();
  if (options.kind == "amb8465") return std::make_unique<Amb8465Source>(options.rssi_byte);
  if (options.kind == "cul") return std::make_unique<CulSource>();
  if (options.kind == "rtl_wmbus") return std::make_unique<RtlWmbusSource>();
  return nullptr;
}

double rssi_of_half_decibels(std::uint8_t value) {
  const int halves = value >= 128 ? value - 256 : value;
  return halves / 2.0 - 74.0;
}

}  // namespace afferent::drivers::wmbus
