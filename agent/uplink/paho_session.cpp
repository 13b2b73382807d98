#include "agent/uplink/paho_session.h"

#include <chrono>
#include <utility>

#include "agent/uplink/reason_codes.h"

namespace afferent::uplink {
namespace {

constexpr int kMostBuffered = 65535;          // messages inside Paho; the deliverer's window is what limits them
constexpr std::size_t kMostTlsErrors = 4096;  // bytes

std::string words_for(int code) {
  const char* const text = MQTTAsync_strerror(code);
  return text == nullptr ? "error " + std::to_string(code) : std::string(text);
}

std::uint64_t number_in(const MQTTProperties& properties, MQTTPropertyCodes code, std::uint64_t otherwise) {
  MQTTProperties* const list = const_cast<MQTTProperties*>(&properties);  // it is only read
  if (MQTTProperties_hasProperty(list, code) == 0) return otherwise;
  return static_cast<std::uint64_t>(MQTTProperties_getNumericValue(list, code));
}

}  // namespace

// What Paho calls, on its threads: for MQTT 5 and for 3.1.1.
struct PahoCallbacks {
  static PahoSession& session(void* context) { return *static_cast<PahoSession*>(context); }
  static PahoSession::Pending& pending(void* context) { return *static_cast<PahoSession::Pending*>(context); }

  static void connected5(void* context, MQTTAsync_successData5* data) {
    const MQTTProperties none = MQTTProperties_initializer;
    const MQTTProperties& properties = data == nullptr ? none : data->properties;
    const std::uint64_t maximum = number_in(properties, MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, 0);
    const std::uint64_t window = number_in(properties, MQTTPROPERTY_CODE_RECEIVE_MAXIMUM, 65535);
    const std::uint64_t keep_alive = number_in(properties, MQTTPROPERTY_CODE_SERVER_KEEP_ALIVE, 0);
    session(context).connected(
        {maximum, static_cast<std::uint16_t>(window), core::Seconds(static_cast<core::Seconds::rep>(keep_alive))});
  }
  static void connected3(void* context, MQTTAsync_successData*) { session(context).connected({}); }
  static void connect_failed5(void* context, MQTTAsync_failureData5* data) {
    if (data == nullptr) return session(context).connect_failed(MQTTASYNC_FAILURE, 0, nullptr);
    session(context).connect_failed(data->code, static_cast<int>(data->reasonCode), data->message);
  }
  static void connect_failed3(void* context, MQTTAsync_failureData* data) {
    if (data == nullptr) return session(context).connect_failed(MQTTASYNC_FAILURE, 0, nullptr);
    session(context).connect_failed(data->code, 0, data->message);
  }
  static void lost(void* context, char*) {
    session(context).lost("connection to broker " + session(context).broker_ + " lost");
  }
  static void thrown_out(void* context, MQTTProperties*, MQTTReasonCodes reason) {
    session(context).lost("broker " + session(context).broker_ +
                          " closed the connection: " + describe_reason(static_cast<int>(reason)));
  }
  static int arrived(void*, char* topic, int, MQTTAsync_message* message) {
    MQTTAsync_freeMessage(&message);  // nothing is subscribed to
    MQTTAsync_free(topic);
    return 1;
  }

  static void acked5(void* context, MQTTAsync_successData5*) { pending(context).session->acked(pending(context)); }
  static void acked3(void* context, MQTTAsync_successData*) { pending(context).session->acked(pending(context)); }
  static void not_acked5(void* context, MQTTAsync_failureData5* data) {
    const int reason = data == nullptr ? 0 : static_cast<int>(data->reasonCode);
    pending(context).session->not_acked(pending(context), reason);
  }
  static void not_acked3(void* context, MQTTAsync_failureData*) {
    pending(context).session->not_acked(pending(context), 0);
  }

  static void gone5(void* context, MQTTAsync_successData5*) { session(context).disconnected(); }
  static void gone3(void* context, MQTTAsync_successData*) { session(context).disconnected(); }
  static void not_gone5(void* context, MQTTAsync_failureData5*) { session(context).disconnected(); }
  static void not_gone3(void* context, MQTTAsync_failureData*) { session(context).disconnected(); }

  static int tls_error(const char* text, std::size_t length, void* context) {
    session(context).note_tls_error(std::string(text, length));
    return 1;
  }
};

core::Result<std::unique_ptr<PahoSession>> PahoSession::create(const PahoOptions& options, int version,
                                                               std::function<void()> wake) {
  std::unique_ptr<PahoSession> made(new PahoSession(options, version, std::move(wake)));
  MQTTAsync_createOptions settings = MQTTAsync_createOptions_initializer;
  settings.MQTTVersion = paho_version(version);
  settings.sendWhileDisconnected = 0;
  settings.maxBufferedMessages = kMostBuffered;
  settings.restoreMessages = 0;
  settings.persistQoS0 = 0;
  int code = MQTTAsync_createWithOptions(&made->client_, server_uri(options).c_str(), options.client_id.c_str(),
                                         MQTTCLIENT_PERSISTENCE_NONE, nullptr, &settings);
  if (code == MQTTASYNC_SUCCESS) {
    MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);  // else it fills 125 kB with a trace that nobody reads
    code = MQTTAsync_setCallbacks(made->client_, made.get(), PahoCallbacks::lost, PahoCallbacks::arrived, nullptr);
    MQTTAsync_setDisconnected(made->client_, made.get(), PahoCallbacks::thrown_out);
  }
  if (code != MQTTASYNC_SUCCESS) {
    return core::Error{core::ErrorCode::retry, "MQTT client cannot be made: " + words_for(code)};
  }
  return made;
}

