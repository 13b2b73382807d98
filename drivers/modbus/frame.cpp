#include "drivers/modbus/frame.h"

#include <algorithm>
#include <array>

#include "drivers/common/crc.h"

namespace afferent::drivers::modbus {
namespace {

constexpr std::size_t kMbap = 7;     // transaction 2, protocol 2, length 2, unit 1
constexpr unsigned kMostData = 250;  // bytes of a reply to a read: 125 registers or 2000 bits
constexpr unsigned kMostBits = 2000;
constexpr unsigned kMostRegisters = 125;

struct Lengths {  // of the PDU; 0: there is none of that kind
  std::size_t reply = 0;
  std::size_t request = 0;
  bool need_more = false;  // too few bytes to say
};

bool is_known_function(unsigned function) {
  return (function >= 1 && function <= 6) || function == 15 || function == 16;
}

bool byte_count_fits(unsigned function, unsigned count) {
  return count > 0 && count <= kMostData && (function <= 2 || count % 2 == 0);
}

// What lengths a PDU that begins like this can have.
Lengths lengths_of(core::ByteView pdu) {
  const unsigned function = pdu[0];
  if ((function & kErrorBit) != 0) return {is_known_function(function & 0x7Fu) ? 2u : 0u, 0, false};
  if (!is_known_function(function)) return {};
  if (function == 5 || function == 6) return {5, 0, false};
  if (function <= 4) {
    if (pdu.size() < 2) return {0, 5, true};
    const bool asks = pdu.size() < 5 || as_read_request(pdu.first(5)).has_value();
    return {byte_count_fits(function, pdu[1]) ? 2u + pdu[1] : 0u, asks ? 5u : 0u, false};
  }
  if (pdu.size() < 6) return {5, 0, true};
  return {5, pdu[5] > 0 && pdu[5] <= 246 ? 6u + pdu[5] : 0u, false};
}

enum class Verdict : std::uint8_t { no, incomplete, yes };

Verdict rtu_try(core::ByteView from, std::size_t pdu_length, std::size_t& length) {
  if (pdu_length == 0) return Verdict::no;
  length = pdu_length + 3;
  if (from.size() < length) return Verdict::incomplete;
  return crc16_a001(from.first(length)) == 0 ? Verdict::yes : Verdict::no;
}

Verdict rtu_at(core::ByteView from, std::size_t& length) {
  if (from.size() < 2) return Verdict::incomplete;
  const Lengths lengths = lengths_of(from.subspan(1));
  const Verdict reply = rtu_try(from, lengths.reply, length);
  if (reply == Verdict::yes) return reply;
  const Verdict request = rtu_try(from, lengths.request, length);
  if (request == Verdict::yes) return request;
  return reply == Verdict::no && request == Verdict::no && !lengths.need_more ? Verdict::no : Verdict::incomplete;
}

Verdict tcp_at(core::ByteView from, std::size_t& length) {
  if (from.size() < kMbap + 1) {
    const bool foreign =
        (from.size() > 2 && from[2] != 0) || (from.size() > 3 && from[3] != 0) || (from.size() > 4 && from[4] > 1);
    return foreign ? Verdict::no : Verdict::incomplete;
  }
  const std::size_t count = static_cast<std::size_t>(from[4]) << 8 | from[5];  // unit and PDU
  if (from[2] != 0 || from[3] != 0 || count < 3 || count > kLargestFrame - 6) return Verdict::no;
  length = 6 + count;
  if (!is_known_function(from[7] & 0x7Fu)) return from.size() < length ? Verdict::incomplete : Verdict::yes;
  const Lengths lengths = lengths_of(from.subspan(kMbap));
  const std::size_t pdu = count - 1;
  if (!lengths.need_more && pdu != lengths.reply && pdu != lengths.request) return Verdict::no;
  return from.size() < length ? Verdict::incomplete : Verdict::yes;
}

Frame rtu_frame(core::ByteView bytes, std::size_t begin, std::size_t length) {
  return {begin, begin + length, bytes[begin], 0, bytes.subspan(begin + 1, length - 3)};
}

Frame tcp_frame(core::ByteView bytes, std::size_t begin, std::size_t length) {
  const auto transaction = static_cast<std::uint16_t>(bytes[begin] << 8 | bytes[begin + 1]);
  return {begin, begin + length, bytes[begin + 6], transaction, bytes.subspan(begin + kMbap, length - kMbap)};
}

}  // namespace

std::optional<Frame> frame_at(Framing framing, core::ByteView bytes, std::size_t begin, std::size_t pdu_length) {
  const std::size_t length = pdu_length + (framing == Framing::rtu ? 3 : kMbap);
  if (begin + length > bytes.size()) return std::nullopt;
  const core::ByteView frame = bytes.subspan(begin, length);
  if (framing == Framing::rtu) {
    return crc16_a001(frame) == 0 ? std::optional(rtu_frame(bytes, begin, length)) : std::nullopt;
  }
  const std::size_t count = static_cast<std::size_t>(frame[4]) << 8 | frame[5];
  if (frame[2] != 0 || frame[3] != 0 || count != pdu_length + 1) return std::nullopt;
  return tcp_frame(bytes, begin, length);
}

core::Bytes wrap(Framing framing, std::uint16_t transaction, std::uint8_t unit, core::ByteView pdu) {
  core::Bytes bytes;
  bytes.reserve(pdu.size() + kMbap);
  if (framing == Framing::tcp) {
    const std::size_t count = pdu.size() + 1;
    for (const std::size_t byte :
         {std::size_t{transaction} >> 8, std::size_t{transaction}, std::size_t{0}, std::size_t{0}, count >> 8, count}) {
      bytes.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  bytes.push_back(unit);
  bytes.insert(bytes.end(), pdu.begin(), pdu.end());
  if (framing == Framing::rtu) {
    const std::uint16_t crc = crc16_a001(bytes);
    bytes.push_back(static_cast<std::uint8_t>(crc));
    bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
  }
  return bytes;
}

std::optional<Frame> find_frame(Framing framing, core::ByteView bytes, std::size_t& stale, std::uint8_t unit) {
  stale = 0;
  bool hopeless = true;
  const std::size_t header = framing == Framing::rtu ? 0 : kMbap - 1;  // bytes before the unit
  for (std::size_t begin = 0; begin < bytes.size(); ++begin) {
    std::size_t length = 0;
    const core::ByteView from = bytes.subspan(begin);
    if (unit != 0 && header < from.size() && from[header] != unit) {
      if (hopeless) stale = begin + 1;
      continue;
    }
    const Verdict verdict = framing == Framing::rtu ? rtu_at(from, length) : tcp_at(from, length);
    if (verdict == Verdict::yes) {
      return framing == Framing::rtu ? rtu_frame(bytes, begin, length) : tcp_frame(bytes, begin, length);
    }
    hopeless = hopeless && verdict == Verdict::no;
    if (hopeless) stale = begin + 1;
  }
  return std::nullopt;
}

std::optional<Frame> whole_frame(Framing framing, core::ByteView bytes) {
  if (framing != Framing::rtu || bytes.size() < 4 || bytes.size() > 256 || crc16_a001(bytes) != 0) return std::nullopt;
  return rtu_frame(bytes, 0, bytes.size());
}

core::Bytes read_pdu(std::uint8_t function, std::uint16_t start, std::uint16_t count) {
  return {function, static_cast<std::uint8_t>(start >> 8), static_cast<std::uint8_t>(start),
          static_cast<std::uint8_t>(count >> 8), static_cast<std::uint8_t>(count)};
}

std::optional<ReadRequest> as_read_request(core::ByteView pdu) {
  if (pdu.size() != 5 || pdu[0] < 1 || pdu[0] > 4) return std::nullopt;
  const ReadRequest request{pdu[0], static_cast<std::uint16_t>(pdu[1] << 8 | pdu[2]),
                            static_cast<std::uint16_t>(pdu[3] << 8 | pdu[4])};
  const unsigned most = request.function <= 2 ? kMostBits : kMostRegisters;
  if (request.count == 0 || request.count > most || request.start + request.count > 65536) return std::nullopt;
  return request;
}

std::optional<ReadReply> as_read_reply(core::ByteView pdu) {
  if (pdu.size() < 3 || pdu[0] < 1 || pdu[0] > 4 || pdu.size() != 2u + pdu[1]) return std::nullopt;
  if (pdu[0] >= 3 && pdu[1] % 2 != 0) return std::nullopt;
  return ReadReply{pdu[0], pdu.subspan(2)};
}

namespace {

// Why a PDU of a request's length asks for nothing that there is.
std::string misfit_of_request(core::ByteView pdu) {
  const bool bits = pdu[0] <= 2;
  const unsigned start = static_cast<unsigned>(pdu[1]) << 8 | pdu[2];
  const unsigned count = static_cast<unsigned>(pdu[3]) << 8 | pdu[4];
  const unsigned most = bits ? kMostBits : kMostRegisters;
  const std::string asked = "asks for " + std::to_string(count) + (bits ? " bits" : " registers");
  if (count == 0) return asked + ", right would be 1 to " + std::to_string(most);
  if (count > most) return asked + ", at most " + std::to_string(most);
  return asked + " from " + std::to_string(start) + " on, the last is 65535";
}

}  // namespace

std::string misfit_of(core::ByteView pdu) {
  if (pdu.size() < 2 || pdu[0] < 1 || pdu[0] > 4 || as_read_request(pdu) || as_read_reply(pdu)) return {};
  if (pdu.size() == 5 && pdu[1] != 3) return misfit_of_request(pdu);
  const std::string said = "byte count is " + std::to_string(pdu[1]);
  if (byte_count_fits(pdu[0], pdu[1])) return said + ", but " + std::to_string(pdu.size() - 2) + " bytes came";
  const std::string most = std::to_string(kMostData);
  return said +
         (pdu[0] <= 2 ? ", right would be 1 to " + most : ", right would be 2 to " + most + ", two bytes a register");
}

bool is_exception(core::ByteView pdu) { return pdu.size() == 2 && (pdu[0] & kErrorBit) != 0; }

std::string exception_text(std::uint8_t code) {
  static constexpr std::array<std::string_view, 12> kNames{"unknown",
                                                           "illegal function",
                                                           "illegal data address",
                                                           "illegal data value",
                                                           "device failure",
                                                           "acknowledge",
                                                           "device busy",
                                                           "negative acknowledge",
                                                           "memory parity error",
                                                           "unknown",
                                                           "gateway path unavailable",
                                                           "gateway target did not respond"};
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const std::string_view name = code < kNames.size() ? kNames[code] : kNames[0];
  return std::string("exception ") + kDigits[code >> 4] + kDigits[code & 0xFu] + " (" + std::string(name) + ")";
}

}  // namespace afferent::drivers::modbus
