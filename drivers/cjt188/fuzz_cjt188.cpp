// Any bytes on the line of a CJ/T 188 meter: overheard, as answers of a turn and of a command, and as what a meter puts
// into whole frames, which a fuzzer would hardly find the checksum of. The first byte chooses how they come.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "drivers/cjt188/driver.h"
#include "drivers/common/deaf_sink.h"

namespace {

using namespace afferent;
using Kind = core::WireEvent::Kind;

// A meter of which everything is asked.
drivers::cjt188::Settings settings_for(std::uint8_t choice) {
  constexpr std::array<std::uint8_t, 4> kTypes{0x10, 0x20, 0x30, 0x40};
  drivers::cjt188::Settings settings;
  settings.type = kTypes[choice % kTypes.size()];
  settings.months = 12;
  settings.history_every = core::Nanos{1};
  settings.also = {0x8102, 0x8104, 0x8105, 0xD120};
  return settings;
}

class Line {
 public:
  explicit Line(const drivers::cjt188::Settings& settings) : meter_(settings), sink_(meter_.channels({}).size()) {}

  void happens(Kind kind, core::ByteView bytes = {}) {
    core::WireEvent event;
    event.kind = kind;
    event.bytes = bytes;
    meter_.on(event, sink_);
  }
  void arrives(Kind kind, core::ByteView bytes, std::size_t chunk) {
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      happens(kind, bytes.subspan(at, std::min(chunk, bytes.size() - at)));
    }
  }
  // The bytes as so many frames: a control byte, a length, and so much data.
  void whole(Kind kind, core::ByteView bytes) {
    while (bytes.size() > 2) {
      const std::size_t length = std::min<std::size_t>(bytes[1], bytes.size() - 2);
      const core::ByteView content = bytes.subspan(2, length);
      drivers::cjt188::Frame frame;
      frame.address = {1, 2, 3, 4, 5, 6, 7};
      frame.control = bytes[0];
      frame.data.assign(content.begin(), content.end());
      happens(kind, drivers::cjt188::encode(frame, 0));
      bytes = bytes.subspan(2 + length);
    }
  }
  void ask(const core::DeviceCommand& command) { meter_.command(command, sink_); }
  void remember(core::ByteView bytes) {
    static_cast<void>(meter_.restore(meter_.save()));
    static_cast<void>(meter_.restore(bytes));
  }

 private:
  drivers::cjt188::Meter meter_;
  drivers::DeafSink sink_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const core::ByteView bytes = core::ByteView(data, size).subspan(1);
  const std::size_t chunk = (data[0] & 4U) != 0 ? size : 1 + (data[0] >> 3U);
  Line line(settings_for(data[0]));
  line.arrives(Kind::overheard, bytes, chunk);
  line.whole(Kind::overheard, bytes);
  line.happens(Kind::turn);
  line.whole(Kind::received, bytes);
  line.arrives(Kind::received, bytes, chunk);
  for (int i = 0; i < 4; ++i) line.happens(Kind::timed_out);
  line.ask({{}, "read", {{"di", "8105"}}});
  line.whole(Kind::received, bytes);
  line.happens(Kind::timed_out);
  line.remember(bytes);
  return 0;
}
