#include "drivers/llrp/simulated.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/llrp/options.h"
#include "drivers/llrp/writer.h"

namespace afferent::drivers::llrp {
namespace {

using core::Bytes;
using core::ByteView;

constexpr std::uint16_t kSuccess = 0;
constexpr std::uint16_t kFieldError = 101;
constexpr std::uint16_t kUnsupportedMessage = 109;
constexpr std::size_t kEpc96 = 12;  // bytes

void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// As the parameter of `Number` carries it, and told as served.
template <class Number>
std::optional<Number> carried(const Truth& now, std::string_view name, Truth& served) {
  const auto truth = now.numbers.find(name);
  if (truth == now.numbers.end() || !std::isfinite(truth->second)) return std::nullopt;
  constexpr double kLeast = std::numeric_limits<Number>::min();
  constexpr double kMost = std::numeric_limits<Number>::max();
  const auto number = static_cast<Number>(std::clamp(std::round(truth->second), kLeast, kMost));
  served.numbers[std::string(name)] = number;
  return number;
}

void write_epc(Writer& writer, ByteView epc) {
  if (epc.size() == kEpc96) {
    writer.tv(Param::epc_96).bytes(epc);
    return;
  }
  const auto data = writer.open(Param::epc_data);
  writer.u16(static_cast<std::uint16_t>(epc.size() * 8)).bytes(epc);
}

}  // namespace

Bytes SimulatedReader::greeting() {
  has_rospec_ = enabled_ = running_ = false;
  version_ = kVersion1;
  Writer writer(Type::reader_event_notification, ++last_id_, version_);
  {
    const auto data = writer.open(Param::event_notification_data);
    {
      const auto uptime = writer.open(Param::uptime);
      writer.u64(0);
    }
    const auto attempt = writer.open(Param::connection_attempt);
    writer.u16(0);
  }
  return writer.finish();
}

Bytes SimulatedReader::keepalive() { return Writer(Type::keepalive, ++last_id_, version_).finish(); }

Bytes SimulatedReader::report(const Truth& now, Truth& served, std::optional<core::Micros> seen) {
  const auto tags = now.texts.find("tag");
  if (!running_ || tags == now.texts.end()) return {};
  Writer writer(Type::ro_access_report, ++last_id_, version_);
  bool any = false;
  for (const std::string& word : words_of(tags->second)) {
    const auto epc = core::from_hex(word);
    if (!epc || epc->empty() || epc->size() > 62) continue;
    any = true;
    served.texts["tag"] = core::to_hex(*epc);
    const auto data = writer.open(Param::tag_report_data);
    write_epc(writer, *epc);
    if (const auto antenna = carried<std::uint16_t>(now, "antenna", served)) {
      writer.tv(Param::antenna_id).u16(*antenna);
    }
    if (const auto rssi = carried<std::int8_t>(now, "rssi", served)) {
      writer.tv(Param::peak_rssi).u8(static_cast<std::uint8_t>(*rssi));
    }
    if (seen) writer.tv(Param::last_seen_utc).u64(static_cast<std::uint64_t>(seen->count()));
    if (const auto count = carried<std::uint16_t>(now, "count", served)) writer.tv(Param::tag_seen_count).u16(*count);
  }
  return any ? writer.finish() : Bytes();
}

Bytes SimulatedReader::push(const Occasion& occasion, const Truth& now, Truth& served) {
  Bytes bytes = keepalive();
  append(bytes, report(now, served, occasion.utc));
  return bytes;
}

// The status of its reply.
std::uint16_t SimulatedReader::obey(const Message& message) {
  switch (message.type) {
    case Type::set_reader_config:
    case Type::get_reader_config:
    case Type::get_reader_capabilities:
    case Type::get_rospecs:
    case Type::close_connection: return kSuccess;
    case Type::delete_rospec: has_rospec_ = enabled_ = running_ = false; return kSuccess;
    case Type::add_rospec:
      if (has_rospec_) return kFieldError;
      has_rospec_ = true;
      return kSuccess;
    case Type::enable_rospec: enabled_ = has_rospec_; return has_rospec_ ? kSuccess : kFieldError;
    case Type::disable_rospec: enabled_ = running_ = false; return has_rospec_ ? kSuccess : kFieldError;
    case Type::start_rospec: running_ = enabled_; return enabled_ ? kSuccess : kFieldError;
    case Type::stop_rospec: running_ = false; return has_rospec_ ? kSuccess : kFieldError;
    default: return kUnsupportedMessage;
  }
}

Bytes SimulatedReader::reply(const Message& message) {
  const std::uint16_t status = obey(message);
  Writer writer(status == kUnsupportedMessage ? Type::error_message : reply_to(message.type), message.id, version_);
  {
    const auto parameter = writer.open(Param::llrp_status);
    writer.u16(status).u16(0);
  }
  return writer.finish();
}

Bytes SimulatedReader::answer(ByteView request, const Truth& now, Truth& served) {
  Bytes bytes;
  Receiver receiver;
  receiver.feed(request);
  while (const auto message = receiver.next()) {
    version_ = message->version;
    const bool silent = message->type == Type::keepalive_ack || message->type == Type::enable_events_and_reports ||
                        message->type == Type::get_report;
    if (!silent) append(bytes, reply(*message));
    if (silent || message->type == Type::start_rospec) append(bytes, report(now, served));
  }
  return bytes;
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedReader>());
}

}  // namespace afferent::drivers::llrp
