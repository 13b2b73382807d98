#include "drivers/wmbus/source_amb8465.h"

#include <numeric>

#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::uint8_t kStart = 0xFF;
constexpr std::uint8_t kDataIndication = 0x03;
constexpr std::size_t kHead = 3;  // start, command, length

bool xor_right(core::ByteView bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), 0u, [](unsigned a, unsigned b) { return a ^ b; }) == 0;
}

}  // namespace

Verdict Amb8465Source::probe(core::ByteView bytes, bool last, Catcher& catcher) {
  if (bytes[0] != kStart) return RawSource::probe(bytes, last, catcher);
  if (bytes.size() < kHead) return Verdict::wait();
  const std::size_t size = kHead + bytes[2] + 1;  // without RSSI
  if (bytes.size() < size) return Verdict::wait();
  if (xor_right(bytes.first(size))) return command(bytes.first(size), false, catcher);
  if (bytes.size() == size && !last) return Verdict::wait();
  if (bytes.size() > size && xor_right(bytes.first(size + 1))) return command(bytes.first(size + 1), true, catcher);
  // What it carries must not be taken for a transparent frame.
  const bool damaged = bytes[1] == kDataIndication && size > kHead + 10 && plausible(bytes[3], bytes[12]);
  if (!damaged) return Verdict::skip("checksum of the dongle is wrong");
  catcher.damaged(bytes.first(kHead), "checksum of the dongle is wrong");
  return Verdict::took(kHead);
}

Verdict Amb8465Source::command(core::ByteView bytes, bool with_rssi, Catcher& catcher) {
  if (bytes[1] != kDataIndication) return Verdict::took(bytes.size());
  const std::size_t payload = bytes[2];
  if (payload + 1 < kShortestFrame) return Verdict::skip("a telegram of " + std::to_string(payload) + " bytes");
  core::ByteView frame = bytes.subspan(2, payload + 1);  // the command's length is the frame's L
  const bool own_length = frame[1] + std::size_t{1} == payload && !plausible(frame[1], frame[kShortestFrame - 1]);
  if (own_length) frame = frame.subspan(1);
  frame_.assign(frame.begin(), frame.end());
  Caught caught{frame_, {}, true};
  if (with_rssi) caught.rssi = rssi_of_half_decibels(bytes[bytes.size() - 2]);
  catcher.caught(caught);
  return Verdict::took(bytes.size());
}

}  // namespace afferent::drivers::wmbus
