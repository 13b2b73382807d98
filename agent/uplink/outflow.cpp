#include "agent/uplink/outflow.h"

#include <algorithm>
#include <utility>

#include "agent/uplink/reason_codes.h"

namespace afferent::uplink {
namespace {

constexpr core::Nanos kHold = core::Seconds{1};
constexpr std::size_t kMostOfSeal = 128;             // bytes
constexpr core::Nanos kGapRest = core::Seconds{10};  // else each dropped message of a full store has a Gap of its own
constexpr core::Nanos kFlushAfter = core::Seconds{10};

bool is_about_the_message(int code) { return code == kPacketTooLarge || code == kPayloadInvalid; }

}  // namespace

void Outflow::adopt_streams() {
  const std::vector<outbox::Stream>& streams = tools_.store.streams();
  for (std::size_t index = flows_.size(); index < std::min(streams.size(), kSlotStream); ++index) {
    const outbox::Stream& stream = streams[index];
    flows_.emplace_back(stream.domain + "/" + std::string(core::name_of(stream.kind)), options_.topic(stream),
                        stream.kind == core::Kind::gap ? kGapRest : core::Nanos::zero());
    by_priority_[static_cast<std::size_t>(stream.priority)].push_back(index);
  }
}

bool Outflow::epoch_changed() {
  const std::uint64_t epoch = tools_.store.epoch();
  if (epoch == epoch_) return false;
  const bool first = epoch_ == 0;
  epoch_ = epoch;
  if (first) return false;
  for (StreamFlow& flow : flows_) flow.restart();
  ++generation_;
  in_flight_ = 0;
  tools_.room.give_back(std::exchange(in_flight_bytes_, 0));
  unflushed_ = 0;
  flush_at_ = kNever;
  return true;
}

void Outflow::connected(std::uint64_t most_packet, std::uint16_t receive_maximum, core::Nanos now) {
  ++generation_;
  most_packet_ = most_packet;
  receive_maximum_ = std::max<std::uint16_t>(receive_maximum, 1);
  in_flight_ = 0;
  in_flight_bytes_ = 0;
  held_until_ = core::Nanos::min();
  for (StreamFlow& flow : flows_) flow.reconnected(now);
}

void Outflow::end_rests() {
  for (StreamFlow& flow : flows_) flow.end_rest();
}

void Outflow::committed(bool success) {
  epoch_changed();
  const std::uint64_t before = std::exchange(dropped_, tools_.store.dropped_readings());
  const bool dropped = dropped_ != before;
  for (StreamFlow& flow : flows_) {
    if (dropped) flow.forget_unsent();
    flow.committed();
  }
  if (!success) return;
  unflushed_ = 0;
  flush_at_ = kNever;
}

void Outflow::acked(const Token& token, core::Nanos now) {
  if (token.connection != generation_ || token.stream >= flows_.size()) return;
  StreamFlow& flow = flows_[token.stream];
  const bool was_refused = flow.refusal() != 0;
  const std::optional<StreamFlow::Flight> flight = flow.acked(token.low);
  if (!flight) return;
  landed(*flight);
  ++delivered_messages_;
  delivered_readings_ += flight->readings;
  ++unflushed_;
  if (flush_at_ == kNever) flush_at_ = now + kFlushAfter;
  tools_.store.acknowledged(token.stream, flight->sequence);
  if (flow.flying() == 0) move_overtaken(token.stream, now);
  if (was_refused && flow.refusal() == 0) tools_.log.info("uplink", "stream " + flow.name() + " is accepted again");
}

void Outflow::refused(const Token& token, int code, core::Nanos now) {
  if (token.connection != generation_ || token.stream >= flows_.size()) return;
  StreamFlow& flow = flows_[token.stream];
  const std::optional<StreamFlow::Flight> flight = flow.refused(token.low);
  if (!flight) return;
  landed(*flight);
  if (is_about_the_message(code)) {
    const std::string reason = code == kPacketTooLarge ? "too large" : describe_reason(code);
    if (set_aside(token.stream, flight->sequence, reason, now)) {
      if (flow.flying() == 0) move_overtaken(token.stream, now);
      return;
    }
  }
  if (flow.refusal() != code) {
    tools_.log.warning("uplink", "stream " + flow.name() + " is refused: " + describe_reason(code) +
                                     "; it is kept, other streams go on");
  }
  flow.stop(code, now);
  if (flow.flying() == 0) move_overtaken(token.stream, now);
}

void Outflow::move_overtaken(std::size_t stream, core::Nanos now) {
  const core::Result<void> moved = flows_[stream].move_overtaken(tools_.store, stream);
  if (epoch_changed() || moved) return;
  hold("giving refused messages a new place failed, " + moved.error().message(), now);
}

void Outflow::lost(core::Nanos now) {
  for (std::size_t stream = 0; stream < flows_.size(); ++stream) move_overtaken(stream, now);
}

bool Outflow::set_aside(std::size_t stream, std::uint64_t sequence, const std::string& reason, core::Nanos now) {
  const core::Result<void> result = tools_.store.set_aside(stream, sequence, reason);
  if (epoch_changed()) return true;
  if (!result) {
    hold("setting aside a refused message failed, " + result.error().message(), now);
    return false;
  }
  flows_[stream].pass_over(sequence);
  for (StreamFlow& other : flows_) other.committed();  // its Gap is a new row
  adopt_streams();
  return true;
}

bool Outflow::has_room() const { return in_flight_ < window_ && !tools_.room.blocked(); }

void Outflow::landed(const StreamFlow::Flight& flight) {
  --in_flight_;
  in_flight_bytes_ -= flight.bytes;
  tools_.room.give_back(flight.bytes);
}

void Outflow::hold(const std::string& why, core::Nanos now) {
  if (held_why_ != why) tools_.log.warning("uplink", why + "; tried again each second");
  held_why_ = why;
  held_until_ = now + kHold;
}

void Outflow::publish(core::Nanos now, std::uint64_t beside) {
  window_ = std::clamp<std::uint64_t>(options_.window, 1, receive_maximum_ - std::min(receive_maximum_ - 1, beside));
  if (now < held_until_) return;
  held_until_ = core::Nanos::min();
  epoch_changed();
  adopt_streams();
  for (std::size_t priority = 0; priority < by_priority_.size(); ++priority) {
    const std::vector<std::size_t>& members = by_priority_[priority];
    std::size_t& turn = turn_[priority];
    for (std::size_t idle = 0; idle < members.size() && has_room() && now >= held_until_;) {
      turn = (turn + 1) % members.size();
      idle = publish_one(members[turn], now) ? 0 : idle + 1;
      // Who found no room comes first when there is some, or small messages of others would take it for ever.
      if (tools_.room.blocked()) turn = (turn + members.size() - 1) % members.size();
    }
  }
}

bool Outflow::publish_one(std::size_t stream, core::Nanos now) {
  if (flows_[stream].doubtful() && a_probe_flies()) return false;
  core::Result<outbox::Row*> row = flows_[stream].next(tools_.store, stream, now);
  if (epoch_changed()) return false;
  if (!row) {
    hold("reading the store failed, " + row.error().message(), now);
    return false;
  }
  if (*row == nullptr) return false;
  // Before it is sealed: what has to wait is not to be read anew.
  const std::size_t packet = packet_size(flows_[stream].topic().size(), (*row)->payload.size() + kMostOfSeal);
  return tools_.room.take(packet) && send(stream, **row, packet, now);
}

bool Outflow::send(std::size_t stream, outbox::Row& row, std::size_t packet, core::Nanos now) {
  StreamFlow& flow = flows_[stream];
  const std::uint64_t sequence = row.sequence;
  seal(row);
  if (!fits(flow, row)) {
    tools_.room.give_back(packet);
    flow.forget_unsent();  // what is behind it is read anew, in case that there is a new epoch afterwards
    return set_aside(stream, sequence, "too large", now);
  }
  tools_.store.offered(stream, sequence);
  const Token token{generation_, stream, sequence};
  const core::Result<void> result = tools_.uplink.publish(token.packed(), flow.topic(), row.payload, false);
  if (!result) {
    // Usually the connection is gone and the event that says so is on its way. The row is read anew, without its seal.
    tools_.room.give_back(packet);
    flow.forget_unsent();
    held_until_ = now + kHold;
    return false;
  }
  in_flight_bytes_ += packet;
  flow.sent(packet, now);
  ++in_flight_;
  held_why_.clear();
  return true;
}

void Outflow::seal(outbox::Row& row) {
  if (!boot_ || boot_->boot != row.boot) boot_ = Sealing{row.boot, tools_.store.boot(row.boot)};
  core::SealFacts facts;
  facts.epoch = epoch_;
  facts.sequence = row.sequence;
  facts.previous = row.previous;
  facts.boot = row.boot;
  if (boot_->fact) {
    facts.utc_at_boot = boot_->fact->utc_at_boot;
    facts.clock = boot_->fact->clock;
  }
  tools_.sealer.seal(facts, row.payload);
}

bool Outflow::fits(const StreamFlow& flow, const outbox::Row& row) const {
  if (row.payload.size() > options_.max_message) return false;
  return most_packet_ == 0 || packet_size(flow.topic().size(), row.payload.size()) <= most_packet_;
}

std::uint64_t Outflow::most_message() const {
  std::size_t around = 0;
  for (const StreamFlow& flow : flows_) around = std::max(around, packet_size(flow.topic().size(), kMostOfSeal));
  return most_packet_ > around ? most_packet_ - around : most_packet_;
}

bool Outflow::flush(core::Nanos now, bool all) {
  if (unflushed_ == 0 || (!all && now < flush_at_)) return false;
  const core::Result<void> result = tools_.store.flush_acknowledged();
  flush_at_ = result ? kNever : now + kFlushAfter;
  committed(result.ok());
  return result.ok();
}

core::Nanos Outflow::due(bool connected) const {
  core::Nanos due = flush_at_;
  if (!connected || !has_room()) return due;  // an event comes first
  if (held_until_ != core::Nanos::min()) return std::min(due, held_until_);
  if (a_probe_flies()) return due;
  for (const StreamFlow& flow : flows_) due = std::min(due, flow.due());
  return due;
}

core::Nanos Outflow::oldest() const {
  core::Nanos oldest = kNever;
  for (const StreamFlow& flow : flows_) oldest = std::min(oldest, flow.oldest());
  return oldest;
}

bool Outflow::a_probe_flies() const {
  return std::any_of(flows_.begin(), flows_.end(), [](const StreamFlow& flow) { return flow.probes(); });
}

std::string Outflow::trouble() const {
  std::string text;
  for (const StreamFlow& flow : flows_) {
    if (flow.refusal() == 0) continue;
    text += (text.empty() ? "stream " : "; stream ") + flow.name() + " is refused: " + describe_reason(flow.refusal());
  }
  return text;
}

}  // namespace afferent::uplink
