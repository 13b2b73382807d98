// Feeds texts to the driver as `afferent decode` does, in two pieces.
#include <array>
#include <cstddef>
#include <cstdint>

#include "drivers/common/deaf_sink.h"
#include "drivers/iio/iio.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace afferent;
  if (size < 2) return 0;
  static constexpr std::array<const char*, 3> kModes{"tilt", "loop", "value"};
  core::DriverConfig config;
  core::DriverDevice& device = config.devices.emplace_back();
  core::ConfigNode::Table options;
  options.emplace("mode", core::ConfigNode(std::string(kModes[data[0] % kModes.size()]), {}));
  options.emplace("shunt", core::ConfigNode(100.0, {}));
  device.options = core::ConfigNode(std::move(options), {});
  auto driver = drivers::iio::spec().create(config);
  if (!driver) __builtin_trap();
  drivers::DeafSink sink((*driver)->channels(core::DeviceRef{0}).size());
  const core::ByteView bytes(data + 2, size - 2);
  const std::size_t cut = bytes.empty() ? 0 : data[1] % bytes.size();
  for (const core::ByteView part : {bytes.first(cut), bytes.subspan(cut)}) {
    core::WireEvent event;
    event.kind = core::WireEvent::Kind::received;
    event.bytes = part;
    (*driver)->on(event, sink);
  }
  static_cast<void>((*driver)->restore(bytes));
  return 0;
}
