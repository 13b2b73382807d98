#include "agent/uplink/mailbox.h"

namespace afferent::uplink {

void Mailbox::post(core::UplinkEvent event) {
  const std::lock_guard lock(mutex_);
  if (!wake_) return;
  content_.events.push_back(std::move(event));
  if (content_.events.size() == 1) wake_();  // the others are fetched with the first
}

void Mailbox::post(ConnectFailure failure) {
  const std::lock_guard lock(mutex_);
  if (!wake_) return;
  content_.failure = std::move(failure);
  wake_();
}

Mailbox::Content Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(content_, {});
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  wake_ = nullptr;
  content_ = {};
}

}  // namespace afferent::uplink
