#include "drivers/llrp/describe.h"

#include "drivers/llrp/notification.h"

namespace afferent::drivers::llrp {

std::string describe(const Message& message) {
  std::string sentence = std::string(name_of(message.type)) + " " + std::to_string(message.id);
  if (message.type == Type::reader_event_notification) {
    Notification notification;
    if (read_notification(message.body, notification).empty()) sentence += ": " + notification.sentence();
  } else if (carries_status(message.type)) {
    if (const auto status = read_status(message.body)) sentence += ": " + status->sentence();
  }
  return sentence;
}

}  // namespace afferent::drivers::llrp
