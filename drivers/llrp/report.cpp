#include "drivers/llrp/report.h"

#include <limits>

#include "drivers/llrp/parameter.h"

namespace afferent::drivers::llrp {
namespace {

constexpr std::uint16_t kEpc96Bits = 96;

std::optional<core::Micros> time_of(core::ByteView body) {
  const auto micros = big_endian<std::uint64_t>(body);
  if (micros > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 1000)) return std::nullopt;
  return core::Micros(static_cast<std::int64_t>(micros));
}

// EPCData: bits, then the bytes that they take.
std::string_view read_epc_data(core::ByteView body, TagReport& tag) {
  if (body.size() < 2) return "EPCData is cut short";
  const auto bits = big_endian<std::uint16_t>(body);
  const core::ByteView bytes = body.subspan(2);
  const std::size_t needed = (std::size_t{bits} + 7) / 8;
  if (bytes.size() < needed) return "EPCData has fewer bytes than its bits take";
  if (bits == 0) return {};  // some readers send it beside an EPC of 96 bits
  tag.epc = bytes.first(needed);
  tag.bits = bits;
  return {};
}

std::string_view read_tag(core::ByteView body, TagReport& tag) {
  ParameterReader reader(body);
  Parameter parameter;
  bool has_epc = false;
  while (reader.next(parameter)) {
    switch (parameter.type) {
      case Param::epc_96:
        has_epc = true;
        tag.epc = parameter.body;
        tag.bits = kEpc96Bits;
        break;
      case Param::epc_data:
        has_epc = true;
        if (const auto trouble = read_epc_data(parameter.body, tag); !trouble.empty()) return trouble;
        break;
      case Param::antenna_id: tag.antenna = big_endian<std::uint16_t>(parameter.body); break;
      case Param::peak_rssi: tag.rssi = static_cast<std::int8_t>(parameter.body[0]); break;
      case Param::tag_seen_count: tag.count = big_endian<std::uint16_t>(parameter.body); break;
      case Param::first_seen_utc: tag.first_seen = time_of(parameter.body); break;
      case Param::last_seen_utc: tag.last_seen = time_of(parameter.body); break;
      default: break;  // of no channel
    }
  }
  if (!reader.trouble().empty()) return reader.trouble();
  return has_epc ? std::string_view() : "TagReportData without an EPC";
}

}  // namespace

std::string_view read_report(core::ByteView body, std::vector<TagReport>& tags) {
  tags.clear();
  ParameterReader reader(body);
  Parameter parameter;
  while (reader.next(parameter)) {
    if (parameter.type != Param::tag_report_data) continue;
    const std::string_view trouble = read_tag(parameter.body, tags.emplace_back());
    if (trouble.empty()) continue;
    tags.clear();
    return trouble;
  }
  if (!reader.trouble().empty()) tags.clear();
  return reader.trouble();
}

}  // namespace afferent::drivers::llrp
