// Messages of LLRP: their header, their names, and a receiver that cuts a TCP stream into them. Loop-bound.
// Source: EPCglobal Low Level Reader Protocol 1.1, section 17.1 (binary encoding of messages).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::llrp {

enum class Type : std::uint16_t {
  get_reader_capabilities = 1,
  get_reader_config = 2,
  set_reader_config = 3,
  close_connection_response = 4,
  get_reader_capabilities_response = 11,
  get_reader_config_response = 12,
  set_reader_config_response = 13,
  close_connection = 14,
  add_rospec = 20,
  delete_rospec = 21,
  start_rospec = 22,
  stop_rospec = 23,
  enable_rospec = 24,
  disable_rospec = 25,
  get_rospecs = 26,
  add_rospec_response = 30,
  delete_rospec_response = 31,
  start_rospec_response = 32,
  stop_rospec_response = 33,
  enable_rospec_response = 34,
  disable_rospec_response = 35,
  get_rospecs_response = 36,
  get_report = 60,
  ro_access_report = 61,
  keepalive = 62,
  reader_event_notification = 63,
  enable_events_and_reports = 64,
  keepalive_ack = 72,
  error_message = 100,
  custom_message = 1023,
};

// "RO_ACCESS_REPORT"; empty for a type that the standard does not know.
std::string_view name_of(Type type);
bool carries_status(Type type);  // a reply, which begins with LLRPStatus
Type reply_to(Type request);

inline constexpr std::uint8_t kVersion1 = 1;  // LLRP 1.0.1
inline constexpr std::uint8_t kVersion2 = 2;  // LLRP 1.1
inline constexpr std::size_t kHeaderSize = 10;
inline constexpr std::size_t kLongestMessage = 256 * 1024;

struct Message {
  std::uint8_t version = kVersion1;
  Type type{};
  std::uint32_t id = 0;
  core::ByteView bytes;  // all of it
  core::ByteView body;   // behind the header
};

// Holds at most one message. There is no way to find the next one behind a header that is wrong, so that a stream is
// lost with it.
class Receiver {
 public:
  // `chunk` is borrowed until next() has nothing more. Not after trouble.
  void feed(core::ByteView chunk);
  std::optional<Message> next();  // valid until the next call

  std::string_view trouble() const { return trouble_; }  // why the stream is lost; empty: it is not
  core::ByteView held() const { return held_; }          // of a message that is not complete, or what is wrong
  std::size_t expected() const;                          // bytes of the message that is held; 0: not known yet
  void reset();

 private:
  void take(std::size_t upto);
  bool check(core::ByteView head);

  core::ByteView chunk_;
  core::Bytes held_;
  bool done_ = false;  // held_ was handed out
  std::string_view trouble_;
};

// True when `bytes` are one or more complete messages of known types.
bool is_whole(core::ByteView bytes);

}  // namespace afferent::drivers::llrp
