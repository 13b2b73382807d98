#include "drivers/llrp/notification.h"

#include <algorithm>
#include <array>

#include "drivers/llrp/parameter.h"

namespace afferent::drivers::llrp {
namespace {

constexpr std::size_t kMostText = 200;

struct Code {
  std::uint16_t code = 0;
  std::string_view name;
};

constexpr std::array kCodes{
    Code{0, "M_Success"},
    Code{100, "M_ParameterError"},
    Code{101, "M_FieldError"},
    Code{102, "M_UnexpectedParameter"},
    Code{103, "M_MissingParameter"},
    Code{104, "M_DuplicateParameter"},
    Code{105, "M_OverflowParameter"},
    Code{106, "M_OverflowField"},
    Code{107, "M_UnknownParameter"},
    Code{108, "M_UnknownField"},
    Code{109, "M_UnsupportedMessage"},
    Code{110, "M_UnsupportedVersion"},
    Code{111, "M_UnsupportedParameter"},
    Code{112, "M_UnexpectedMessage"},
    Code{200, "P_ParameterError"},
    Code{201, "P_FieldError"},
    Code{202, "P_UnexpectedParameter"},
    Code{203, "P_MissingParameter"},
    Code{204, "P_DuplicateParameter"},
    Code{205, "P_OverflowParameter"},
    Code{206, "P_OverflowField"},
    Code{207, "P_UnknownParameter"},
    Code{208, "P_UnknownField"},
    Code{209, "P_UnsupportedParameter"},
    Code{300, "A_Invalid"},
    Code{301, "A_OutOfRange"},
    Code{401, "R_DeviceError"},
};

constexpr std::array<std::string_view, 5> kAttempts{
    "accepted", "another client that the reader itself has called is connected", "another client is connected",
    "the reader gives no reason", "another client has tried to connect"};

constexpr std::array<std::string_view, 3> kRoSpecEvents{"started", "ended", "preempted"};

// 16 bits of length, then so many bytes.
std::optional<std::string> read_text(core::ByteView bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::size_t length = big_endian<std::uint16_t>(bytes);
  if (bytes.size() - 2 < length) return std::nullopt;
  return std::string(core::as_text(bytes.subspan(2, std::min(length, kMostText))));
}

// The least bytes of the events that are looked at.
struct Size {
  Param type{};
  std::size_t least = 0;
};
constexpr std::array kSizes{Size{Param::rospec_event, 9}, Size{Param::buffer_warning, 1},
                            Size{Param::reader_exception, 2}, Size{Param::antenna_event, 3},
                            Size{Param::connection_attempt, 2}};

bool is_cut_short(const Parameter& event) {
  return std::any_of(kSizes.begin(), kSizes.end(),
                     [&](const Size& size) { return size.type == event.type && event.body.size() < size.least; });
}

void read_event(const Parameter& event, Notification& notification) {
  switch (event.type) {
    case Param::connection_attempt: notification.connection_attempt = big_endian<std::uint16_t>(event.body); return;
    case Param::connection_close: notification.connection_close = true; return;
    case Param::buffer_overflow: notification.buffer_overflow = true; return;
    case Param::buffer_warning: notification.buffer_filled = event.body[0]; return;
    case Param::reader_exception: notification.exception = read_text(event.body).value_or(""); return;
    case Param::rospec_event: notification.rospec = {event.body[0], big_endian<std::uint32_t>(event.body, 1)}; return;
    case Param::antenna_event:
      notification.antenna = {event.body[0] != 0, big_endian<std::uint16_t>(event.body, 1)};
      return;
    default: return;
  }
}

}  // namespace

std::string Status::sentence() const {
  const auto* const known =
      std::find_if(kCodes.begin(), kCodes.end(), [this](const Code& entry) { return entry.code == code; });
  std::string sentence(known == kCodes.end() ? std::string_view("status") : known->name);
  sentence += " (" + std::to_string(code) + ")";
  if (!text.empty()) sentence += ": " + text;
  return sentence;
}

std::optional<Status> read_status(core::ByteView body) {
  ParameterReader reader(body);
  Parameter parameter;
  while (reader.next(parameter)) {
    if (parameter.type != Param::llrp_status) continue;
    if (parameter.body.size() < 4) return std::nullopt;
    auto text = read_text(parameter.body.subspan(2));
    if (!text) return std::nullopt;
    return Status{big_endian<std::uint16_t>(parameter.body), std::move(*text)};
  }
  return std::nullopt;
}

std::string_view meaning_of_attempt(std::uint16_t status) {
  return status < kAttempts.size() ? kAttempts[status] : std::string_view("a reason that the standard does not know");
}

std::string_view read_notification(core::ByteView body, Notification& notification) {
  ParameterReader outer(body);
  Parameter data;
  while (outer.next(data)) {
    if (data.type != Param::event_notification_data) continue;
    ParameterReader inner(data.body);
    Parameter event;
    while (inner.next(event)) {
      if (is_cut_short(event)) return "event is cut short";
      read_event(event, notification);
    }
    if (!inner.trouble().empty()) return inner.trouble();
  }
  return outer.trouble();
}

std::string Notification::sentence() const {
  if (connection_attempt) {
    return "connection attempt " + std::to_string(*connection_attempt) + ", " +
           std::string(meaning_of_attempt(*connection_attempt));
  }
  if (connection_close) return "the reader closes the connection";
  if (buffer_overflow) return "the reader's report buffer was full, reports are lost";
  if (buffer_filled) return "the reader's report buffer is " + std::to_string(*buffer_filled) + " % full";
  if (exception) return "reader exception: " + *exception;
  if (rospec) {
    const std::string_view what = rospec->what < kRoSpecEvents.size() ? kRoSpecEvents[rospec->what] : "changed";
    return "ROSpec " + std::to_string(rospec->id) + " " + std::string(what);
  }
  if (antenna)
    return "antenna " + std::to_string(antenna->number) + (antenna->connected ? " connected" : " disconnected");
  return "an event that is not looked at";
}

}  // namespace afferent::drivers::llrp
