#include "agent/uplink/paho_uplink.h"

#include <atomic>
#include <thread>
#include <utility>

#include "agent/uplink/paho_session.h"

namespace afferent::uplink {

// Ends a stuck client on a thread of its own, since that may take as long as the name look-up that it is stuck in.
class PahoUplink::Disposal {
 public:
  explicit Disposal(std::unique_ptr<PahoSession> session)
      : done_(std::make_shared<std::atomic<bool>>(false)),
        thread_([done = done_, stuck = std::move(session)]() mutable {
          stuck.reset();
          *done = true;
        }) {}
  ~Disposal() {
    if (*done_) {
      thread_.join();
    } else {
      thread_.detach();  // it owns all that it touches
    }
  }
  Disposal(const Disposal&) = delete;
  Disposal& operator=(const Disposal&) = delete;

  bool done() const { return *done_; }

 private:
  std::shared_ptr<std::atomic<bool>> done_;
  std::thread thread_;
};

PahoUplink::PahoUplink(PahoOptions options, const core::Clock& clock, std::function<void()> wake)
    : options_(std::move(options)), clock_(clock), wake_(std::move(wake)) {
  // OpenSSL prepares itself when it is needed; Paho would load all its texts at once.
  MQTTAsync_init_options prepared = MQTTAsync_init_options_initializer;
  prepared.do_openssl_init = 0;
  MQTTAsync_global_init(&prepared);
}

PahoUplink::~PahoUplink() {
  for (PahoSession* session : {five_.get(), three_.get()}) {
    if (session != nullptr) session->mailbox().close();
  }
  if (attempt_since_ && session_ != nullptr) dispose();
}

void PahoUplink::dispose() {
  session_->mailbox().close();
  disposal_ = std::make_unique<Disposal>(std::move(of_version(session_->version())));
  session_ = nullptr;
}

void PahoUplink::connect(const std::string& will_topic, const core::Bytes& will_payload) {
  if (attempt_since_) return;
  will_topic_ = will_topic;
  will_payload_ = will_payload;
  hurried_ = false;
  attempt(options_.version == 3 ? 3 : 5);
}

void PahoUplink::attempt(int version) {
  attempt_since_ = clock_.now().boot;
  if (disposal_ && !disposal_->done()) return failed("broker " + options_.broker() + ": the last attempt still hangs");
  disposal_.reset();
  std::unique_ptr<PahoSession>& session = of_version(version);
  if (!session || session->used_up()) {
    core::Result<std::unique_ptr<PahoSession>> made = PahoSession::create(options_, version, wake_);
    if (!made) return failed(made.error().message());
    session.swap(*made);  // the old one goes last, so that Paho's threads are not ended in between
  }
  session_ = session.get();
  const core::Result<void> result = session_->connect(options_, {will_topic_, will_payload_});
  if (!result) failed(result.error().message());
}

void PahoUplink::failed(std::string reason) {
  attempt_since_.reset();
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::connect_failed;
  event.reason = std::move(reason);
  own_.push_back(std::move(event));
  if (wake_) wake_();
}

bool PahoUplink::should_try_older(const ConnectFailure& failure) {
  if (options_.version != 0) return false;
  switch (older_version(failure)) {
    case OlderVersion::asked_for: return true;
    case OlderVersion::worth_a_try: return std::exchange(hung_up_, true) && !spoke_mqtt5_;
    case OlderVersion::useless: break;
  }
  if (failure.version == 5) hung_up_ = false;
  return false;
}

void PahoUplink::answered(const ConnectFailure& failure) {
  if (should_try_older(failure)) return attempt(3);
  failed(describe(failure, options_));
}

void PahoUplink::give_up_if_wedged() {
  if (!attempt_since_ || clock_.now().boot - *attempt_since_ < options_.wedged_after) return;
  if (session_ != nullptr) dispose();
  failed("cannot reach broker " + options_.broker() + ": no answer within " +
         std::to_string(options_.wedged_after.count()) + " s");
}

bool PahoUplink::must_hurry() {
  const core::Seconds demanded = session_->server_keep_alive();
  const bool shorter = options_.keep_alive == core::Seconds{0} || demanded < options_.keep_alive;
  if (demanded == core::Seconds{0} || !shorter || std::exchange(hurried_, true)) return false;
  options_.keep_alive = demanded;
  return true;
}

std::vector<core::UplinkEvent> PahoUplink::take() {
  Mailbox::Content content;
  if (session_ != nullptr) content = session_->mailbox().take();
  if (content.failure) answered(*content.failure);
  for (const core::UplinkEvent& event : content.events) {
    if (event.kind != core::UplinkEvent::Kind::connected) continue;
    attempt_since_.reset();
    spoke_mqtt5_ = spoke_mqtt5_ || event.mqtt5;
    hung_up_ = false;
    if (!must_hurry()) continue;
    session_->disconnect();
    attempt(5);
    return std::exchange(own_, {});
  }
  give_up_if_wedged();
  for (core::UplinkEvent& event : std::exchange(own_, {})) content.events.push_back(std::move(event));
  return std::move(content.events);
}

core::Result<void> PahoUplink::publish(std::uint64_t token, const std::string& topic, core::ByteView payload,
                                       bool retained) {
  if (session_ == nullptr || attempt_since_) return core::Error{core::ErrorCode::retry, "not connected"};
  return session_->publish(token, topic, payload, retained);
}

void PahoUplink::disconnect() {
  if (session_ != nullptr && !attempt_since_) session_->disconnect();
}

}  // namespace afferent::uplink
