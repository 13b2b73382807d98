// Whatever is published under a topic: the JSON reader, the events, the map and the leaves.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "agent/core/codec_call.h"
#include "drivers/common/deaf_sink.h"
#include "drivers/lorawan/lorawan.h"

namespace {

using namespace afferent;

core::ConfigNode text(std::string value) { return core::ConfigNode(std::move(value), core::Source{"fuzz", 1}); }

core::DriverConfig configuration() {
  core::ConfigNode::Table field{{"path", text("data.a.b[0]")}, {"channel", text("level")}, {"unit", text("mm")}};
  core::ConfigNode::List fields{core::ConfigNode(field, core::Source{"fuzz", 1})};
  core::DriverConfig config;
  core::ConfigNode::Table any{{"dev_eui", text("")}};
  core::ConfigNode::Table mapped{{"dev_eui", text("a840415711866a85")},
                                 {"codec", text("a.js")},
                                 {"field", core::ConfigNode(fields, core::Source{"fuzz", 1})}};
  config.devices.push_back({"any", core::ConfigNode(any, {}), {}, {}});
  config.devices.push_back({"mapped", core::ConfigNode(mapped, {}), {}, {}});
  return config;
}

void tell(core::Driver& driver, core::Sink& sink, std::string_view topic, core::ByteView bytes) {
  core::WireEvent event;
  event.kind = core::WireEvent::Kind::received;
  event.name = topic;
  event.bytes = bytes;
  driver.on(event, sink);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto driver = drivers::lorawan::spec().create(configuration());
  if (!driver) return 0;
  // A topic may name either device.
  drivers::DeafSink sink(
      std::max((*driver)->channels(core::DeviceRef{0}).size(), (*driver)->channels(core::DeviceRef{1}).size()));
  const core::ByteView bytes(data, size);
  tell(**driver, sink, "", bytes);
  tell(**driver, sink, "application/a/device/0102030405060708/event/up", bytes);
  tell(**driver, sink, core::as_text(bytes), core::as_bytes("{}"));
  tell(**driver, sink, core::kCodecTopic, bytes);
  // As what the codec made of a payload.
  drivers::DeafSink mapped((*driver)->channels(core::DeviceRef{1}).size());
  tell(**driver, mapped, "application/a/device/a840415711866a85/event/up",
       core::as_bytes(R"({"fPort":1,"data":"AQ=="})"));
  tell(**driver, mapped, core::kCodecTopic,
       core::pack(core::CodecAnswer{1, core::CodecAnswer::Outcome::ok, std::string(core::as_text(bytes))}));
  [[maybe_unused]] const auto restored = (*driver)->restore(bytes);
  return 0;
}
