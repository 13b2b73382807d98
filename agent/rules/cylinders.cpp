#include "agent/rules/cylinders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/rules/options.h"

namespace afferent::rules {

namespace {
constexpr std::size_t kLongestTag = 124;  // hexadecimal digits: an EPC of 496 bits
}

std::vector<Input> reader_inputs() {
  std::vector<Input> inputs;
  for (const char* channel : {"tag", "antenna", "rssi"}) {
    inputs.push_back({.channel = channel, .key = "device", .required = inputs.empty()});
  }
  return inputs;
}

std::string_view CylinderRule::objection(std::uint16_t input, const core::ChannelSpec& channel) const {
  const bool text = core::kind_of(channel.quantity) == core::Value::Kind::text;
  return (input == kTag || input >= kOtherTags) && !text ? "needs a reader's tags, which are texts" : "";
}

void CylinderRule::read_common(const RuleSetup& setup, Mistakes& mistakes) {
  const core::ConfigNode& options = setup.options;
  timing = {static_cast<std::uint32_t>(options["confirm"].integer(2)), duration(options["gone"], core::Seconds(60)),
            duration(options["silence"], core::Seconds(600))};
  if (!options.has("inventory")) return;
  const core::ConfigNode& option = options["inventory"];
  const auto* file = std::get_if<core::Contents>(&option.data());
  Inventory::Read read = file != nullptr ? setup.inventories->of(*file) : Inventory::parse(option.text());
  inventory = std::move(read.inventory);
  for (const Inventory::Fault& fault : read.faults) {
    const core::Source place = file != nullptr ? core::Source{file->path, fault.line} : option.source();
    const std::string line = file != nullptr ? "" : fmt::format("line {}: ", fault.line);
    mistakes.note(setup, core::ConfigNode({}, place), "inventory", line + fault.what);
  }
}

void ReaderInstance::start(const core::Stamp& now, Context& context) {
  changed_ = true;
  settle(now, context);
}

void ReaderInstance::reading(const core::Reading& reading, Band& band, Context& context) {
  band.show_all();
  hear(reading, band.input, context);
}

// Tags of one report come in any order, so that some seem to be old.
void ReaderInstance::unfit(const core::Reading& reading, Band& band, Context& context) {
  const bool late = reading.stale && reading.quality == core::Quality::good;
  if (!late || !reading.measured || !newest_ || *newest_ - *reading.measured >= rule_.timing.gone) return;
  hear(reading, band.input, context);
}

void ReaderInstance::hear(const core::Reading& reading, std::uint16_t input, Context& context) {
  switch (input) {
    case kTag:
      take(reading.received, context);
      if (reading.measured) newest_ = std::max(newest_.value_or(*reading.measured), *reading.measured);
      if (reading.value.as_text().size() <= kLongestTag) tag_ = upper_hex(reading.value.as_text());
      break;
    case kAntenna: sighting_.antenna = fmt::format("{}", reading.value.as_number()); break;
    case kRssi: sighting_.rssi = reading.value.as_number(); break;
    default:
      if (reading.value.as_text().size() > kLongestTag) return;
      seen_elsewhere(upper_hex(reading.value.as_text()), reading.device, reading.received);
      changed_ = true;
      break;
  }
}

void ReaderInstance::polled(core::DeviceId device, const core::Stamp& at, Context& context) {
  if (device == context.device()) take(at, context);
  settle(at, context);
}

void ReaderInstance::take(const core::Stamp& at, Context& context) {
  const std::string tag = std::exchange(tag_, {});
  const Sighting sighting = std::exchange(sighting_, {});
  if (tag.empty()) return;
  const Presence::Change change = presence_.seen(tag, sighting, at, rule_.timing);
  if (change == Presence::Change::none) return;
  changed_ = true;
  changed(tag, presence_.tags().at(tag), change, context);
}

void ReaderInstance::tick(const core::Stamp& now, Context& context) {
  waiting_ = false;
  for (const Presence::Departed& gone : presence_.expire(now.boot, rule_.timing)) {
    changed_ = true;
    departed(gone, now, context);
  }
  changed_ = true;
  settle(now, context);
}

void ReaderInstance::settle(const core::Stamp& at, Context& context) {
  const auto today = context.local(at);
  const std::int64_t day = today ? today->day : -1;
  if (std::exchange(day_, day) != day) changed_ = true;
  // A later time than was asked for is found out when that has come.
  if (!waiting_) {
    const core::Nanos next = presence_.next(at.boot, rule_.timing);
    waiting_ = next != core::Nanos::max();
    context.wake_at(next);
  }
  settled(std::exchange(changed_, false), at, context);
  if (unsaved_.none()) return;
  for (std::uint16_t part = 0; part < Presence::kParts; ++part) {
    if (unsaved_[part]) context.keep_part(part, at);
  }
  unsaved_.reset();
}

void ReaderInstance::learned_part(std::uint16_t part, core::Nanos now, Packer& to) const {
  presence_.save(part, lasting(), now, to);
}

bool ReaderInstance::remember_part(Unpacker& from, const Elapsed& elapsed) { return presence_.restore(from, elapsed); }

}  // namespace afferent::rules
