#include "tools/cli/decode_sink.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "agent/core/json.h"
#include "tools/cli/terminal.h"

namespace afferent::cli {
namespace {

// With as many decimals as the time has: none, milliseconds or microseconds.
std::string iso_utc(core::Micros utc) {
  const auto seconds = std::chrono::floor<core::Seconds>(utc);
  const auto rest = (utc - seconds).count();
  std::string decimals;
  if (rest != 0) decimals = rest % 1000 == 0 ? fmt::format(".{:03}", rest / 1000) : fmt::format(".{:06}", rest);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z", std::chrono::sys_time<core::Seconds>(seconds), decimals);
}

}  // namespace

void DecodeSink::reading(core::DeviceRef /*device*/, core::Channel channel, core::Value value,
                         std::optional<core::Micros> measured, core::Quality quality) {
  ++readings_;
  const core::ChannelSpec& spec = channels_.at(core::index(channel));
  const bool in_range = value.kind() != core::Value::Kind::number ||
                        (value.as_number() >= spec.minimum && value.as_number() <= spec.maximum);
  core::JsonWriter json;
  json.begin_object().field("device", device_).field("channel", spec.name).key("value");
  switch (value.kind()) {
    case core::Value::Kind::number: json.value(value.as_number()); break;
    case core::Value::Kind::boolean: json.value(value.as_boolean()); break;
    case core::Value::Kind::text: json.value(value.as_text()); break;
  }
  json.field("unit", core::unit_of(spec.quantity));
  json.field("quality", core::name_of(quality == core::Quality::good && !in_range ? core::Quality::bad : quality))
      .key("time");
  if (measured) {
    json.value(iso_utc(*measured));
  } else {
    json.null();
  }
  fmt::print("{}\n", json.end_object().take());
}

core::Channel DecodeSink::declare(core::DeviceRef /*device*/, const core::ChannelSpec& channel) {
  channels_.push_back(channel);
  return static_cast<core::Channel>(channels_.size() - 1);
}

void DecodeSink::reject(core::ByteView bytes, std::string_view why) {
  ++rejects_;
  rejected_.insert(rejected_.end(), bytes.begin(), bytes.end());
  fmt::print(stderr, "rejected {}: {}\n", core::to_hex(bytes), for_terminal(why));
}

void DecodeSink::heard(std::string_view id, std::string_view what) {
  ++heard_;
  if (renames_) device_ = id;
  fmt::print(stderr, "heard {}: {}\n", for_terminal(id), for_terminal(what));
}

void DecodeSink::done(core::Result<void> result) {
  if (!result && !done_muted_) fmt::print(stderr, "device: {}\n", for_terminal(result.error().message()));
}

}  // namespace afferent::cli
