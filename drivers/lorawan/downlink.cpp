#include "drivers/lorawan/downlink.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "agent/core/json.h"
#include "drivers/common/base64.h"
#include "drivers/lorawan/codec_errors.h"

namespace afferent::drivers::lorawan {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kLongest = 242;  // bytes of the largest LoRaWAN payload

std::optional<std::uint8_t> port_in(const std::string& text) {
  std::uint8_t port = 0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), port);
  if (done.ec != std::errc{} || done.ptr != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

core::Result<void> read_bytes(const std::string& text, core::Bytes& bytes) {
  auto read = core::from_hex(text);
  if (!read) read = from_base64(text);
  if (!read || read->size() > kLongest)
    return Error(ErrorCode::bad_input, "bytes: expected at most 242 bytes, as hexadecimal digits or base64");
  bytes = *std::move(read);
  return {};
}

}  // namespace

core::Result<DownlinkWish> read_wish(const std::map<std::string, std::string>& arguments) {
  DownlinkWish wish;
  bool bytes_given = false;
  for (const auto& [key, value] : arguments) {
    if (key == "bytes") {
      if (auto read = read_bytes(value, wish.downlink.bytes); !read) return std::move(read).error();
      bytes_given = true;
    } else if (key == "data") {
      const auto json = read_json(value);
      if (!json || !json->is(Json::Kind::object)) return Error(ErrorCode::bad_input, "data: expected a JSON object");
      wish.data = value;
    } else if (key == "fport") {
      const auto port = port_in(value);
      if (!port) return Error(ErrorCode::bad_input, "fport: expected 1 to 255");
      wish.downlink.fport = *port;
      wish.fport_given = true;
    } else if (key == "confirmed") {
      if (value != "true" && value != "false") return Error(ErrorCode::bad_input, "confirmed: expected true or false");
      wish.downlink.confirmed = value == "true";
    } else {
      return Error(ErrorCode::bad_input,
                   "downlink has no argument '" + key + "'; known: bytes, data, fport, confirmed");
    }
  }
  if (bytes_given == !wish.data.empty()) return Error(ErrorCode::bad_input, "downlink needs either bytes or data");
  return wish;
}

core::Result<Downlink> encoded(const DownlinkWish& wish, const Json& result) {
  if (auto errors = errors_in(result)) return Error(ErrorCode::bad_input, *std::move(errors));
  Downlink downlink = wish.downlink;
  if (!result["bytes"].is(Json::Kind::array)) return Error(ErrorCode::bad_input, "encodeDownlink gave no bytes");
  for (const Json& item : result["bytes"].items()) {
    const double number = item.number(-1.0);
    if (number < 0 || number > 255 || number != std::floor(number) || downlink.bytes.size() >= kLongest)
      return Error(ErrorCode::bad_input, "encodeDownlink gave what are no bytes, or more than 242");
    downlink.bytes.push_back(static_cast<std::uint8_t>(number));
  }
  const double port = result["fPort"].number(downlink.fport);
  if (port < 1 || port > 255 || port != std::floor(port))
    return Error(ErrorCode::bad_input, "encodeDownlink gave an fPort outside 1 to 255");
  if (!wish.fport_given) downlink.fport = static_cast<std::uint8_t>(port);
  return downlink;
}

core::Outgoing message(const Topic& topic, const std::string& dev_eui, const Downlink& downlink) {
  core::JsonWriter json;
  core::Outgoing outgoing;
  outgoing.expects_answer = false;
  if (topic.server == Server::chirpstack) {
    outgoing.topic = "application/" + topic.application + "/device/" + dev_eui + "/command/down";
    json.begin_object()
        .field("devEui", dev_eui)
        .field("confirmed", downlink.confirmed)
        .field("fPort", downlink.fport)
        .field("data", to_base64(downlink.bytes))
        .end_object();
  } else {
    outgoing.topic = "v3/" + topic.application + "/devices/" + topic.device + "/down/push";
    json.begin_object().key("downlinks").begin_array().begin_object();
    json.field("f_port", downlink.fport)
        .field("frm_payload", to_base64(downlink.bytes))
        .field("confirmed", downlink.confirmed)
        .field("priority", "NORMAL");
    json.end_object().end_array().end_object();
  }
  const std::string text = json.take();
  outgoing.bytes.assign(text.begin(), text.end());
  return outgoing;
}

}  // namespace afferent::drivers::lorawan
