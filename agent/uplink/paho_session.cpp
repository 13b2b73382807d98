#include "agent/uplink/paho_session.h"

#include <exception>
#include <utility>

#include "agent/uplink/reason_codes.h"

namespace afferent::uplink {
namespace {

constexpr int kMostBuffered = 65535;          // messages inside Paho; the deliverer's window is what limits them
constexpr std::size_t kMostTlsErrors = 4096;  // bytes

mqtt::create_options create_settings(int version) {
  mqtt::create_options made(paho_version(version), kMostBuffered);
  made.set_send_while_disconnected(false);
  made.set_restore_messages(false);
  made.set_persist_qos0(false);
  return made;
}

}  // namespace

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

core::Result<std::unique_ptr<PahoSession>> PahoSession::create(const PahoOptions& options, int version,
                                                               std::function<void()> wake) {
  try {
    return std::unique_ptr<PahoSession>(new PahoSession(options, version, std::move(wake)));
  } catch (const std::exception& error) {
    return core::Error{core::ErrorCode::retry, std::string("MQTT client cannot be made: ") + error.what()};
  }
}

PahoSession::PahoSession(const PahoOptions& options, int version, std::function<void()> wake)
    : version_(version),
      broker_(options.broker()),
      mailbox_(std::move(wake)),
      client_(server_uri(options), options.client_id, create_settings(version), nullptr) {
  client_.set_connection_lost_handler(
      [this](const std::string&) { lost("connection to broker " + broker_ + " lost"); });
  client_.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode code) {
    lost("broker " + broker_ + " closed the connection: " + describe_reason(static_cast<int>(code)));
  });
}

core::Result<void> PahoSession::connect(const PahoOptions& options, const Will& will) {
  core::Result<mqtt::connect_options> settings = connect_settings(options, version_, will);
  if (!settings) return std::move(settings).error();
  {
    const std::lock_guard lock(mutex_);
    state_ = State::connecting;
    tls_errors_.clear();
  }
  try {
    settings_ = *settings;
    hear_tls_errors();
    client_.connect(settings_, nullptr, connect_listener_);
    return {};
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    state_ = State::closed;
    return core::Error{core::ErrorCode::retry, "cannot reach broker " + broker_ + ": " + error.what()};
  }
}

core::Result<void> PahoSession::publish(std::uint64_t token, const std::string& topic, core::ByteView payload,
                                        bool retained) {
  void* const context = keep(token);
  try {
    client_.publish(topic, payload.data(), payload.size(), 1, retained, context, *this);
    return {};
  } catch (const std::exception& error) {
    give_back(context);
    return core::Error{core::ErrorCode::retry, std::string("publish: ") + error.what()};
  }
}

void PahoSession::disconnect() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closed;
  }
  try {
    client_.disconnect(std::chrono::milliseconds(500))->wait_for(std::chrono::seconds(2));
  } catch (const std::exception&) {
    // The connection is gone already: nothing is left to be closed.
  }
}

bool PahoSession::used_up() const {
  const std::lock_guard lock(mutex_);
  return was_open_;
}

void* PahoSession::keep(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(tokens_.size()));
    tokens_.push_back(0);
  }
  const std::uint32_t place = free_.back();
  free_.pop_back();
  tokens_[place] = token;
  return reinterpret_cast<void*>(std::uintptr_t{place});
}

std::uint64_t PahoSession::give_back(void* context) {
  const std::lock_guard lock(mutex_);
  const auto place = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(context));
  free_.push_back(place);
  return tokens_[place];
}

void PahoSession::on_success(const mqtt::token& token) {
  const std::uint64_t ours = give_back(token.get_user_context());
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::acked;
  event.token = ours;
  mailbox_.post(std::move(event));
}

void PahoSession::on_failure(const mqtt::token& token) {
  const std::uint64_t ours = give_back(token.get_user_context());
  const int code = static_cast<int>(token.get_reason_code());
  if (version_ != 5 || code < kFirstRefusal) return;  // the connection went down with it: `lost` says so
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::refused;
  event.token = ours;
  event.code = code;
  event.reason = describe_reason(code);
  mailbox_.post(std::move(event));
}

void PahoSession::connected(const mqtt::token& token) {
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::connected;
  event.mqtt5 = version_ == 5;
  try {
    const mqtt::connect_response response = token.get_connect_response();
    const mqtt::properties& properties = response.get_properties();
    if (properties.contains(mqtt::property::MAXIMUM_PACKET_SIZE)) {
      event.max_message = mqtt::get<std::uint32_t>(properties, mqtt::property::MAXIMUM_PACKET_SIZE);
    }
    if (properties.contains(mqtt::property::RECEIVE_MAXIMUM)) {
      event.receive_maximum = mqtt::get<std::uint16_t>(properties, mqtt::property::RECEIVE_MAXIMUM);
    }
  } catch (const std::exception&) {
    // MQTT 3.1.1 has no such properties.
  }
  {
    const std::lock_guard lock(mutex_);
    state_ = State::open;
    was_open_ = true;
  }
  mailbox_.post(std::move(event));
}

void PahoSession::connect_failed(const mqtt::token& token) {
  ConnectFailure failure;
  failure.version = version_;
  failure.return_code = token.get_return_code();
  if (version_ == 5) failure.reason_code = static_cast<int>(token.get_reason_code());
  try {
    token.get_connect_response();  // the only way to Paho's own words: it throws them
  } catch (const mqtt::exception& error) {
    failure.message = error.get_message();
  } catch (const std::exception&) {
  }
  {
    const std::lock_guard lock(mutex_);
    state_ = State::closed;
    failure.tls_errors = tls_errors_;
  }
  mailbox_.post(std::move(failure));
}

void PahoSession::lost(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closed;
  }
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::lost;
  event.reason = why;
  mailbox_.post(std::move(event));
}

void PahoSession::hear_tls_errors() {
  // The C++ wrapper's own handler ends up in a copy of the settings that is gone before it is called, so Paho's C
  // struct beneath is given one. A connection without TLS has no such struct.
  MQTTAsync_SSLOptions* const tls = settings_.c_struct().ssl;
  if (tls == nullptr) return;
  tls->ssl_error_context = this;
  tls->ssl_error_cb = [](const char* text, std::size_t length, void* session) {
    static_cast<PahoSession*>(session)->note_tls_error(std::string(text, length));
    return 1;
  };
}

void PahoSession::note_tls_error(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (tls_errors_.size() + text.size() < kMostTlsErrors) tls_errors_ += text + "\n";
}

}  // namespace afferent::uplink
