// Any bytes on the line of a Modbus device: as answers of a turn, as others' traffic, and as PDUs in whole frames,
// which a fuzzer would hardly find the CRC of. The first byte chooses the framing and how the bytes come.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "agent/config/check.h"
#include "agent/config/parse.h"
#include "drivers/common/deaf_sink.h"
#include "drivers/modbus/frame.h"
#include "drivers/modbus/modbus.h"

namespace {

using namespace afferent;
using Kind = core::WireEvent::Kind;

// One register of each kind, in three blocks.
constexpr const char* kDevice = R"(
unit = 1
mounting_height = 3.5
blind_zone = 0.3
range = 15
order = "CDAB"
register = [
  { channel = "distance", address = 0, type = "s16", scale = 0.001, scale_by = [{ address = 1, codes = [{ code = 1, scale = 1 }, { code = 2, scale = 0.1 }, { code = 3 }] }] },
  { channel = "total", address = 2, type = "u64", plus = { address = 6, type = "f32", scale = 0.5 }, quantity = "volume" },
  { channel = "flow", address = 8, type = "f32", no_value = [0], minimum = -5, maximum = 5, round = 2 },
  { channel = "fine", address = 10, type = "f64" },
  { channel = "count", address = 14, type = "bcd32", quantity = "none" },
  { channel = "digits", address = 16, type = "bcd16", quantity = "none" },
  { channel = "tilt", address = 17, type = "sign_magnitude32", decimals = 3 },
  { channel = "bend", address = 19, type = "sign_magnitude16" },
  { channel = "name", address = 20, type = "text", length = 4, quantity = "text" },
  { channel = "flag_pipe_empty", address = 24, bit = 3, quantity = "boolean", invert = true },
  { channel = "state", address = 25, mask = 0xF0, quantity = "text", values = [{ raw = 1, text = "open" }, { raw = 2, text = "shut" }] },
  { channel = "door", address = 5, function = 2, count = 9, quantity = "boolean" },
  { channel = "input", address = 65535, function = 4, type = "s16" },
]
)";

core::DriverDevice device(const std::string& framing) {
  core::DriverDevice device{.id = "probe", .options = {}, .profile = {}};
  const config::Parsed parsed = config::parse("framing = \"" + framing + "\"\nbase = 0\n" + kDevice, "probe.toml");
  if (!parsed.node || !config::check(*parsed.node, drivers::modbus::spec().options, device.options).empty())
    std::abort();
  return device;
}

class Line {
 public:
  Line(const core::DriverDevice& device, drivers::modbus::Framing framing) : framing_(framing) {
    auto made = drivers::modbus::spec().create({{device}});
    if (!made) std::abort();
    driver_ = *std::move(made);
  }

  void happens(Kind kind, core::ByteView bytes = {}) {
    core::WireEvent event;
    event.kind = kind;
    event.bytes = bytes;
    driver_->on(event, sink_);
  }
  void arrives(Kind kind, core::ByteView bytes, std::size_t chunk) {
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      happens(kind, bytes.subspan(at, std::min(chunk, bytes.size() - at)));
    }
  }
  // The bytes as so many frames, each with a PDU as long as its first byte says.
  void whole(Kind kind, core::ByteView bytes) {
    std::uint16_t transaction = 1;
    while (bytes.size() > 1) {
      const std::size_t size = std::min<std::size_t>(1 + bytes[0] % 253u, bytes.size() - 1);
      happens(kind, drivers::modbus::wrap(framing_, transaction++, 1, bytes.subspan(1, size)));
      bytes = bytes.subspan(1 + size);
    }
  }
  void ask_to_write(std::string value) {
    driver_->command({{}, "write", {{"address", "2"}, {"value", std::move(value)}}}, sink_);
  }

 private:
  drivers::modbus::Framing framing_;
  std::unique_ptr<core::Driver> driver_;
  drivers::DeafSink sink_{64};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using drivers::modbus::Framing;
  static const core::DriverDevice kRtu = device("rtu");
  static const core::DriverDevice kTcp = device("tcp");
  if (size < 2) return 0;
  const bool tcp = (data[0] & 1U) != 0;
  const std::size_t chunk = (data[0] & 2U) != 0 ? size : 1 + (data[0] >> 2U);
  const core::ByteView bytes = core::ByteView(data, size).subspan(1);
  Line line(tcp ? kTcp : kRtu, tcp ? Framing::tcp : Framing::rtu);
  line.arrives(Kind::overheard, bytes, chunk);
  line.whole(Kind::overheard, bytes);
  line.happens(Kind::turn);
  line.whole(Kind::received, bytes);
  line.arrives(Kind::received, bytes, chunk);
  line.happens(Kind::timed_out);
  line.ask_to_write(std::string(bytes.begin(), bytes.end()));
  line.whole(Kind::received, bytes);
  line.happens(Kind::timed_out);
  return 0;
}
