#include "drivers/gpio/simulated.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "drivers/common/named_text.h"

namespace afferent::drivers::gpio {
namespace {

constexpr std::uint32_t kRising = 1;
constexpr std::uint32_t kFalling = 2;
constexpr std::int64_t kMostEdges = 1024;  // that the kernel keeps; beyond, the oldest are lost

}  // namespace

void SimulatedLine::edge(bool rising, core::Bytes& events) {
  level_ = rising;
  ChipEvent event;
  event.id = rising ? kRising : kFalling;
  event.offset = line_;
  event.seqno = event.line_seqno = ++number_;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&event);
  events.insert(events.end(), bytes, bytes + sizeof event);
}

core::Bytes SimulatedLine::answer(core::ByteView request, const Truth& /*now*/, Truth& served) {
  if (settings_.mode != Mode::output || request.size() % sizeof(ChipEvent) != 0) return {};
  for (; !request.empty(); request = request.subspan(sizeof(ChipEvent))) {
    ChipEvent event;
    std::memcpy(&event, request.data(), sizeof event);
    if (event.offset == line_) served.numbers[settings_.channel] = event.id == kRising ? 1 : 0;
  }
  return {};
}

core::Bytes SimulatedLine::greeting() {
  number_ = 0;
  level_.reset();
  seen_.reset();
  return {};
}

bool SimulatedLine::shows(std::string_view channel) const {
  if (settings_.mode == Mode::output) return false;
  if (settings_.mode == Mode::contact) return channel == settings_.channel;
  return channel == "pulses" || (settings_.pulse_value > 0 && channel == settings_.measure.name);
}

core::Bytes SimulatedLine::push(const Occasion& /*occasion*/, const Truth& now, Truth& served) {
  if (settings_.mode == Mode::contact) return contact(now, served);
  return settings_.mode == Mode::pulses ? pulses(now, served) : core::Bytes();
}

core::Bytes SimulatedLine::contact(const Truth& now, Truth& served) {
  core::Bytes events;
  const auto found = now.numbers.find(settings_.channel);
  const bool level = found != now.numbers.end() && found->second != 0.0;
  if (level_ == level) return events;
  edge(level, events);
  served.numbers[settings_.channel] = level ? 1 : 0;
  return events;
}

std::optional<std::int64_t> SimulatedLine::count_in(const Truth& now) const {
  double pulses = 0.0;
  if (const auto counted = now.numbers.find("pulses"); counted != now.numbers.end()) {
    pulses = counted->second;
  } else if (const auto total = now.numbers.find(settings_.measure.name);
             total != now.numbers.end() && settings_.pulse_value > 0) {
    pulses = (total->second - settings_.start_value) / settings_.pulse_value;
  } else {
    return std::nullopt;
  }
  return std::llround(std::clamp(std::floor(pulses + 1e-6), -1e15, 1e15));
}

core::Bytes SimulatedLine::pulses(const Truth& now, Truth& served) {
  core::Bytes events;
  const auto count = count_in(now);
  const auto before = std::exchange(seen_, count);
  if (!count || !before || *count <= *before) return events;
  const std::int64_t fresh = *count - *before;
  const bool both = settings_.counted == Counted::both;
  std::int64_t edges = both ? fresh : 2 * fresh;
  if (edges > kMostEdges) {
    // An even number, so that the level stays what it was.
    const std::int64_t lost = (edges - kMostEdges + 1) / 2 * 2;
    number_ += static_cast<std::uint32_t>(lost);
    edges -= lost;
  }
  for (; edges > 0; --edges) edge(!level_.value_or(false), events);
  told_ += fresh;
  served.numbers["pulses"] = static_cast<double>(told_);
  if (settings_.pulse_value > 0) {
    served.numbers[std::string(settings_.measure.name)] =
        settings_.start_value + static_cast<double>(told_) * settings_.pulse_value;
  }
  return events;
}

core::Result<std::unique_ptr<SimulatedDevice>> simulate(const core::DriverDevice& device) {
  auto settings = settings_from(device);
  if (!settings) return std::move(settings).error();
  const auto line = number_in<std::uint32_t>(settings->wish.name);
  if (!line) {
    return core::Error(core::ErrorCode::bad_config,
                       "line: '" + settings->wish.name + "' is no number of a line; only a board has names for them");
  }
  return std::unique_ptr<SimulatedDevice>(std::make_unique<SimulatedLine>(*std::move(settings), *line));
}

}  // namespace afferent::drivers::gpio
