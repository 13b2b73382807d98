// What an operator may ask of a sensor beside its values. The answer is told as heard.
#include <algorithm>
#include <string>
#include <string_view>

#include "drivers/common/command_arguments.h"
#include "drivers/sdi12/answer.h"
#include "drivers/sdi12/sensor.h"

namespace afferent::drivers::sdi12 {
namespace {

constexpr std::size_t kLongestCommand = 60;

bool may_be_sent(std::string_view text) {
  return !text.empty() && text.size() <= kLongestCommand &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '!'; });
}

}  // namespace

void Sensor::command(const core::DeviceCommand& command, core::Sink& sink) {
  if (command.verb == "alive") return ask(Step::command, "", sink);
  if (command.verb == "identify") return ask(Step::command, "I", sink);
  if (command.verb == "search") return ask(Step::command, "?", sink);
  if (command.verb == "address") {
    const std::string to = argument(command, "to");
    if (to.size() == 1 && is_address(to[0])) return ask(Step::command, "A" + to, sink);
    return sink.done(argument_error("to", to, "must be 0 to 9, A to Z or a to z"));
  }
  if (command.verb == "send") {
    const std::string text = argument(command, "text");
    if (may_be_sent(text)) return ask(Step::command, text, sink);
    return sink.done(
        argument_error("text", text.substr(0, kLongestCommand), "must be 1 to 60 characters without blanks and !"));
  }
  Driver::command(command, sink);
}

}  // namespace afferent::drivers::sdi12
