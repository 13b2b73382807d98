// Any bytes: overheard, as the answers of a turn, and behind it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "drivers/common/deaf_sink.h"
#include "drivers/sdi12/sdi12.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace afferent;
  auto driver = drivers::sdi12::spec().create({{core::DriverDevice{}}});
  if (!driver) std::abort();
  drivers::DeafSink sink((*driver)->channels({}).size());
  core::WireEvent event;
  const auto happens = [&](core::WireEvent::Kind kind, core::ByteView bytes) {
    event.kind = kind;
    event.bytes = bytes;
    (*driver)->on(event, sink);
  };
  const core::ByteView bytes(data, size);
  happens(core::WireEvent::Kind::overheard, bytes);
  happens(core::WireEvent::Kind::turn, {});
  for (std::size_t at = 0; at < size; at += 7) {
    happens(core::WireEvent::Kind::received, bytes.subspan(at, std::min<std::size_t>(7, size - at)));
    happens(core::WireEvent::Kind::wake, {});
  }
  happens(core::WireEvent::Kind::timed_out, {});
  happens(core::WireEvent::Kind::received, bytes);
  happens(core::WireEvent::Kind::timed_out, {});
  return 0;
}
