#include "agent/io/mqtt_port.h"

#include <mosquitto.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/core/codec_call.h"
#include "agent/core/first_line.h"
#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr core::Nanos kFirstPause = std::chrono::milliseconds(500);
constexpr core::Nanos kLongestPause = std::chrono::seconds(30);
constexpr core::Nanos kKeepUp = std::chrono::seconds(1);  // between looks at the keep-alive
constexpr int kKeepAliveSeconds = 30;
constexpr int kQos = 1;
constexpr int kPackets = 32;  // handled in one round at most

core::Result<std::string> read_password(const std::string& path) {
  if (path.empty()) return std::string();
  auto line = core::first_line(path, core::kLongestMqttPassword);
  if (!line) return std::move(line).error().in("password_file");
  return line;
}

std::string reason_of(int result) {
  return result == MOSQ_ERR_ERRNO ? errno_text(errno) : ::mosquitto_strerror(result);
}

}  // namespace

struct MqttPort::Calls {
  static MqttPort& port(void* self) { return *static_cast<MqttPort*>(self); }
  static void connect(::mosquitto*, void* self, int code) { port(self).acknowledged(code); }
  static void disconnect(::mosquitto*, void* self, int) {
    if (port(self).failure_.empty()) port(self).failure_ = "the broker closed the connection";
  }
  static void subscribe(::mosquitto*, void* self, int message, int count, const int* granted) {
    port(self).subscribed(message, count > 0 && granted[0] <= 2);
  }
  static void message(::mosquitto*, void* self, const mosquitto_message* message) {
    port(self).received(message->topic, {static_cast<const std::uint8_t*>(message->payload),
                                         static_cast<std::size_t>(std::max(message->payloadlen, 0))});
  }
  static void publish(::mosquitto*, void* self, int) { --port(self).unacknowledged_; }
};

MqttPort::MqttPort(Loop& loop, Helper& helper, core::Log& log, core::Random& random, MqttOptions options)
    : loop_(loop),
      helper_(helper),
      log_(log),
      options_(std::move(options)),
      name_(options_.host + ":" + std::to_string(options_.port)),
      reporter_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause, &random) {
  ::mosquitto_lib_init();  // counts its callers
}

MqttPort::~MqttPort() {
  loop_.cancel(timer_);
  forget_connection();
  ::mosquitto_lib_cleanup();
}

core::Result<void> MqttPort::want(std::span<const core::PortWish> wishes) {
  for (const core::PortWish& wish : wishes) {
    if (::mosquitto_sub_topic_check(wish.name.c_str()) != MOSQ_ERR_SUCCESS) {
      return Error(ErrorCode::bad_config, "'" + wish.name + "' is no topic filter");
    }
    if (std::find(filters_.begin(), filters_.end(), wish.name) == filters_.end()) filters_.push_back(wish.name);
  }
  return {};
}

void MqttPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

MqttPort::Prepared MqttPort::prepare(const MqttOptions& options) {
  return {resolve(options.host, options.port, Lookup::any), read_password(options.password_file)};
}

void MqttPort::attempt() {
  helper_.run([options = options_] { return prepare(options); },
              [this, alive = std::weak_ptr(alive_)](Prepared facts) {
                if (!alive.expired()) prepared(std::move(facts));
              });
}

void MqttPort::prepared(Prepared facts) {
  if (!facts.addresses) return fail(facts.addresses.error().message());
  if (!facts.password) return fail(facts.password.error().message());
  addresses_ = std::move(facts.addresses).value();
  client_ = ::mosquitto_new(options_.client_id.empty() ? nullptr : options_.client_id.c_str(), true, this);
  if (client_ == nullptr) return fail(errno_text(errno));
  ::mosquitto_connect_callback_set(client_, Calls::connect);
  ::mosquitto_disconnect_callback_set(client_, Calls::disconnect);
  ::mosquitto_subscribe_callback_set(client_, Calls::subscribe);
  ::mosquitto_message_callback_set(client_, Calls::message);
  ::mosquitto_publish_callback_set(client_, Calls::publish);
  ::mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
  if (!options_.username.empty()) {
    const std::string& password = facts.password.value();
    ::mosquitto_username_pw_set(client_, options_.username.c_str(), password.empty() ? nullptr : password.c_str());
  }
  connect();
}

// Each attempt takes the next of the host's addresses.
void MqttPort::connect() {
  const std::string address = host_of(addresses_[next_address_++ % addresses_.size()]);
  deadline_ = loop_.now().boot + options_.answer_timeout;
  unacknowledged_ = 0;
  const int result = ::mosquitto_connect_async(client_, address.c_str(), options_.port, kKeepAliveSeconds);
  if (result != MOSQ_ERR_SUCCESS) return fail(reason_of(result));
  fd_ = ::mosquitto_socket(client_);
  auto added = loop_.add(fd_, EPOLLIN | EPOLLOUT, [this](std::uint32_t events, const core::Stamp&) { ready(events); });
  if (!added) {
    fd_ = -1;
    return fail(added.error().message());
  }
  keep_up();
}

void MqttPort::ready(std::uint32_t events) {
  calling_ = true;
  int result = MOSQ_ERR_SUCCESS;
  if ((events & EPOLLOUT) != 0) result = ::mosquitto_loop_write(client_, kPackets);
  if (result == MOSQ_ERR_SUCCESS && failure_.empty() && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    result = ::mosquitto_loop_read(client_, kPackets);
  }
  check(result, "talk");
}

