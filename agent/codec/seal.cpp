#include "agent/codec/seal.h"

#include "agent/codec/encode.h"

namespace afferent::codec {
namespace {

constexpr std::uint8_t kSealTag = 15 << 3 | 2;  // field 15 of every sealed message, length-delimited

void append_varint(core::Bytes& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

void Sealer::seal(const core::SealFacts& facts, core::Bytes& payload) const {
  pb::Seal seal;
  seal.set_node(node_);
  seal.set_epoch(facts.epoch);
  seal.set_sequence(facts.sequence);
  seal.set_previous(facts.previous);
  seal.set_boot(facts.boot);
  if (facts.utc_at_boot) seal.set_utc_at_boot_us(facts.utc_at_boot->count());
  seal.set_clock(to_proto(facts.clock));
  const std::size_t size = seal.ByteSizeLong();
  payload.reserve(payload.size() + size + 4);
  payload.push_back(kSealTag);
  append_varint(payload, size);
  const std::size_t start = payload.size();
  payload.resize(start + size);
  seal.SerializeWithCachedSizesToArray(payload.data() + start);
}

core::Envelope GapWriter::write(const core::GapFacts& facts) const {
  pb::Gap gap;
  gap.set_stream(facts.domain + "/" + std::string(core::name_of(facts.kind)));
  gap.set_first_sequence(facts.first_sequence);
  gap.set_last_sequence(facts.last_sequence);
  gap.set_first_ms(to_ms(facts.first));
  gap.set_last_ms(to_ms(facts.last));
  gap.set_messages(facts.messages);
  gap.set_readings(facts.readings);
  gap.set_reason(facts.reason);
  return {facts.domain, core::Kind::gap, serialized(gap), 0, facts.first, facts.last};
}

void fill(const core::Place& place, pb::Place& out) {
  out.set_latitude(place.latitude.value_or(0.0));
  out.set_longitude(place.longitude.value_or(0.0));
  out.set_address(place.address);
  std::string grid;
  for (const std::string& level : place.grid) grid.append(grid.empty() ? "" : "/").append(level);
  out.set_grid(grid);
}

}  // namespace afferent::codec
