#include "drivers/wmbus/source_im871a.h"

#include <algorithm>
#include <cmath>

#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::uint8_t kStart = 0xA5;
constexpr std::size_t kHead = 4;  // start, flags and endpoint, message id, length
constexpr std::uint8_t kTimestamp = 0x20;
constexpr std::uint8_t kRssi = 0x40;
constexpr std::uint8_t kCrc = 0x80;
constexpr std::uint8_t kHighestEndpoint = 4;
constexpr std::uint8_t kRadioLink = 2;
constexpr std::uint8_t kTelegram = 0x03;

// CRC-16 of CCITT, reflected, from FFFF, inverted; sent low byte first.
std::uint16_t crc_ccitt(core::ByteView bytes) {
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0x8408u : crc >> 1;
  }
  return static_cast<std::uint16_t>(~crc);
}

bool crc_right(core::ByteView message) {
  const core::ByteView tail = message.last(2);
  return crc_ccitt(message.subspan(1, message.size() - 3)) == (tail[0] | tail[1] << 8);
}

}  // namespace

// The straight line of the dongle's manual: 80 dB in 150 steps, -100 dBm at 50.
double im871a_rssi(std::uint8_t value) { return (value * 80.0 - 19000.0) / 150.0; }

std::uint8_t im871a_rssi_value(double dbm) {
  return static_cast<std::uint8_t>(std::clamp(std::lround((dbm * 150.0 + 19000.0) / 80.0), 0L, 255L));
}

Verdict Im871aSource::probe(core::ByteView bytes, bool /*last*/, Catcher& catcher) {
  if (bytes[0] != kStart) return Verdict::skip();
  if (bytes.size() < kHead) return Verdict::wait();
  const std::uint8_t flags = bytes[1] & 0xF0u;
  const std::uint8_t endpoint = bytes[1] & 0x0Fu;
  if (endpoint == 0 || endpoint > kHighestEndpoint) return Verdict::skip("no message of the dongle");
  const std::size_t payload = bytes[3];
  const std::size_t stamp = (flags & kTimestamp) != 0 ? 4 : 0;
  const std::size_t rssi = (flags & kRssi) != 0 ? 1 : 0;
  const bool has_crc = (flags & kCrc) != 0;
  const std::size_t size = kHead + payload + stamp + rssi + (has_crc ? 2 : 0);
  if (bytes.size() < size) return Verdict::wait();
  if (has_crc && !crc_right(bytes.first(size))) return Verdict::skip("checksum of the dongle is wrong");
  if (endpoint != kRadioLink || bytes[2] != kTelegram) return Verdict::took(size);
  if (payload + 1 < kShortestFrame) return Verdict::skip("a telegram of " + std::to_string(payload) + " bytes");
  const core::ByteView frame = bytes.subspan(3, payload + 1);  // the message's length is the frame's L
  if (!has_crc && !plausible(frame[1], frame[kShortestFrame - 1])) return Verdict::skip();
  frame_.assign(frame.begin(), frame.end());
  Caught caught{frame_, {}, has_crc};
  if (rssi != 0) caught.rssi = im871a_rssi(bytes[kHead + payload + stamp]);
  catcher.caught(caught);
  return Verdict::took(size);
}

core::Bytes im871a_indication(core::ByteView frame, std::uint8_t rssi) {
  core::Bytes message;
  message.reserve(frame.size() + 6);
  for (const unsigned byte : {unsigned{kStart}, unsigned{kCrc | kRssi | kRadioLink}, unsigned{kTelegram}}) {
    message.push_back(static_cast<std::uint8_t>(byte));
  }
  message.insert(message.end(), frame.begin(), frame.end());  // the frame's L is the message's length
  message.push_back(rssi);
  const std::uint16_t crc = crc_ccitt(core::ByteView(message).subspan(1));
  message.push_back(static_cast<std::uint8_t>(crc & 0xFFu));
  message.push_back(static_cast<std::uint8_t>(crc >> 8));
  return message;
}

}  // namespace afferent::drivers::wmbus
