#include "agent/uplink/rounds.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/core/topic.h"

namespace afferent::uplink {
namespace {

constexpr core::Nanos kLongestWait = core::Seconds{1};
constexpr core::Nanos kReportEvery = core::Seconds{1};
constexpr core::Nanos kBootRetry = core::Seconds{1};
constexpr core::Nanos kSilence = core::Seconds{60};  // without an answer to a message a connection is given up
constexpr std::uint64_t kBehind = 4;                 // windows of stored messages that wait for the broker

OutflowOptions outflow_options(const DeliveryOptions& options) {
  OutflowOptions made;
  made.window = options.window;
  made.max_message = options.max_message;
  made.topic = [node = options.node, area = options.area](const outbox::Stream& stream) {
    return core::topic_of(stream.domain, stream.kind, node, area);
  };
  return made;
}

LinkOptions link_options(const DeliveryOptions& options) {
  return {core::topic_of("node", core::Kind::status, options.node, options.area), options.will, options.backoff_max};
}

void append(std::string& text, const std::string& more) {
  if (more.empty()) return;
  if (!text.empty()) text += "; ";
  text += more;
}

// What makes a report urgent; the counters are not.
bool same_state(const core::DeliveryReport& a, const core::DeliveryReport& b) {
  return a.connected == b.connected && a.session == b.session && a.mqtt5 == b.mqtt5 && a.trouble == b.trouble &&
         a.most_message == b.most_message && a.epoch == b.epoch && a.store_trouble == b.store_trouble;
}

bool same_counters(const core::DeliveryReport& a, const core::DeliveryReport& b) {
  return a.next_sequence == b.next_sequence && a.backlog_messages == b.backlog_messages &&
         a.backlog_bytes == b.backlog_bytes && a.delivered_messages == b.delivered_messages &&
         a.delivered_readings == b.delivered_readings && a.committed_readings == b.committed_readings &&
         a.dropped_readings == b.dropped_readings;
}

}  // namespace

Rounds::Rounds(DeliveryOptions options, DeliveryTools tools)
    : options_(std::move(options)),
      tools_(tools),
      intake_(tools.store, tools.log, options_.flush),
      link_(link_options(options_), tools.uplink, tools.random, tools.log),
      slots_(tools.uplink, room_, tools.log),
      outflow_(outflow_options(options_), {tools.store, tools.uplink, room_, tools.sealer, tools.log}) {
  outflow_.committed(true);
}

core::Nanos Rounds::round(std::vector<core::DownItem> items) {
  const core::Nanos now = tools_.clock.now().boot;
  for (core::DownItem& item : items) take_in(std::move(item), now);
  if (!boots_.empty() && now >= boots_at_) remember_boots();
  if (intake_.due() <= now || (stopping_ && intake_.waiting() != 0)) {
    const bool committed = intake_.commit(now, stopping_);
    outflow_.committed(committed);
    news_ = news_ || !committed;
  }
  hear(now);
  if (!stopping_) {
    drop_if_silent(now);
    link_.drive(now);
  }
  if (link_.connected()) {
    // The room is shared: by turns, so that states which change all the time do not keep alerts back.
    const bool slots_first = !std::exchange(outflow_next_, !outflow_next_) || connected_now_;
    if (connected_now_) report(now);  // before its slots, which are likely to be replaced because of it
    if (slots_first) slots_.publish(now);
    if (publishing_) outflow_.publish(now, slots_.in_flight());
    if (!slots_first) slots_.publish(now);
  }
  outflow_.flush(now);
  tools_.store.tidy();
  report(now);
  return wait(now);
}

void Rounds::take_in(core::DownItem&& item, core::Nanos now) {
  if (auto* parcel = std::get_if<core::Parcel>(&item)) {
    intake_.add(std::move(*parcel), now);
  } else if (auto* slot = std::get_if<core::SlotUpdate>(&item)) {
    slots_.update(std::move(slot->message));
  } else if (const auto* fact = std::get_if<core::BootFact>(&item)) {
    std::erase_if(boots_, [fact](const core::BootFact& other) { return other.boot == fact->boot; });
    boots_.push_back(*fact);
    boots_at_ = core::Nanos::min();
  }
}

void Rounds::remember_boots() {
  while (!boots_.empty()) {
    const core::Result<void> result = tools_.store.remember_boot(boots_.front());
    if (!result) {
      boots_at_ = tools_.clock.now().boot + kBootRetry;
      return;
    }
    boots_.erase(boots_.begin());
    outflow_.boots_changed();
  }
}

void Rounds::hear(core::Nanos now) {
  for (const core::UplinkEvent& event : tools_.uplink.take()) hear(event, now);
}

void Rounds::hear(const core::UplinkEvent& event, core::Nanos now) {
  using Kind = core::UplinkEvent::Kind;
  if (event.kind == Kind::acked || event.kind == Kind::refused) {
    const Token token = Token::unpack(event.token);
    const bool slot = token.stream == kSlotStream;
    if (!std::exchange(silence_, {}).empty()) news_ = true;
    if (event.kind == Kind::acked) {
      slot ? slots_.acked(token) : outflow_.acked(token, now);
    } else {
      slot ? slots_.refused(token, event.code, now) : outflow_.refused(token, event.code, now);
      news_ = true;
    }
    return;
  }
  news_ = true;
  if (event.kind == Kind::connected) {
    link_.opened(event, now);
    room_.clear();
    slots_.connected(event.most_packet, event.receive_maximum, now);
    outflow_.connected(event.most_packet, event.receive_maximum, now);
    connected_now_ = true;
  } else {
    if (event.kind == Kind::lost) outflow_.lost(now);
    link_.failed(event, now);
  }
}

// The connection stands, keep-alive is answered, and yet what is sent comes to nothing: a new one may help.
void Rounds::drop_if_silent(core::Nanos now) {
  if (!link_.connected() || oldest() > now - kSilence) return;
  silence_ = "broker " + options_.broker + " does not acknowledge what it is sent";
  core::UplinkEvent given_up;
  given_up.kind = core::UplinkEvent::Kind::lost;
  given_up.reason = silence_ + "; connected anew";
  tools_.uplink.disconnect();
  outflow_.lost(now);
  link_.failed(given_up, now);
  news_ = true;
}

std::string Rounds::trouble() const {
  std::string text;
  append(text, link_.connected() ? silence_ : link_.trouble());
  append(text, outflow_.trouble());
  append(text, slots_.trouble());
  return text;
}

core::DeliveryReport Rounds::make_report() const {
  core::DeliveryReport made;
  made.connected = link_.connected();
  made.session = link_.session();
  made.connected_now = connected_now_;
  made.mqtt5 = made.connected && link_.mqtt5();
  made.broker = options_.broker;
  made.most_message = outflow_.most_message();
  made.trouble = trouble();
  made.epoch = tools_.store.epoch();
  for (const outbox::Stream& stream : tools_.store.streams()) {
    made.next_sequence[stream.domain + "/" + std::string(core::name_of(stream.kind))] = stream.next_sequence;
    made.backlog_messages += stream.rows;
  }
  made.backlog_messages -= std::min(made.backlog_messages, outflow_.unflushed());
  made.backlog_bytes = tools_.store.bytes();
  made.delivered_messages = outflow_.delivered_messages();
  made.delivered_readings = outflow_.delivered_readings();
  made.committed_readings = tools_.store.committed_readings();
  made.dropped_readings = tools_.store.dropped_readings();
  made.store_trouble = tools_.store.trouble();
  return made;
}

void Rounds::report(core::Nanos now) {
  const bool first = last_at_ == core::Nanos::min();
  if (!first && !news_ && !connected_now_ && now - last_at_ < kReportEvery) return;
  core::DeliveryReport made = make_report();
  const bool in_time = first || now - last_at_ >= kReportEvery;
  if (first || connected_now_ || !same_state(made, last_) || (in_time && !same_counters(made, last_))) {
    if (options_.report) options_.report(made);
    last_ = std::move(made);
    last_at_ = now;
  } else if (in_time) {
    last_at_ = now;
  }
  news_ = false;
  connected_now_ = false;
}

core::Nanos Rounds::wait(core::Nanos now) const {
  core::Nanos due = std::min(intake_.due(), outflow_.due(publishing_ && link_.connected()));
  if (!stopping_) due = std::min(due, link_.due());
  if (!stopping_ && link_.connected() && oldest() != kNever) due = std::min(due, oldest() + kSilence);
  if (due <= now) return core::Nanos::zero();
  return std::min(due - now, kLongestWait);
}

bool Rounds::behind() const {
  // Without a broker the store is what takes the readings, as long as it has room.
  // The same for what the broker refuses: its rows stay, whoever pauses.
  if (!link_.connected() || !outflow_.trouble().empty()) return false;
  std::uint64_t rows = 0;
  for (const outbox::Stream& stream : tools_.store.streams()) rows += stream.rows;
  return rows > outflow_.in_flight() + outflow_.unflushed() + kBehind * options_.window;
}

bool Rounds::quiet() const { return !link_.connected() || (outflow_.in_flight() == 0 && slots_.settled()); }

void Rounds::finish() {
  const core::Nanos now = tools_.clock.now().boot;
  outflow_.lost(now);  // what is not answered by now
  outflow_.flush(now, true);
  if (intake_.waiting() != 0) {
    tools_.log.error("store",
                     std::to_string(intake_.waiting_readings()) + " readings could not be stored before the end");
  }
  if (link_.connected()) tools_.uplink.disconnect();
}

}  // namespace afferent::uplink
