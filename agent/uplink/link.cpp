#include "agent/uplink/link.h"

#include <algorithm>
#include <utility>

namespace afferent::uplink {
namespace {

constexpr core::Nanos kFirstPause = core::Millis{500};
// A connection that did not live this long counts as a failed attempt: two agents with one client id throw each other
// out without end, and the broker is to be spared that.
constexpr core::Nanos kStable = core::Seconds{10};

}  // namespace

Link::Link(LinkOptions options, core::Uplink& uplink, core::Random& random, core::Log& log)
    : options_(std::move(options)),
      uplink_(uplink),
      random_(random),
      log_(log),
      pause_(kFirstPause, options_.backoff_max) {}

void Link::drive(core::Nanos now) {
  if (state_ != State::waiting || now < next_attempt_) return;
  do {
    session_ = random_.next();
  } while (session_ == 0);
  state_ = State::connecting;
  uplink_.connect(options_.will_topic, options_.will ? options_.will(session_) : core::Bytes{});
}

void Link::opened(const core::UplinkEvent& event, core::Nanos now) {
  state_ = State::connected;
  connected_at_ = now;
  mqtt5_ = event.mqtt5;
  trouble_.clear();
  log_.info("uplink", mqtt5_ ? "connected with MQTT 5" : "connected with MQTT 3.1.1: refusals cannot be seen");
}

void Link::failed(const core::UplinkEvent& event, core::Nanos now) {
  if (state_ == State::connected && now - connected_at_ >= kStable) pause_.reset();
  state_ = State::waiting;
  next_attempt_ = now + jittered(pause_.next());
  const bool news = trouble_ != event.reason;
  trouble_ = event.reason.empty() ? "connection lost" : event.reason;
  if (news) log_.warning("uplink", trouble_);
}

core::Nanos Link::jittered(core::Nanos delay) {
  // Between the delay's half and the whole, at least the first pause: a district's gateways must not return in step.
  const core::Nanos half = delay / 2;
  const auto part = static_cast<core::Nanos::rep>(random_.next() % 1024);
  return std::max(kFirstPause, half + half / 1024 * part);
}

}  // namespace afferent::uplink
