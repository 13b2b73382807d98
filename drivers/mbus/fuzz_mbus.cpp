// What comes over an M-Bus line, as answers in a turn, as others' traffic, and as bare records.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "drivers/common/deaf_sink.h"
#include "drivers/common/mbus_channels.h"
#include "drivers/mbus/mbus.h"

namespace {

using namespace afferent;

// A meter that never ends with new channels is a defect too.
class BoundedSink final : public drivers::DeafSink {
 public:
  BoundedSink() : DeafSink(0) {}
  core::Channel declare(core::DeviceRef device, const core::ChannelSpec& channel) override {
    if (++declared_ > 1000) std::abort();
    return DeafSink::declare(device, channel);
  }

 private:
  std::size_t declared_ = 0;
};

core::WireEvent event(core::WireEvent::Kind kind, core::ByteView bytes = {}) {
  core::WireEvent event;
  event.kind = kind;
  event.bytes = bytes;
  return event;
}

core::ConfigNode any_secondary() {
  return {core::ConfigNode::Table{{"secondary", core::ConfigNode(std::string("FFFFFFFF"), {})}}, {}};
}

void converse(core::Driver& driver, core::ByteView bytes, std::size_t chunk) {
  using Kind = core::WireEvent::Kind;
  BoundedSink sink;
  driver.on(event(Kind::turn), sink);
  while (!bytes.empty()) {
    const core::ByteView part = bytes.first(std::min(bytes.size(), chunk));
    bytes = bytes.subspan(part.size());
    driver.on(event(Kind::received, part), sink);
    driver.on(event(Kind::overheard, part), sink);
  }
  driver.on(event(Kind::timed_out), sink);
  driver.command({{}, "search", {}}, sink);
  driver.on(event(Kind::received, bytes), sink);
  driver.on(event(Kind::timed_out), sink);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const core::ByteView bytes(data + 1, size - 1);
  core::DriverConfig config;
  config.devices.emplace_back();
  if (data[0] % 2 == 1) config.devices[0].options = any_secondary();
  const auto driver = drivers::mbus::spec().create(config);
  if (!driver) __builtin_trap();
  converse(**driver, bytes, 1 + data[0] / 2);

  drivers::mbus::Records records;
  BoundedSink sink;
  drivers::mbus::ChannelBook book(core::DeviceRef{});
  if (drivers::mbus::read_records(bytes, records)) {
    book.records(records, sink);
    core::Bytes format;
    drivers::mbus::append_format(records, format);
    if (drivers::mbus::read_records(format, bytes, records)) book.records(records, sink);
  }
  return 0;
}
