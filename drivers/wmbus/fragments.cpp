#include "drivers/wmbus/fragments.h"

#include "drivers/common/numbers.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::uint16_t kMore = 0x4000;
constexpr std::uint16_t kControl = 0x2000;
constexpr std::uint16_t kLength = 0x1000;
constexpr std::uint16_t kCounter = 0x0800;
constexpr std::uint16_t kMac = 0x0400;
constexpr std::uint16_t kKey = 0x0200;

// Bytes of MAC by the low nibble of the message control field.
std::size_t mac_size(std::optional<std::uint8_t> control) {
  if (!control) return 0;
  switch (*control & 0x0Fu) {
    case 3: return 2;
    case 4: return 4;
    case 5: return 8;
    case 6: return 12;
    case 7: return 16;
    default: return 0;
  }
}

// Takes fields one after the other out of what the layer's length allows.
class Fields {
 public:
  explicit Fields(core::ByteView bytes) : left_(bytes) {}

  bool take(std::size_t size, core::ByteView& out) {
    if (left_.size() < size) return false;
    out = left_.first(size);
    left_ = left_.subspan(size);
    return true;
  }

 private:
  core::ByteView left_;
};

bool read_fields(Fields fields, std::optional<std::uint8_t> known, Fragment& out) {
  core::ByteView field;
  if (!fields.take(2, field)) return false;
  const std::uint32_t flags = little_endian(field);
  out.number = static_cast<std::uint8_t>(flags & 0xFFu);
  out.more = (flags & kMore) != 0;
  const auto keep = [&] { out.signed_fields.insert(out.signed_fields.end(), field.begin(), field.end()); };
  if ((flags & kControl) != 0) {
    if (!fields.take(1, field)) return false;
    out.control = field[0];
    keep();
  }
  if ((flags & kKey) != 0) {
    if (!fields.take(2, field)) return false;
    keep();
  }
  if ((flags & kCounter) != 0) {
    if (!fields.take(4, field)) return false;
    out.counter = little_endian(field);
    keep();
  }
  if ((flags & kMac) != 0 && !fields.take(mac_size(out.control ? out.control : known), out.mac)) return false;
  if ((flags & kLength) != 0) {
    if (!fields.take(2, field)) return false;
    out.length = little_endian<std::uint16_t>(field);
    keep();
  }
  return true;
}

}  // namespace

bool read_fragment(core::ByteView bytes, std::optional<std::uint8_t> known, Fragment& out, std::string_view& why) {
  why = "authentication and fragmentation layer is cut short";
  if (bytes.size() < 2 || bytes.size() - 2 < bytes[1]) return false;
  out.size = bytes[1] + std::size_t{2};
  return read_fields(Fields(bytes.subspan(2, bytes[1])), known, out);
}

Reassembly::State Reassembly::lose(std::string_view reason, std::string_view& why) {
  why = reason;
  next_ = 1;
  message_.clear();
  fields_ = {};
  return State::lost;
}

Reassembly::State Reassembly::add(const Fragment& fragment, core::ByteView rest, core::Nanos now,
                                  std::string_view& why) {
  if (fragment.number <= 1) {  // some count from 0
    message_.clear();
    fields_ = fragment;
    next_ = fragment.number;
  }
  if (fragment.number + 1 == next_ && fragment.number > 1) return State::waiting;  // repeated
  if (fragment.number != next_ || (next_ > 1 && now - last_ > kPatience)) {
    return lose("a fragment whose message has no beginning", why);
  }
  if (message_.size() + rest.size() > kLongest) return lose("a message longer than 16 kB", why);
  message_.insert(message_.end(), rest.begin(), rest.end());
  last_ = now;
  ++next_;
  if (fragment.more) return State::waiting;
  if (fields_.length && *fields_.length != message_.size()) return lose("length of the message is wrong", why);
  mac_.assign(fragment.mac.begin(), fragment.mac.end());
  fields_.mac = mac_;
  next_ = 1;
  return State::whole;
}

}  // namespace afferent::drivers::wmbus
