// What a RO_ACCESS_REPORT says of each tag. Value types.
// Source: LLRP 1.1, sections 14.2 (TagReportData) and 17.2.7.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/time.h"

namespace afferent::drivers::llrp {

struct TagReport {
  core::ByteView epc;      // into the message; may be empty: a tag without one
  std::uint16_t bits = 0;  // of the EPC
  std::optional<std::uint16_t> antenna;
  std::optional<std::int8_t> rssi;  // dBm
  std::optional<std::uint16_t> count;
  std::optional<core::Micros> first_seen;  // the reader's UTC
  std::optional<core::Micros> last_seen;
};

// Fills `tags`, whose memory is used again, from the body of a RO_ACCESS_REPORT: all tags or, where a parameter cannot
// be read, none. Empty, or why. No allocation once `tags` has grown to the usual report.
std::string_view read_report(core::ByteView body, std::vector<TagReport>& tags);

}  // namespace afferent::drivers::llrp
