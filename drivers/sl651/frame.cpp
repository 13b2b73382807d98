#include "drivers/sl651/frame.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "drivers/common/crc.h"
#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr std::uint8_t kHexStart = 0x7E;
constexpr std::uint8_t kAsciiStart = 0x01;

void append(core::Bytes& bytes, std::string_view text) { bytes.insert(bytes.end(), text.begin(), text.end()); }

bool is_end(std::uint8_t end, bool down) {
  if (!down) return end == kEtx || end == kEtb;
  return end == kEtx || end == kEnq || end == kAck || end == kNak || end == kEot || end == kEsc;
}

// The fields between start and STX as hex digits: two digits a byte in either form.
std::string head_digits(const Frame& frame, std::size_t length) {
  const std::string center = hex_text(frame.center, 2);
  const std::size_t marked = length | (frame.down ? 0x8000U : 0U);
  return (frame.down ? frame.station + center : center + frame.station) + hex_text(frame.password, 4) +
         hex_text(frame.function, 2) + hex_text(marked, 4);
}

// Where the parts of a frame are, in bytes from its start.
struct Layout {
  std::size_t start;    // length of 7E7E or 01
  std::size_t scale;    // bytes for two digits
  std::size_t length;   // position of direction and length
  std::size_t stx;      // position
  std::size_t trailer;  // CRC
};

const Layout& layout(std::uint8_t start) {
  static constexpr Layout kHex{2, 1, 11, 13, 2};
  static constexpr Layout kAscii{1, 2, 19, 23, 4};
  return start == kAsciiStart ? kAscii : kHex;
}

// The fields in front of the body, of a frame that is plausible.
Frame head_of(core::ByteView bytes) {
  const Layout& parts = layout(bytes[0]);
  const std::string digits = parts.scale == 1 ? core::to_hex(bytes.subspan(2, parts.stx - 2))
                                              : std::string(core::as_text(bytes.subspan(1, parts.stx - 1)));
  Frame frame;
  frame.ascii = parts.scale == 2;
  frame.down = digits[18] == '8';
  frame.station = upper(digits.substr(frame.down ? 0 : 2, 10));
  frame.center = static_cast<std::uint8_t>(number_in_hex(digits.substr(frame.down ? 10 : 0, 2)));
  frame.password = static_cast<std::uint16_t>(number_in_hex(digits.substr(12, 4)));
  frame.function = static_cast<std::uint8_t>(number_in_hex(digits.substr(16, 2)));
  frame.start = bytes[parts.stx];
  frame.end = bytes[bytes.size() - parts.trailer - 1];
  return frame;
}

// False where the number of the packet is none.
bool take_body(core::ByteView body, Frame& frame) {
  if (frame.start == kSyn) {
    const std::size_t width = frame.ascii ? 6 : 3;
    if (body.size() < width) return false;
    const core::ByteView field = body.first(width);
    const std::string packet = frame.ascii ? std::string(core::as_text(field)) : core::to_hex(field);
    if (!std::all_of(packet.begin(), packet.end(), is_hex_digit)) return false;
    frame.total = static_cast<std::uint16_t>(number_in_hex(packet.substr(0, 3)));
    frame.number = static_cast<std::uint16_t>(number_in_hex(packet.substr(3)));
    body = body.subspan(width);
  }
  frame.body.assign(body.begin(), body.end());
  return true;
}

}  // namespace

core::Bytes encode(const Frame& frame) {
  core::Bytes body;
  if (frame.start == kSyn) {
    const std::string packet = hex_text(frame.total, 3) + hex_text(frame.number, 3);
    if (frame.ascii) {
      append(body, packet);
    } else {
      body = core::from_hex(packet).value_or(core::Bytes{});
    }
  }
  body.insert(body.end(), frame.body.begin(), frame.body.end());
  body.resize(std::min(body.size(), kMostBody));
  const std::string head = head_digits(frame, body.size());
  core::Bytes bytes;
  if (frame.ascii) {
    bytes.push_back(kAsciiStart);
    append(bytes, head);
  } else {
    bytes = core::from_hex("7E7E" + head).value_or(core::Bytes{});
  }
  bytes.push_back(frame.start);
  bytes.insert(bytes.end(), body.begin(), body.end());
  bytes.push_back(frame.end);
  const std::string crc = hex_text(crc16_a001(bytes), 4);
  if (frame.ascii) {
    append(bytes, crc);
  } else {
    const core::Bytes two = core::from_hex(crc).value_or(core::Bytes{});
    bytes.insert(bytes.end(), two.begin(), two.end());
  }
  return bytes;
}

bool Syntax::whole(core::ByteView bytes) {
  const Layout& parts = layout(bytes[0]);
  const core::ByteView covered = bytes.first(bytes.size() - parts.trailer);
  const core::ByteView sent = bytes.last(parts.trailer);
  const std::size_t crc = parts.scale == 1 ? static_cast<std::size_t>(sent[0] << 8 | sent[1]) : number_in_hex(sent);
  return crc == crc16_a001(covered) && std::all_of(sent.begin(), sent.end(), [&parts](std::uint8_t byte) {
           return parts.scale == 1 || is_hex_digit(byte);
         });
}

std::optional<Found> Syntax::judge(core::ByteView bytes) {
  const Layout& parts = layout(bytes[0]);
  Frame frame = head_of(bytes);
  const bool crc_right = whole(bytes);
  const bool end_right = is_end(frame.end, frame.down);
  if (!crc_right && !end_right) return std::nullopt;
  Found found;
  found.raw.assign(bytes.begin(), bytes.end());
  if (!crc_right) {
    found.why = "CRC is wrong, should be " + hex_text(crc16_a001(bytes.first(bytes.size() - parts.trailer)), 4);
  } else if (!end_right) {
    found.why = "end is " + hex_text(frame.end, 2) + ", which is none";
  } else if (!take_body(bytes.subspan(parts.stx + 1, bytes.size() - parts.stx - 2 - parts.trailer), frame)) {
    found.why = "has no packet number";
  } else {
    found.frame = std::move(frame);
  }
  return found;
}

bool Syntax::plausible(core::ByteView bytes) {
  if (bytes[0] != kHexStart && bytes[0] != kAsciiStart) return false;
  const bool ascii = bytes[0] == kAsciiStart;
  const Layout& parts = layout(bytes[0]);
  if (!ascii && bytes.size() > 1 && bytes[1] != kHexStart) return false;
  const std::size_t head = std::min(bytes.size(), parts.stx);
  if (ascii && !std::all_of(bytes.begin() + 1, bytes.begin() + static_cast<std::ptrdiff_t>(head), is_hex_digit)) {
    return false;
  }
  if (bytes.size() > parts.length) {
    const auto direction = ascii ? digit_of(bytes[parts.length]) : bytes[parts.length] >> 4;
    if (direction != 0 && direction != 8) return false;
  }
  return bytes.size() <= parts.stx || bytes[parts.stx] == kStx || bytes[parts.stx] == kSyn;
}

std::optional<std::size_t> Syntax::length(core::ByteView bytes) {
  const Layout& parts = layout(bytes[0]);
  if (bytes.size() <= parts.stx) return std::nullopt;
  const core::ByteView field = bytes.subspan(parts.length, 2 * parts.scale);
  const std::size_t marked =
      parts.scale == 1 ? static_cast<std::size_t>(field[0] << 8 | field[1]) : number_in_hex(field);
  return parts.stx + 1 + (marked & 0x0FFFU) + 1 + parts.trailer;
}

}  // namespace afferent::drivers::sl651