PahoSession::PahoSession(const PahoOptions& options, int version, std::function<void()> wake)
    : version_(version), broker_(options.broker()), mailbox_(std::move(wake)) {}

PahoSession::~PahoSession() {
  if (client_ != nullptr) MQTTAsync_destroy(&client_);
}

bool PahoSession::used_up() const {
  const std::lock_guard lock(mutex_);
  return was_open_;
}

core::Seconds PahoSession::server_keep_alive() const {
  const std::lock_guard lock(mutex_);
  return keep_alive_;
}

void PahoSession::fill_in_callbacks(PahoSettings& settings) {
  settings.connect.context = this;
  if (version_ == 5) {
    settings.connect.onSuccess5 = PahoCallbacks::connected5;
    settings.connect.onFailure5 = PahoCallbacks::connect_failed5;
  } else {
    settings.connect.onSuccess = PahoCallbacks::connected3;
    settings.connect.onFailure = PahoCallbacks::connect_failed3;
  }
  settings.tls.ssl_error_context = this;
  settings.tls.ssl_error_cb = PahoCallbacks::tls_error;
}

core::Result<void> PahoSession::connect(const PahoOptions& options, const Will& will) {
  core::Result<std::unique_ptr<PahoSettings>> settings = PahoSettings::make(options, version_, will);
  if (!settings) return std::move(settings).error();
  fill_in_callbacks(**settings);
  {
    const std::lock_guard lock(mutex_);
    state_ = State::connecting;
    tls_errors_.clear();
  }
  const int code = MQTTAsync_connect(client_, &(*settings)->connect);  // it copies what it needs later
  if (code == MQTTASYNC_SUCCESS) return {};
  const std::lock_guard lock(mutex_);
  state_ = State::closed;
  return core::Error{core::ErrorCode::retry, "cannot reach broker " + broker_ + ": " + words_for(code)};
}

core::Result<void> PahoSession::publish(std::uint64_t token, const std::string& topic, core::ByteView payload,
                                        bool retained) {
  Pending* const pending = keep(token);
  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  response.context = pending;
  if (version_ == 5) {
    response.onSuccess5 = PahoCallbacks::acked5;
    response.onFailure5 = PahoCallbacks::not_acked5;
  } else {
    response.onSuccess = PahoCallbacks::acked3;
    response.onFailure = PahoCallbacks::not_acked3;
  }
  const int code = MQTTAsync_send(client_, topic.c_str(), static_cast<int>(payload.size()), payload.data(), 1,
                                  retained ? 1 : 0, &response);
  if (code == MQTTASYNC_SUCCESS) return {};
  give_back(*pending);
  return core::Error{core::ErrorCode::retry, "publish: " + words_for(code)};
}

void PahoSession::disconnect() {
  std::unique_lock lock(mutex_);
  if (state_ != State::open) return;
  state_ = State::closed;
  disconnected_ = false;
  lock.unlock();
  const MQTTAsync_disconnectOptions five = MQTTAsync_disconnectOptions_initializer5;
  const MQTTAsync_disconnectOptions three = MQTTAsync_disconnectOptions_initializer;
  MQTTAsync_disconnectOptions settings = version_ == 5 ? five : three;
  settings.timeout = 500;
  settings.context = this;
  if (version_ == 5) {
    settings.onSuccess5 = PahoCallbacks::gone5;
    settings.onFailure5 = PahoCallbacks::not_gone5;
  } else {
    settings.onSuccess = PahoCallbacks::gone3;
    settings.onFailure = PahoCallbacks::not_gone3;
  }
  if (MQTTAsync_disconnect(client_, &settings) != MQTTASYNC_SUCCESS) return;  // it is gone already
  lock.lock();
  gone_.wait_for(lock, std::chrono::seconds(2), [this] { return disconnected_; });
}

void PahoSession::disconnected() {
  {
    const std::lock_guard lock(mutex_);
    disconnected_ = true;
  }
  gone_.notify_one();
}

PahoSession::Pending* PahoSession::keep(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    pending_.push_back({this, token});
    return &pending_.back();
  }
  Pending* const pending = free_.back();
  free_.pop_back();
  pending->token = token;
  return pending;
}

std::uint64_t PahoSession::give_back(Pending& pending) {
  const std::lock_guard lock(mutex_);
  free_.push_back(&pending);
  return pending.token;
}

void PahoSession::acked(Pending& pending) {
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::acked;
  event.token = give_back(pending);
  mailbox_.post(std::move(event));
}

void PahoSession::not_acked(Pending& pending, int reason) {
  core::UplinkEvent event;
  event.token = give_back(pending);
  if (reason < kFirstRefusal) return;  // the connection went down with it: `lost` says so
  event.kind = core::UplinkEvent::Kind::refused;
  event.code = reason;
  event.reason = describe_reason(reason);
  mailbox_.post(std::move(event));
}

void PahoSession::connected(const Terms& terms) {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::open;
    was_open_ = true;
    keep_alive_ = terms.keep_alive;
  }
  core::UplinkEvent event;
  event.kind = core::UplinkEvent::Kind::connected;
  event.mqtt5 = version_ == 5;
  event.most_packet = terms.max_packet;
  event.receive_maximum = terms.receive_maximum;
  mailbox_.post(std::move(event));
}

void PahoSession::connect_failed(int code, int reason, const char* message) {
  ConnectFailure failure;
  failure.version = version_;
  failure.return_code = code;
  failure.reason_code = reason;
  failure.message = message == nullptr ? "" : message;
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

void PahoSession::note_tls_error(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (tls_errors_.size() + text.size() < kMostTlsErrors) tls_errors_ += text + "\n";
}

}  // namespace afferent::uplink
