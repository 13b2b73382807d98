// Parameters of LLRP, one after the other. Value types; no allocation.
// Source: LLRP 1.1, section 17.2: a TLV has 6 reserved bits, 10 bits of type and 16 of length, its own 4 bytes
// included; a TV has its type in the low 7 bits of a first byte above 7F, and a length that follows from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/core/bytes.h"
#include "drivers/llrp/big_endian.h"

namespace afferent::drivers::llrp {

enum class Param : std::uint16_t {
  antenna_id = 1,
  first_seen_utc = 2,
  last_seen_utc = 4,
  peak_rssi = 6,
  tag_seen_count = 8,
  epc_96 = 13,
  utc_timestamp = 128,
  uptime = 129,
  rospec = 177,
  rospec_boundary = 178,
  rospec_start_trigger = 179,
  periodic_trigger = 180,
  rospec_stop_trigger = 182,
  ai_spec = 183,
  ai_spec_stop_trigger = 184,
  inventory_spec = 186,
  keepalive_spec = 220,
  antenna_configuration = 222,
  rf_transmitter = 224,
  events_and_reports = 226,
  ro_report_spec = 237,
  report_content = 238,
  tag_report_data = 240,
  epc_data = 241,
  event_notification_spec = 244,
  event_notification_state = 245,
  event_notification_data = 246,
  rospec_event = 249,
  buffer_warning = 250,
  buffer_overflow = 251,
  reader_exception = 252,
  antenna_event = 255,
  connection_attempt = 256,
  connection_close = 257,
  llrp_status = 287,
  c1g2_inventory_command = 330,
  c1g2_rf_control = 335,
  c1g2_singulation_control = 336,
};

// Bytes behind the first one of each TV, by type; 0: unknown. LLRP 1.1, section 17.2, types 1 to 20.
inline constexpr std::array<std::uint8_t, 128> kTvBody{0, 2, 8, 8, 8, 8, 1, 2, 2, 4, 2, 2, 2, 12, 2, 2, 4, 2, 4, 2, 2};

struct Parameter {
  Param type{};
  core::ByteView body;  // behind type and length
};

class ParameterReader {
 public:
  explicit ParameterReader(core::ByteView bytes) : rest_(bytes) {}

  // False at the end, and where no parameter can be read: then trouble() says why.
  bool next(Parameter& parameter) {
    if (rest_.empty()) return false;
    const std::uint8_t first = rest_[0];
    if (first >= 0x80) return next_tv(first & 0x7FU, parameter);
    if (rest_.size() < kTlvHead) return stop("parameter is cut short");
    const auto type = static_cast<std::uint16_t>(big_endian<std::uint16_t>(rest_.data()) & 0x3FFU);
    const std::size_t length = big_endian<std::uint16_t>(rest_.data() + 2);
    if (length < kTlvHead) return stop("parameter has a length below its own 4 bytes");
    if (length > rest_.size()) return stop("parameter is longer than what it stands in");
    if (type < 128) return stop("parameter of a type below 128 has the form of a TLV");
    parameter = {static_cast<Param>(type), rest_.subspan(kTlvHead, length - kTlvHead)};
    rest_ = rest_.subspan(length);
    return true;
  }

  std::string_view trouble() const { return trouble_; }

 private:
  static constexpr std::size_t kTlvHead = 4;

  bool next_tv(std::size_t type, Parameter& parameter) {
    const std::size_t size = kTvBody[type];
    if (size == 0) return stop("TV parameter of unknown type, whose length nobody knows");
    if (rest_.size() <= size) return stop("parameter is cut short");
    parameter = {static_cast<Param>(type), rest_.subspan(1, size)};
    rest_ = rest_.subspan(1 + size);
    return true;
  }
  bool stop(std::string_view why) {
    trouble_ = why;
    rest_ = {};
    return false;
  }

  core::ByteView rest_;
  std::string_view trouble_;
};

}  // namespace afferent::drivers::llrp
