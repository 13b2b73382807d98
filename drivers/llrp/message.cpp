#include "drivers/llrp/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/llrp/big_endian.h"

namespace afferent::drivers::llrp {
namespace {

struct Name {
  std::uint16_t type = 0;
  std::string_view name;
};

constexpr std::array kNames{
    Name{1, "GET_READER_CAPABILITIES"},
    Name{2, "GET_READER_CONFIG"},
    Name{3, "SET_READER_CONFIG"},
    Name{4, "CLOSE_CONNECTION_RESPONSE"},
    Name{11, "GET_READER_CAPABILITIES_RESPONSE"},
    Name{12, "GET_READER_CONFIG_RESPONSE"},
    Name{13, "SET_READER_CONFIG_RESPONSE"},
    Name{14, "CLOSE_CONNECTION"},
    Name{20, "ADD_ROSPEC"},
    Name{21, "DELETE_ROSPEC"},
    Name{22, "START_ROSPEC"},
    Name{23, "STOP_ROSPEC"},
    Name{24, "ENABLE_ROSPEC"},
    Name{25, "DISABLE_ROSPEC"},
    Name{26, "GET_ROSPECS"},
    Name{30, "ADD_ROSPEC_RESPONSE"},
    Name{31, "DELETE_ROSPEC_RESPONSE"},
    Name{32, "START_ROSPEC_RESPONSE"},
    Name{33, "STOP_ROSPEC_RESPONSE"},
    Name{34, "ENABLE_ROSPEC_RESPONSE"},
    Name{35, "DISABLE_ROSPEC_RESPONSE"},
    Name{36, "GET_ROSPECS_RESPONSE"},
    Name{40, "ADD_ACCESSSPEC"},
    Name{41, "DELETE_ACCESSSPEC"},
    Name{42, "ENABLE_ACCESSSPEC"},
    Name{43, "DISABLE_ACCESSSPEC"},
    Name{44, "GET_ACCESSSPECS"},
    Name{45, "CLIENT_REQUEST_OP"},
    Name{46, "GET_SUPPORTED_VERSION"},
    Name{47, "SET_PROTOCOL_VERSION"},
    Name{50, "ADD_ACCESSSPEC_RESPONSE"},
    Name{51, "DELETE_ACCESSSPEC_RESPONSE"},
    Name{52, "ENABLE_ACCESSSPEC_RESPONSE"},
    Name{53, "DISABLE_ACCESSSPEC_RESPONSE"},
    Name{54, "GET_ACCESSSPECS_RESPONSE"},
    Name{55, "CLIENT_REQUEST_OP_RESPONSE"},
    Name{56, "GET_SUPPORTED_VERSION_RESPONSE"},
    Name{57, "SET_PROTOCOL_VERSION_RESPONSE"},
    Name{60, "GET_REPORT"},
    Name{61, "RO_ACCESS_REPORT"},
    Name{62, "KEEPALIVE"},
    Name{63, "READER_EVENT_NOTIFICATION"},
    Name{64, "ENABLE_EVENTS_AND_REPORTS"},
    Name{72, "KEEPALIVE_ACK"},
    Name{100, "ERROR_MESSAGE"},
    Name{1023, "CUSTOM_MESSAGE"},
};

constexpr std::uint16_t kTypeMask = 0x03FF;
constexpr std::size_t kLengthEnd = 6;  // of the header's bytes

std::size_t length_of(core::ByteView head) { return big_endian<std::uint32_t>(head, 2); }

// Of what has come of a header.
std::string_view fault_of(core::ByteView head) {
  if (!head.empty()) {
    const unsigned version = head[0] >> 2 & 7U;
    if ((head[0] & 0xE0U) != 0) return "no LLRP header: reserved bits are set";
    if (version != kVersion1 && version != kVersion2) return "no LLRP header: version is neither 1 nor 2";
  }
  if (head.size() >= kLengthEnd) {
    if (length_of(head) < kHeaderSize) return "LLRP header with a length below its own 10 bytes";
    if (length_of(head) > kLongestMessage) return "LLRP header with a length above 256 kB";
  }
  return {};
}

Message message_of(core::ByteView bytes) {
  Message message;
  message.version = static_cast<std::uint8_t>(bytes[0] >> 2 & 7U);
  message.type = static_cast<Type>(big_endian<std::uint16_t>(bytes) & kTypeMask);
  message.id = big_endian<std::uint32_t>(bytes, kLengthEnd);
  message.bytes = bytes;
  message.body = bytes.subspan(kHeaderSize);
  return message;
}

}  // namespace

std::string_view name_of(Type type) {
  const auto* const found = std::find_if(kNames.begin(), kNames.end(), [type](const Name& known) {
    return known.type == static_cast<std::uint16_t>(type);
  });
  return found == kNames.end() ? std::string_view() : found->name;
}

bool carries_status(Type type) { return type == Type::error_message || name_of(type).ends_with("_RESPONSE"); }

// Requests of a client are answered by the type ten above; closing, which was numbered first, is not.
Type reply_to(Type request) {
  if (request == Type::close_connection) return Type::close_connection_response;
  if (request == Type::get_report) return Type::ro_access_report;
  return static_cast<Type>(static_cast<std::uint16_t>(request) + 10);
}

void Receiver::reset() {
  chunk_ = {};
  held_.clear();
  done_ = false;
  trouble_ = {};
}

void Receiver::feed(core::ByteView chunk) { chunk_ = chunk; }

void Receiver::take(std::size_t upto) {
  const std::size_t count = std::min(chunk_.size(), upto - std::min(upto, held_.size()));
  held_.insert(held_.end(), chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(count));
  chunk_ = chunk_.subspan(count);
}

std::size_t Receiver::expected() const {
  return trouble_.empty() && held_.size() >= kLengthEnd ? length_of(held_) : std::size_t{0};
}

bool Receiver::check(core::ByteView head) {
  trouble_ = fault_of(head);
  return trouble_.empty();
}

std::optional<Message> Receiver::next() {
  if (std::exchange(done_, false)) held_.clear();
  if (!trouble_.empty()) return std::nullopt;
  if (held_.empty() && chunk_.size() >= kHeaderSize && check(chunk_) && length_of(chunk_) <= chunk_.size()) {
    // The usual case costs no copy.
    const core::ByteView whole = chunk_.first(length_of(chunk_));
    chunk_ = chunk_.subspan(whole.size());
    return message_of(whole);
  }
  take(kHeaderSize);
  if (!check(held_)) {
    take(held_.size() + chunk_.size());
    return std::nullopt;
  }
  if (held_.size() < kHeaderSize) return std::nullopt;
  take(length_of(held_));
  if (held_.size() < length_of(held_)) return std::nullopt;
  done_ = true;
  return message_of(held_);
}

bool is_whole(core::ByteView bytes) {
  Receiver receiver;
  receiver.feed(bytes);
  bool any = false;
  while (const auto message = receiver.next()) {
    if (name_of(message->type).empty()) return false;
    any = true;
  }
  return any && receiver.trouble().empty() && receiver.held().empty();
}

}  // namespace afferent::drivers::llrp
