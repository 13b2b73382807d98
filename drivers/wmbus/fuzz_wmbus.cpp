// Whatever comes from a dongle: the first byte chooses the source, the rest comes in chunks of two sizes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "drivers/common/deaf_sink.h"
#include "drivers/wmbus/radio.h"

namespace {

using namespace afferent;

drivers::wmbus::Settings settings_for(std::uint8_t choice) {
  constexpr std::array kKinds{"raw", "im871a", "amb8465", "cul", "rtl_wmbus", "raw_t"};
  drivers::wmbus::Settings settings;
  settings.source.kind = kKinds[choice % kKinds.size()];
  settings.source.rssi_byte = (choice & 0x40U) != 0;
  drivers::wmbus::MeterSettings& meter = settings.meters.emplace_back();
  auto keys = drivers::wmbus::KeyRing::parse("000102030405060708090A0B0C0D0E0F");
  meter.keys = std::make_shared<const drivers::wmbus::KeyRing>(std::move(*keys));
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  drivers::wmbus::Radio radio(settings_for(data[0]));
  drivers::DeafSink sink(0);
  core::WireEvent event;
  event.kind = core::WireEvent::Kind::received;
  const std::size_t chunk = data[1] % 2 == 0 ? size : data[1];
  core::ByteView rest = core::ByteView(data, size).subspan(2);
  while (!rest.empty()) {
    event.bytes = rest.first(std::min(chunk, rest.size()));
    rest = rest.subspan(event.bytes.size());
    event.at.boot += std::chrono::milliseconds(10);
    radio.on(event, sink);
  }
  event.kind = core::WireEvent::Kind::timed_out;
  event.bytes = {};
  radio.on(event, sink);
  const core::Bytes saved = radio.save();
  static_cast<void>(radio.restore(saved));
  static_cast<void>(radio.restore(core::ByteView(data, size)));
  return 0;
}
