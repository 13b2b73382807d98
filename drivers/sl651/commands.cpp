// What an operator may ask of a station that is connected.
#include <array>
#include <string>
#include <utility>

#include "drivers/sl651/center.h"
#include "drivers/sl651/elements.h"
#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

using core::Error;
using core::ErrorCode;

struct Order {
  std::string_view verb;
  std::uint8_t function;
};
constexpr std::array kOrders{Order{"query", 0x37}, Order{"status", 0x46}, Order{"version", 0x45}, Order{"clock", 0x4A}};

}  // namespace

core::Result<Frame> Center::order(const core::DeviceCommand& command, const Station& station) const {
  for (const Order& known : kOrders) {
    if (known.verb != command.verb) continue;
    if (!station.peer || !station.last) return Error(ErrorCode::retry, "the station is not connected");
    Frame frame = *station.last;
    frame.function = known.function;
    frame.start = kStx;
    frame.end = kEnq;
    return frame;
  }
  return Error(ErrorCode::bad_input, "unsupported command '" + command.verb + "'");
}

void Center::command(const core::DeviceCommand& command, core::Sink& sink) {
  const std::size_t index = core::index(command.device);
  if (index >= stations_.size()) return sink.done(Error(ErrorCode::bug, "no such station"));
  Station& station = stations_[index];
  auto frame = order(command, station);
  if (!frame) return sink.done(std::move(frame).error());
  question_ = Question{station.device, frame->function};
  order_ = std::move(*frame);
  sink.wake_in(core::Millis(1));
}

void Center::ask(const core::WireEvent& event, core::Sink& sink) {
  if (!question_ || !order_) return;
  const Station& station = stations_[core::index(question_->device)];
  const Frame frame = *std::exchange(order_, std::nullopt);
  if (station.peer) return send(frame, 0, event.at.utc, station.settings.rules.zone, *station.peer, sink);
  question_.reset();
  sink.done(Error(ErrorCode::retry, "the station has hung up"));
}

}  // namespace afferent::drivers::sl651
