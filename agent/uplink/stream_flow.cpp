#include "agent/uplink/stream_flow.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "agent/uplink/tokens.h"

namespace afferent::uplink {
namespace {

constexpr std::uint64_t kReadAhead = 32u << 10;  // bytes

}  // namespace

bool StreamFlow::may_send(core::Nanos now) {
  if (!doubtful()) return true;
  if (flying_ != 0) return false;
  if (!probing_) {
    if (now < retry_at_) return false;
    rewind();
    probing_ = true;
  }
  return true;
}

core::Result<outbox::Row*> StreamFlow::next(outbox::Store& store, std::size_t stream, core::Nanos now) {
  if (!may_send(now)) return nullptr;
  if (unsent_.empty()) {
    if (exhausted_ || read_to_ + 1 >= store.streams()[stream].next_sequence) return nullptr;
    core::Result<std::vector<outbox::Row>> rows = store.read(stream, read_to_, kReadAhead);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) {
      exhausted_ = true;
      return nullptr;
    }
    read_to_ = rows->back().sequence;
    std::move(rows->begin(), rows->end(), std::back_inserter(unsent_));
  }
  return &unsent_.front();
}

void StreamFlow::sent(std::size_t bytes) {
  sent_to_ = unsent_.front().sequence;
  flights_.push_back({sent_to_, unsent_.front().readings, bytes});
  ++flying_;
  unsent_.pop_front();
}

StreamFlow::Flight* StreamFlow::find(std::uint64_t low) {
  // Answers come nearly always in the order of sending.
  const auto fits = [low](const Flight& flight) { return (flight.sequence & kLowBits) == low; };
  const auto flight = std::find_if(flights_.begin(), flights_.end(), fits);
  return flight == flights_.end() || flight->state != Flight::State::flying ? nullptr : &*flight;
}

void StreamFlow::drop_answered() {
  while (!flights_.empty() && flights_.front().state == Flight::State::acked) flights_.pop_front();
}

std::optional<StreamFlow::Flight> StreamFlow::acked(std::uint64_t low) {
  Flight* const flight = find(low);
  if (flight == nullptr) return std::nullopt;
  flight->state = Flight::State::acked;
  --flying_;
  const Flight copy = *flight;
  drop_answered();
  if (probing_) {
    probing_ = false;
    doubtful_ = false;
    refusal_ = 0;
    pause_.reset();
  }
  return copy;
}

std::optional<StreamFlow::Flight> StreamFlow::refused(std::uint64_t low) {
  Flight* const flight = find(low);
  if (flight == nullptr) return std::nullopt;
  flight->state = Flight::State::refused;
  --flying_;
  return *flight;
}

void StreamFlow::stop(int code, core::Nanos now) {
  // Of those that were in flight together only the first refusal counts, else one burst would lengthen the pause.
  if (refusal_ == 0 || probing_) retry_at_ = now + pause_.next();
  refusal_ = code;
  probing_ = false;
}

void StreamFlow::pass_over(std::uint64_t sequence) {
  const auto flight = std::find_if(flights_.begin(), flights_.end(),
                                   [sequence](const Flight& other) { return other.sequence == sequence; });
  if (flight == flights_.end()) return;
  flight->state = Flight::State::acked;
  drop_answered();
}

void StreamFlow::forget_unsent() {
  unsent_.clear();
  read_to_ = sent_to_;
  exhausted_ = false;
}

void StreamFlow::rewind() {
  if (!flights_.empty()) sent_to_ = flights_.front().sequence - 1;
  flights_.clear();
  flying_ = 0;
  forget_unsent();
}

void StreamFlow::reconnected(core::Nanos now) {
  if (flying_ != 0) {
    if (probing_) retry_at_ = now + pause_.next();
    doubtful_ = true;
  }
  probing_ = false;
  rewind();
}

void StreamFlow::restart() {
  doubtful_ = false;
  probing_ = false;
  flights_.clear();
  flying_ = 0;
  sent_to_ = 0;
  forget_unsent();
}

}  // namespace afferent::uplink
