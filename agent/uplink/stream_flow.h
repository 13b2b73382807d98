// Where one stream stands: what is read ahead, what is in flight, and whether the broker refuses it. Used by the
// deliver thread only.
//
// Order and refusals: a receiver drops a sequence that is not above the last one it saw. So nothing may overtake a
// refused message: a refusal stops the stream until everything of it in flight is answered; then it starts again from
// the refused message with one message in flight at a time, until one is accepted. A broker that refused one message
// for the moment and took a later one that was already under way has overtaken it: the refused one gets a new sequence
// at the end of its stream before it is sent again. The same when the connection ended before the later one was
// answered. Receivers note a loss before the later one, and get the message all the same.
//
// Doubt: some brokers end the connection when they refuse (Mosquitto 2.0.11), and their answer is lost with it when
// more was under way. So a stream that had something in flight when a connection ended begins the next one with one
// message, and no two such streams at a time; if that ends with the connection as well, it waits like after a refusal.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/store.h"
#include "agent/uplink/times.h"

namespace afferent::uplink {

class StreamFlow {
 public:
  struct Flight {
    std::uint64_t sequence = 0;
    std::uint32_t readings = 0;
    std::size_t bytes = 0;  // of room that it takes
    core::Nanos at{};       // when it was sent
    enum class State : std::uint8_t { flying, acked, refused, gone } state = State::flying;
  };

  // Once all is read it rests for so long before it reads what came meanwhile, if at all: a Gap that nobody has read
  // can still grow.
  StreamFlow(std::string name, std::string topic, core::Nanos rest)
      : name_(std::move(name)), topic_(std::move(topic)), rest_(rest) {}

  const std::string& name() const { return name_; }  // "flood/alert"
  const std::string& topic() const { return topic_; }

  // The next message to publish; nullptr: none, or the stream may not send now. Error: the store could not be read.
  core::Result<outbox::Row*> next(outbox::Store& store, std::size_t stream, core::Nanos now);
  void sent(std::size_t bytes, core::Nanos now);  // the row of next() is in flight

  // Answers, by the low bits of the sequence; nothing if no such message is flying.
  std::optional<Flight> acked(std::uint64_t low);
  std::optional<Flight> refused(std::uint64_t low);
  void stop(int code, core::Nanos now);    // after a refusal that is to be retried
  void pass_over(std::uint64_t sequence);  // it was refused and taken out of the stream

  // To be called when nothing flies any more, or when nothing that flies will be answered: overtaken messages go to the
  // end of the stream. Until the store has done it the stream sends nothing; next() tries again.
  core::Result<void> move_overtaken(outbox::Store& store, std::size_t stream);

  void rewind();                            // everything unacknowledged is to be offered again, from the oldest on
  void reconnected(core::Nanos now);        // the same, on a new connection
  void restart();                           // a new epoch
  void committed() { exhausted_ = false; }  // there may be more to read
  void forget_unsent();                     // what was read ahead may not be in the store any more

  void end_rest() {  // and never rest again
    rest_ = core::Nanos::zero();
    rests_until_ = core::Nanos::min();
  }

  // It may send one message, and only if no other such stream does.
  bool doubtful() const { return doubtful_ || refusal_ != 0; }
  bool probes() const { return probing_ && flying_ != 0; }
  int refusal() const { return refusal_; }  // MQTT reason code; 0: none
  std::uint64_t flying() const { return flying_; }
  core::Nanos oldest() const;  // when the oldest that flies was sent; kNever: nothing flies
  core::Nanos due() const { return doubtful() && !probing_ && flying_ == 0 ? retry_at_ : kNever; }

 private:
  Flight* find(std::uint64_t low);
  void drop_answered();
  core::Result<void> move_noted(outbox::Store& store, std::size_t stream);
  bool may_send(core::Nanos now);

  std::string name_;
  std::string topic_;
  core::Nanos rest_;
  core::Nanos rests_until_ = core::Nanos::min();
  std::deque<outbox::Row> unsent_;
  std::deque<Flight> flights_;            // ascending sequences, the first one is not acknowledged
  std::vector<std::uint64_t> overtaken_;  // ascending, not in flights_; the store has yet to move them
  std::uint64_t flying_ = 0;              // flights_ that wait for an answer
  std::uint64_t read_to_ = 0;             // last sequence in unsent_ or before it
  std::uint64_t sent_to_ = 0;
  bool exhausted_ = false;  // the last read came back empty, and nothing was committed since
  int refusal_ = 0;
  bool doubtful_ = false;  // it was in flight when a connection ended, and nothing was accepted since
  bool probing_ = false;   // sends one at a time, after a refusal or in doubt
  core::Nanos retry_at_{};
  GrowingPause pause_{core::Seconds{1}, core::Seconds{60}};
};

}  // namespace afferent::uplink
