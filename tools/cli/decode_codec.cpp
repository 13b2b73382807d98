#include "tools/cli/decode_codec.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "agent/core/codec_call.h"
#include "agent/core/json.h"
#include "agent/io/clock.h"
#include "agent/io/codec_process.h"
#include "drivers/common/base64.h"
#include "drivers/common/json_reader.h"
#include "drivers/lorawan/codec_errors.h"
#include "tools/cli/hex_input.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

class Silence final : public core::Log {  // what the helper's log says comes as the answer too
 public:
  void write(core::LogLevel /*level*/, std::string_view /*part*/, std::string_view /*message*/) override {}
};

// The payload as the network server would publish it.
std::string event_of(core::ByteView payload, int fport, unsigned number) {
  core::JsonWriter json;
  json.begin_object().key("deviceInfo").begin_object().field("devEui", "0000000000000000").end_object();
  json.field("fCnt", number).field("fPort", fport).field("data", drivers::to_base64(payload)).end_object();
  return json.take();
}

// A payload may begin as one does.
bool is_event(core::ByteView bytes) {
  if (bytes.front() != '{') return false;
  const auto json = drivers::read_json(core::as_text(bytes));
  return json && json->is(drivers::Json::Kind::object);
}

int usual_port(const core::DriverDevice& device) {
  const core::ConfigNode& ports = device.options.has("fport") ? device.options["fport"] : device.profile["fport"];
  if (ports.list().empty()) return 1;
  const std::string_view text = ports.list().front().text();
  int port = 1;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

class Decoding {
 public:
  Decoding(core::Driver& driver, DecodeSink& sink, const CodecArguments& arguments, int fport, io::Loop& loop)
      : driver_(driver), sink_(sink), raw_(arguments.raw), fport_(fport), loop_(loop), codecs_(loop, silence_) {}

  bool decode(const std::string& text) {
    sink_.next_frame();
    const auto bytes = read_hex(text);
    if (!bytes || bytes->empty()) {
      fmt::print(stderr, "not hexadecimal: {}\n", text.substr(0, 80));
      return false;
    }
    const std::string event =
        is_event(*bytes) ? std::string(core::as_text(*bytes)) : event_of(*bytes, fport_, number_++);
    tell({}, core::as_bytes(event));
    bool good = true;
    const auto calls = sink_.take_sent();
    for (const core::Outgoing& outgoing : calls) {
      if (outgoing.topic == core::kCodecTopic) good &= ask(outgoing.bytes);
    }
    if (raw_) {
      if (calls.empty()) fmt::print(stderr, "no payload for a codec: {}\n", core::to_hex(*bytes).substr(0, 80));
      return good && !calls.empty();
    }
    if (sink_.readings() == 0 && sink_.rejects() == 0)
      fmt::print(stderr, "valid, without readings: {}\n", core::to_hex(*bytes).substr(0, 80));
    return sink_.rejects() == 0;
  }

 private:
  void tell(std::string_view name, core::ByteView bytes) {
    core::WireEvent event;
    event.kind = core::WireEvent::Kind::received;
    event.at = loop_.clock().now();
    event.name = name;
    event.bytes = bytes;
    driver_.on(event, sink_);
  }

  bool ask(core::ByteView packed) {
    auto call = core::unpack_call(packed);
    if (!call) return false;
    std::optional<core::CodecAnswer> answer;
    codecs_.call(*std::move(call), [&answer](core::CodecAnswer given) { answer = std::move(given); });
    while (!answer) loop_.run_once(core::Millis{100});
    if (raw_) return print(*answer);
    tell(core::kCodecTopic, core::pack(*answer));
    return true;
  }

  static bool print(const core::CodecAnswer& answer) {
    if (answer.outcome != core::CodecAnswer::Outcome::ok) {
      fmt::print(stderr, "codec: {}\n", for_terminal(answer.text));
      return false;
    }
    fmt::print("{}\n", answer.text);
    const auto result = drivers::read_json(answer.text);
    const auto errors = result ? drivers::lorawan::errors_in(*result) : std::optional<std::string>();
    if (errors) fmt::print(stderr, "codec: {}\n", for_terminal(*errors));
    return !errors;
  }

  core::Driver& driver_;
  DecodeSink& sink_;
  const bool raw_;
  const int fport_;
  unsigned number_ = 0;  // frame counter
  io::Loop& loop_;
  Silence silence_;
  io::CodecProcess codecs_;
};

}  // namespace

bool has_codecs(const core::DriverSpec& driver) {
  return std::any_of(driver.options.begin(), driver.options.end(),
                     [](const core::ConfigField& field) { return field.key == "codec"; });
}

void give_codec(const CodecArguments& arguments, core::ConfigNode& options) {
  if (arguments.script.empty()) return;
  core::ConfigNode::Table table = options.table();
  table.insert_or_assign("codec", core::ConfigNode(arguments.script, core::Source{"--codec", 0}));
  // The one who names script and port on the command line wants that port decoded, whatever a profile says.
  table.insert_or_assign("fport", core::ConfigNode(core::ConfigNode::List{}, core::Source{"--codec", 0}));
  options = core::ConfigNode(std::move(table), options.source());
}

int decode_payloads(core::Driver& driver, const core::DriverDevice& device, DecodeSink& sink,
                    const CodecArguments& arguments, const std::vector<std::string>& frames) {
  const bool with_codec = device.options.has("codec") || device.profile.has("codec");
  if (arguments.raw && !with_codec) {
    fmt::print(stderr, "afferent decode: --raw needs --codec, or a --profile that names one\n");
    return 2;
  }
  const io::RealClock clock;
  auto loop = io::Loop::create(clock);
  if (!loop) {
    fmt::print(stderr, "afferent decode: {}\n", loop.error().message());
    return 2;
  }
  Decoding decoding(driver, sink, arguments, arguments.fport.value_or(usual_port(device)), **loop);
  bool valid = false;
  for_each_line(frames, "decode", [&](const std::string& frame) { valid |= decoding.decode(frame); });
  return valid ? 0 : 1;
}

}  // namespace afferent::cli
