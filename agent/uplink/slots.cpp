#include "agent/uplink/slots.h"

#include <algorithm>
#include <utility>

#include "agent/uplink/reason_codes.h"

namespace afferent::uplink {
namespace {

constexpr std::size_t kMostSlots = 4096;  // topics come from the configuration; more is a mistake of ours
constexpr std::uint64_t kVersionMask = 0xFFFFFF;

}  // namespace

void Slots::update(core::SlotMessage&& message) {
  auto slot = std::find_if(slots_.begin(), slots_.end(),
                           [&message](const Slot& other) { return other.message.topic == message.topic; });
  if (slot == slots_.end()) {
    if (slots_.size() == kMostSlots) {
      log_.error("uplink", "too many retained topics, dropped " + message.topic);
      return;
    }
    slot = slots_.emplace(slots_.end());
  }
  slot->message = std::move(message);
  ++slot->version;
  slot->state = State::fresh;
  work_ = true;
}

void Slots::connected(std::uint64_t most_packet, std::uint16_t receive_maximum, core::Nanos now) {
  ++connection_;
  most_in_flight_ = std::max<std::uint64_t>(receive_maximum / 2u, 1);
  flights_.clear();
  most_packet_ = most_packet;
  for (Slot& slot : slots_) {
    // See StreamFlow: what was in flight may be what ended the connection.
    if (std::exchange(slot.unanswered, false) && std::exchange(slot.doubtful, true)) {
      slot.retry_at = now + slot.pause.next();
    }
    slot.state = State::fresh;
  }
  work_ = !slots_.empty();
}

void Slots::publish(core::Nanos now) {
  if (!work_) return;
  work_ = false;
  for (std::size_t index = 0; index < slots_.size(); ++index) {
    Slot& slot = slots_[index];
    if (slot.state != State::fresh) continue;
    if (!may_send(slot, now)) {
      work_ = true;
      continue;
    }
    const std::size_t packet = packet_size(slot.message.topic.size(), slot.message.payload.size());
    if (most_packet_ != 0 && packet > most_packet_) {
      refuse(slot, "larger than the broker's maximum of " + std::to_string(most_packet_) + " bytes");
      continue;
    }
    if (!send(index, packet, now)) {
      work_ = true;
      return;
    }
  }
}

bool Slots::send(std::size_t index, std::size_t packet, core::Nanos now) {
  if (flights_.size() >= most_in_flight_ || !room_.take(packet)) return false;
  Slot& slot = slots_[index];
  const Token token{connection_, kSlotStream, std::uint64_t{index} << 24 | (slot.version & kVersionMask)};
  if (!uplink_.publish(token.packed(), slot.message.topic, slot.message.payload, true)) {
    room_.give_back(packet);
    return false;
  }
  flights_[token.low] += packet;
  slot.state = State::sent;
  if (!std::exchange(slot.unanswered, true)) slot.sent_at = now;
  return true;
}

bool Slots::may_send(const Slot& slot, core::Nanos now) const {
  if (!slot.doubtful) return true;
  const auto probe = [](const Slot& other) { return other.doubtful && other.unanswered; };
  return now >= slot.retry_at && std::none_of(slots_.begin(), slots_.end(), probe);
}

Slots::Slot* Slots::answered(const Token& token) {
  const auto index = static_cast<std::size_t>(token.low >> 24);
  if (token.connection != connection_ || index >= slots_.size()) return nullptr;
  if (const auto flight = flights_.find(token.low); flight != flights_.end()) {
    room_.give_back(flight->second);
    flights_.erase(flight);
  }
  slots_[index].unanswered = false;
  return &slots_[index];
}

bool Slots::is_newest(const Slot& slot, const Token& token) const {
  return slot.state == State::sent && (slot.version & kVersionMask) == (token.low & kVersionMask);
}

void Slots::acked(const Token& token) {
  Slot* const slot = answered(token);
  if (slot == nullptr) return;
  slot->doubtful = false;
  slot->pause.reset();
  slot->refusal.clear();
  if (is_newest(*slot, token)) slot->state = State::settled;
}

void Slots::refused(const Token& token, int code, core::Nanos now) {
  Slot* const slot = answered(token);
  if (slot == nullptr) return;
  slot->doubtful = true;
  slot->retry_at = now + slot->pause.next();
  const State state = is_newest(*slot, token) ? State::settled : slot->state;
  refuse(*slot, describe_reason(code));
  slot->state = state;
}

void Slots::refuse(Slot& slot, std::string why) {
  slot.state = State::settled;  // tried again with its next update or connection, after a pause
  if (slot.refusal != why) log_.warning("uplink", "topic " + slot.message.topic + " is refused: " + why);
  slot.refusal = std::move(why);
}

bool Slots::settled() const {
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const Slot& slot) { return slot.state == State::settled || !slot.refusal.empty(); });
}

core::Nanos Slots::oldest() const {
  core::Nanos oldest = kNever;
  for (const Slot& slot : slots_) {
    if (slot.unanswered) oldest = std::min(oldest, slot.sent_at);
  }
  return oldest;
}

std::string Slots::trouble() const {
  const auto slot =
      std::find_if(slots_.begin(), slots_.end(), [](const Slot& other) { return !other.refusal.empty(); });
  return slot == slots_.end() ? std::string() : "topic " + slot->message.topic + " is refused: " + slot->refusal;
}

}  // namespace afferent::uplink
