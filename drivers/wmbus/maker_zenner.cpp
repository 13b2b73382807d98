#include "drivers/wmbus/maker_zenner.h"

namespace afferent::drivers::wmbus {

bool read_zenner(const MakerFrame& frame, MakerReadings& out, std::string& /*why*/) {
  constexpr std::size_t kSize = 12;            // status, settlement day, total
  constexpr double kPerCubicMetre = 256000.0;  // 256 steps are a litre
  const core::ByteView bytes = frame.payload;
  if (bytes.size() < kSize) return true;
  out.volume(little_endian(bytes.subspan(8, 4)) / kPerCubicMetre);
  out.volume(little_endian(bytes.subspan(4, 4)) / kPerCubicMetre, 1);
  const std::uint32_t status = little_endian(bytes.first(4));
  out.number({"error_flags", core::Quantity::none}, status);
  out.flag("flag_error", status != 0);
  return true;
}

}  // namespace afferent::drivers::wmbus
