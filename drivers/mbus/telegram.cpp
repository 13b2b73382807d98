#include "drivers/mbus/telegram.h"

#include <array>

namespace afferent::drivers::mbus {
namespace {

using core::ByteView;

Telegram unreadable(std::string why) {
  Telegram telegram;
  telegram.trouble = std::move(why);
  return telegram;
}

// What the configuration field says of the text behind the header (EN 13757-7, 7.5.8). Modes above 15 are not the
// standard's: it is the signature of older meters. A text that begins with two fillers is not secret any more.
bool is_secret(const Header& header, ByteView text) {
  constexpr std::uint8_t kFiller = 0x2F;
  const unsigned mode = header.config >> 8 & 0x1FU;
  const bool whole_bytes = mode == 2 || mode == 3;  // DES: the count is one of bytes
  const unsigned count = whole_bytes ? header.config & 0xFFU : header.config >> 4 & 0xFU;
  if (mode == 0 || mode > 15) return false;
  if ((whole_bytes || mode == 5) && count == 0) return false;
  return text.size() < 2 || text[0] != kFiller || text[1] != kFiller;
}

Telegram with_records(const std::optional<Header>& header, ByteView data, std::size_t head, Records& records) {
  Telegram telegram;
  telegram.kind = Telegram::Kind::records;
  if (header) {
    telegram.identity = header->identity;
    telegram.status = header->status;
    if (is_secret(*header, data.subspan(head))) {
      return unreadable("encrypted (security mode " + std::to_string(header->config >> 8 & 0x1FU) +
                        "), which is not read on the wire");
    }
  }
  if (read_records(data.subspan(head), records)) return telegram;
  return unreadable(std::string(records.trouble) + ", at byte " + std::to_string(1 + head + records.trouble_at) +
                    " from the CI field on");
}

Telegram long_header(ByteView data, Records& records) {
  const auto header = read_long_header(data);
  if (!header) return unreadable("CI 72 needs a header of 12 bytes, " + std::to_string(data.size()) + " came");
  return with_records(header, data, kLongHeader, records);
}

Telegram short_header(ByteView data, Records& records) {
  const auto header = read_short_header(data);
  if (!header) return unreadable("CI 7A needs a header of 4 bytes, " + std::to_string(data.size()) + " came");
  return with_records(header, data, kShortHeader, records);
}

Telegram no_header(ByteView data, Records& records) { return with_records(std::nullopt, data, 0, records); }

Telegram fixed(ByteView data, Records& /*records*/) {
  const auto read = read_fixed(data);
  if (!read) return unreadable("CI 73 needs 16 bytes, " + std::to_string(data.size()) + " came");
  Telegram telegram;
  telegram.kind = Telegram::Kind::fixed;
  telegram.fixed = *read;
  telegram.identity = Identity{read->id, 0, 0, read->medium};
  telegram.status = static_cast<std::uint8_t>(read->status & 0xFCU);  // the low bits are about the counters
  return telegram;
}

Telegram refusal(ByteView data, Records& /*records*/) {
  Telegram telegram;
  telegram.kind = Telegram::Kind::refusal;
  if (!data.empty()) telegram.code = data[0];
  return telegram;
}

// Mode 2 of the first editions, the most significant byte first: gone since EN 13757-3:2004.
Telegram reversed(ByteView /*data*/, Records& /*records*/) {
  return unreadable("CI 76 and 77 (most significant byte first, mode 2) are not read");
}

Telegram alarm(ByteView data, Records& /*records*/) {
  if (data.empty()) return unreadable("CI 71 without its alarm byte");
  Telegram telegram;
  telegram.kind = Telegram::Kind::alarm;
  telegram.code = data[0];
  return telegram;
}

struct Reader {
  std::uint8_t ci;
  Telegram (*read)(ByteView data, Records& records);
};
constexpr std::array kReaders{
    Reader{0x72, long_header}, Reader{0x7A, short_header}, Reader{0x78, no_header}, Reader{0x73, fixed},
    Reader{0x70, refusal},     Reader{0x71, alarm},        Reader{0x76, reversed},  Reader{0x77, reversed},
};

}  // namespace

Telegram read_telegram(ByteView data, Records& records) {
  records.clear();
  if (data.empty()) return unreadable("answer without a CI field");
  for (const Reader& reader : kReaders) {
    if (reader.ci == data[0]) return reader.read(data.subspan(1), records);
  }
  return unreadable("CI " + core::to_hex(data.first(1)) + " in an answer is not known");
}

}  // namespace afferent::drivers::mbus
