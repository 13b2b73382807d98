#include "drivers/wmbus/extended_link.h"

#include <algorithm>

#include "drivers/common/wmbus_crc.h"
#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

struct Layout {
  std::uint8_t ci;
  bool partner;  // maker and address of whom it is for
  bool session;
};

constexpr std::array kLayouts{
    Layout{0x8C, false, false},
    Layout{0x8D, false, true},
    Layout{0x8E, true, false},
    Layout{0x8F, true, true},
};

constexpr std::size_t kControl = 2;  // CC and ACC
constexpr std::size_t kPartner = 8;
constexpr std::size_t kSession = 4;
constexpr std::size_t kCrc = 2;
// Bits that repeaters change or that say how often it was repeated.
constexpr std::uint8_t kHops = 0x12;

const Layout* layout_of(std::uint8_t ci) {
  const auto* found = std::find_if(kLayouts.begin(), kLayouts.end(), [ci](const Layout& l) { return l.ci == ci; });
  return found == kLayouts.end() ? nullptr : found;
}

}  // namespace

bool is_extended_link(std::uint8_t ci) { return layout_of(ci) != nullptr; }

bool read_extended_link(core::ByteView bytes, ExtendedLink& out, std::string_view& why) {
  const Layout* layout = layout_of(bytes[0]);
  why = "extended link layer is cut short";
  if (layout == nullptr) return false;
  out.size = 1 + kControl + (layout->partner ? kPartner : 0) + (layout->session ? kSession : 0);
  if (bytes.size() < out.size + (layout->session ? kCrc : 0)) return false;
  out.communication = bytes[1];
  out.access = bytes[2];
  if (layout->session) {
    std::uint32_t session = 0;
    for (std::size_t at = out.size; at-- > out.size - kSession;) session = session << 8 | bytes[at];
    out.session = session;
    why = "unsupported encryption of the extended link layer";
    if ((session >> 29) > 1) return false;
  }
  return true;
}

Block counter_of(const ExtendedLink& link, const mbus::Identity& sender) {
  Block block{};
  const auto address = link_bytes(sender);
  std::copy(address.begin(), address.end(), block.begin());
  block[8] = static_cast<std::uint8_t>(link.communication & ~kHops);
  const std::uint32_t session = link.session.value_or(0);
  for (unsigned byte = 0; byte < 4; ++byte) block[9 + byte] = static_cast<std::uint8_t>(session >> (8 * byte));
  return block;
}

bool payload_right(core::ByteView payload) {
  return payload.size() >= kCrc &&
         crc16_en13757(payload.subspan(kCrc)) == static_cast<std::uint16_t>(payload[0] | payload[1] << 8);
}

}  // namespace afferent::drivers::wmbus