void MqttPort::keep_up() {
  timer_ = loop_.at(loop_.now().boot + kKeepUp, [this] {
    timer_ = 0;
    if (!open_ && deadline_ <= loop_.now().boot) return fail("no answer");
    calling_ = true;
    check(::mosquitto_loop_misc(client_), "keep-alive");
    if (client_ != nullptr) keep_up();
  });
}

// After each call that runs callbacks.
void MqttPort::check(int result, std::string_view doing) {
  calling_ = false;
  if (!failure_.empty()) return fail(std::exchange(failure_, {}));
  if (result != MOSQ_ERR_SUCCESS) return fail(std::string(doing) + ": " + reason_of(result));
  watch();
}

void MqttPort::watch() {
  if (fd_ < 0 || calling_) return;
  const bool output = ::mosquitto_want_write(client_);
  // A descriptor that is watched can be modified; there is no other failure.
  [[maybe_unused]] const auto modified = loop_.modify(fd_, output ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void MqttPort::acknowledged(int code) {
  if (code != 0) {
    failure_ = std::string("the broker refuses: ") + ::mosquitto_connack_string(code);
    return;
  }
  if (filters_.empty()) return opened();
  deadline_ = loop_.now().boot + options_.answer_timeout;
  for (const std::string& filter : filters_) {
    int message = 0;
    const int result = ::mosquitto_subscribe(client_, &message, filter.c_str(), kQos);
    if (result != MOSQ_ERR_SUCCESS) failure_ = "subscribe to " + filter + ": " + reason_of(result);
    unanswered_.emplace(message, filter);
  }
}

void MqttPort::subscribed(int message, bool granted) {
  const auto found = unanswered_.find(message);
  if (found == unanswered_.end()) return;
  if (!granted) {
    failure_ = "the broker refuses the subscription to " + found->second;
    return;
  }
  unanswered_.erase(found);
  if (unanswered_.empty()) opened();
}

void MqttPort::opened() {
  open_ = true;
  backoff_.opened(loop_.now().boot);
  reporter_.good("connected to " + name_ + ", " + std::to_string(filters_.size()) + " subscriptions");
  listener_->port_opened(0, loop_.now());
}

void MqttPort::received(const char* topic, core::ByteView payload) {
  if (!open_) return;  // a retained message of the first subscription, before the last one is granted
  // A driver takes this for an answer of its codec, which does not come from a broker.
  if (std::string_view(topic).starts_with(core::kCodecTopic)) {
    log_.write(core::LogLevel::debug, "port " + options_.id, std::string("ignored a message on ") + topic);
    return;
  }
  if (payload.size() > kLargestMessage) {
    log_.warning("port " + options_.id, "dropped a message of " + std::to_string(payload.size()) + " bytes");
    return;
  }
  listener_->port_event({core::PortEvent::Kind::received, loop_.now(), topic, payload, 0});
}

core::Result<void> MqttPort::write_to(std::string_view name, core::ByteView bytes) {
  const std::string topic(name);
  const std::string where = "port " + options_.id + ": publish to " + topic.substr(0, 200);
  if (topic.empty() || topic.find('\0') != std::string::npos ||
      ::mosquitto_pub_topic_check(topic.c_str()) != MOSQ_ERR_SUCCESS) {
    return Error(ErrorCode::bad_input, where + ": is no topic to publish to");
  }
  if (!open_) return Error(ErrorCode::retry, where + ": not connected to " + name_);
  if (unacknowledged_ >= kMostUnacknowledged)
    return Error(ErrorCode::full, where + ": the broker acknowledges nothing");
  if (bytes.size() > kLargestMessage) return Error(ErrorCode::bad_input, where + ": too long");
  const int result =
      ::mosquitto_publish(client_, nullptr, topic.c_str(), static_cast<int>(bytes.size()), bytes.data(), kQos, false);
  if (result != MOSQ_ERR_SUCCESS) return Error(ErrorCode::retry, where + ": " + reason_of(result));
  ++unacknowledged_;
  watch();
  return {};
}

core::Result<void> MqttPort::write(std::uint32_t /*peer*/, core::ByteView /*bytes*/) {
  return Error(ErrorCode::bad_config, "port " + options_.id + ": an MQTT port carries messages with a topic only");
}

void MqttPort::reopen(std::string_view why) {
  loop_.post([this, alive = std::weak_ptr(alive_), reason = std::string(why)] {
    if (!alive.expired() && open_) fail(reason);
  });
}

void MqttPort::fail(std::string_view why) {
  const std::string reason(why);
  const bool was_open = std::exchange(open_, false);
  forget_connection();
  const core::Stamp at = loop_.now();
  if (was_open) backoff_.closed(at.boot);
  reporter_.failed("connect to " + name_ + ": " + reason);
  retry();
  if (was_open) listener_->port_closed(0, at, reason);
}

void MqttPort::forget_connection() {
  loop_.cancel(timer_);
  timer_ = 0;
  if (fd_ >= 0) loop_.remove(std::exchange(fd_, -1));
  if (client_ != nullptr) ::mosquitto_destroy(std::exchange(client_, nullptr));
  unanswered_.clear();
  failure_.clear();
}

void MqttPort::retry() {
  timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
    timer_ = 0;
    attempt();
  });
}

}  // namespace afferent::io
