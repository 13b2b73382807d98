#include "agent/uplink/stream_flow.h"

#include <algorithm>
#include <iterator>
#include <utility>

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
  if (auto moved = move_noted(store, stream); !moved) return std::move(moved).error();
  if (!may_send(now)) return nullptr;
  if (unsent_.empty()) {
    if (now < rests_until_ || exhausted_ || read_to_ + 1 >= store.streams()[stream].next_sequence) return nullptr;
    core::Result<std::vector<outbox::Row>> rows = store.read(stream, read_to_, kReadAhead);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) {
      exhausted_ = true;
      return nullptr;
    }
    read_to_ = rows->back().sequence;
    if (read_to_ + 1 >= store.streams()[stream].next_sequence) rests_until_ = now + rest_;
    std::move(rows->begin(), rows->end(), std::back_inserter(unsent_));
  }
  return &unsent_.front();
}

void StreamFlow::sent(std::size_t bytes, core::Nanos now) {
  sent_to_ = unsent_.front().sequence;
  flights_.push_back({sent_to_, unsent_.front().readings, bytes, now});
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
  const auto done = [](const Flight& flight) {
    return flight.state == Flight::State::acked || flight.state == Flight::State::gone;
  };
  while (!flights_.empty() && done(flights_.front())) flights_.pop_front();
}

core::Nanos StreamFlow::oldest() const {
  const auto flight = std::find_if(flights_.begin(), flights_.end(),
                                   [](const Flight& other) { return other.state == Flight::State::flying; });
  return flight == flights_.end() ? kNever : flight->at;
}

core::Result<void> StreamFlow::move_overtaken(outbox::Store& store, std::size_t stream) {
  bool later = false;  // the broker has a later one, or may have it
  std::vector<std::uint64_t> found;
  for (auto flight = flights_.rbegin(); flight != flights_.rend(); ++flight) {
    if (flight->state == Flight::State::acked || flight->state == Flight::State::flying) later = true;
    if (flight->state != Flight::State::refused || !later) continue;
    flight->state = Flight::State::gone;
    found.push_back(flight->sequence);
  }
  overtaken_.insert(overtaken_.end(), found.rbegin(), found.rend());
  drop_answered();
  return move_noted(store, stream);
}

core::Result<void> StreamFlow::move_noted(outbox::Store& store, std::size_t stream) {
  if (overtaken_.empty()) return {};
  core::Result<void> moved = store.move_to_end(stream, overtaken_);
  if (!moved) return moved;
  overtaken_.clear();
  exhausted_ = false;
  return {};
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
  flight->state = Flight::State::gone;
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
  rests_until_ = core::Nanos::min();
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
  overtaken_.clear();
  flying_ = 0;
  rests_until_ = core::Nanos::min();
  sent_to_ = 0;
  forget_unsent();
}

}  // namespace afferent::uplink
