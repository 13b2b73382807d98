#include "agent/app/agent.h"

#include <chrono>
#include <utility>

#include "agent/app/cameras.h"
#include "agent/app/device_named.h"
#include "agent/app/orders.h"
#include "agent/assembly/rules.h"
#include "agent/config/problem.h"
#include "agent/core/json.h"
#include "agent/io/gpio_port.h"
#include "agent/io/iio_port.h"
#include "agent/io/mqtt_port.h"
#include "agent/io/serial.h"
#include "agent/io/tcp.h"
#include "agent/io/tcp_listen.h"
#include "agent/io/trim.h"
#include "agent/io/zone.h"

namespace afferent::app {

using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

constexpr std::size_t kCrowded = 128u << 10;  // bytes in the queue from which on devices without a poll interval wait
constexpr core::Seconds kPortStateEvery{10};  // state of a driver that serves a whole port may be large
constexpr core::Seconds kSettled{10};         // by then devices and broker have been connected to

std::string lines_of(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) lines += (lines.empty() ? "" : "\n") + text;
  return lines;
}

// What a person has to correct, as `afferent check` names it.
Error named(const core::Source& from, const std::string& key, Error why) {
  if (why.code() != ErrorCode::bad_config) return why;
  return {ErrorCode::bad_config, config::Problem{from, key, why.message()}.text()};
}

}  // namespace

// Passes polls on and looks after the timer that they may have moved.
class Agent::Polls final : public core::PollSink {
 public:
  Polls(Agent& agent, Sense& sense) : agent_(agent), sense_(sense) {}
  void series_added(core::Series series, core::DeviceId device, const core::ChannelSpec& channel) override {
    sense_.series_added(series, device, channel);
    agent_.replay_->series_added(series, device, channel);
  }
  void poll(const core::Poll& poll) override {
    if (auto change = agent_.driver_states_.after_poll(poll.device, poll.received.boot)) {
      sense_.remember(std::move(*change));
    }
    sense_.poll(poll);
    agent_.arm();
  }

 private:
  Agent& agent_;
  Sense& sense_;
};

Agent::Agent(config::Config config, assembly::Drivers drivers, core::Clock& clock, core::Log& log)
    : config_(std::move(config)), clock_(clock), log_(log), sealer_(config_.node.id), drivers_(std::move(drivers)) {
  for (const config::DeviceConfig& device : config_.devices) identities_.push_back(device.identity);
}

Agent::~Agent() { stop(); }

Result<std::unique_ptr<Agent>> Agent::create(config::Config config, core::Clock& clock, core::Log& log) {
  assembly::Drivers drivers = assembly::make_drivers(config, clock);
  // They have taken what they need, and the texts are a good part of a small agent's memory.
  for (config::DeviceConfig& device : config.devices) device.options = device.profile = {};
  std::unique_ptr<Agent> agent(new Agent(std::move(config), std::move(drivers), clock, log));
  auto loop = io::Loop::create(clock);
  if (!loop) return std::move(loop).error();
  agent->loop_ = std::move(loop).value();
  agent->helper_ = std::make_unique<io::Helper>(*agent->loop_);
  agent->lookups_ = std::make_unique<io::Helper>(*agent->loop_);
  for (const auto step : {&Agent::make_rules, &Agent::make_lines, &Agent::open_store, &Agent::restore}) {
    if (auto done = (agent.get()->*step)(); !done) return std::move(done).error();
  }
  agent->make_delivery();
  agent->make_commands();
  return agent;
}

Result<void> Agent::make_rules() {
  auto zone = io::read_zone(config_.node.timezone);
  if (!zone) return std::move(zone).error();
  auto engine = assembly::make_engine(config_, random_, std::move(zone).value(), clock_.now());
  if (!engine) return std::move(engine).error();
  rules_ = std::move(engine).value();
  messages_ = std::make_unique<codec::Messages>(identities_, cameras_of(identities_, config_.node.cameras));
  sense_ = std::make_unique<Sense>(identities_, config_.telemetry.batch, *rules_, *messages_, down_);
  sense_->limit_messages(config_.mqtt.max_message);
  polls_ = std::make_unique<Polls>(*this, *sense_);
  replay_ = std::make_unique<Replay>(
      Replay::Setup{config_.node.replay, identities_, [this] { return queue_.crowded(kCrowded); }}, *polls_, clock_,
      log_);
  series_ = std::make_unique<acquire::SeriesTable>(*polls_);
  bulletin_ = std::make_unique<Bulletin>(config_, clock_, *messages_, *sense_, *rules_, down_,
                                         [this](core::DeviceId device) { return health(device); });
  return {};
}

std::unique_ptr<core::Port> Agent::make_port(const config::PortConfig& port) {
  using Kind = config::PortConfig::Kind;
  switch (port.kind) {
    case Kind::serial:
      return std::make_unique<io::SerialPort>(*loop_, *helper_, log_,
                                              io::SerialOptions{port.id, port.path, port.line, port.rs485});
    case Kind::tcp: {
      io::TcpOptions options{.id = port.id, .host = port.host, .port = port.tcp_port};
      return std::make_unique<io::TcpPort>(*loop_, *lookups_, log_, random_, std::move(options));
    }
    case Kind::tcp_listen: {
      io::TcpServerOptions options{.id = port.id, .host = port.host, .port = port.tcp_port};
      options.most_peers = port.connections;
      options.idle = port.idle;
      return std::make_unique<io::TcpListenPort>(*loop_, log_, random_, std::move(options));
    }
    case Kind::gpio:
      return std::make_unique<io::GpioPort>(*loop_, *helper_, log_,
                                            io::GpioOptions{port.id, port.path, port.gpio_lines});
    case Kind::iio: {
      io::IioOptions options{.id = port.id, .path = port.path};
      return std::make_unique<io::IioPort>(*loop_, *helper_, log_, std::move(options));
    }
    case Kind::mqtt: {
      io::MqttOptions options{.id = port.id, .host = port.host, .port = port.tcp_port};
      options.client_id = config_.node.id + "-" + port.id;
      options.username = port.username;
      options.password_file = port.password_file;
      if (!codecs_) codecs_ = std::make_unique<io::CodecProcess>(*loop_, log_);
      auto broker = std::make_unique<io::MqttPort>(*loop_, *lookups_, log_, random_, std::move(options));
      return std::make_unique<io::CodecPort>(*loop_, std::move(broker), *codecs_);
    }
  }
  return nullptr;
}

Result<void> Agent::make_lines() {
  for (std::size_t i = 0; i < config_.ports.size(); ++i) {
    const config::PortConfig& port = config_.ports[i];
    acquire::LineSetup setup;
    setup.id = port.id;
    setup.line = port.line;
    setup.silence = port.silence;
    setup.number = static_cast<std::uint32_t>(i);
    setup.lines = static_cast<std::uint32_t>(config_.ports.size());
    setup.crowded = [this] { return queue_.crowded(kCrowded); };
    lines_.push_back(
        std::make_unique<acquire::Line>(std::move(setup), make_port(port), *loop_, clock_, *series_, *polls_, log_));
  }
  std::vector<std::string> objections;
  for (const config::Problem& problem : drivers_.problems) objections.push_back(problem.text());
  for (assembly::PlacedDriver& placed : std::exchange(drivers_, {}).placed) {
    if (auto added = add_driver(std::move(placed)); !added) objections.push_back(added.error().message());
  }
  // What a driver was refused for would be said again as a channel that is missing.
  if (objections.empty()) {
    for (const Error& objection : rules_->check()) objections.push_back(objection.message());
  }
  if (!objections.empty()) return Error(ErrorCode::bad_config, lines_of(objections));
  sense_->on_pace([this](core::DeviceId device, core::Millis interval) {
    lines_[config_.devices[core::index(device)].port]->set_poll(device, interval);
  });
  return {};
}

Result<void> Agent::add_driver(assembly::PlacedDriver placed) {
  const config::DeviceConfig& first = config_.devices[core::index(placed.devices.front())];
  const core::Scope scope = placed.spec->scope;
  std::vector<acquire::DeviceSetup> setups;
  for (const core::DeviceId id : placed.devices) {
    const config::DeviceConfig& device = config_.devices[core::index(id)];
    setups.push_back({id, device.identity.id, device.poll, device.reply_timeout, device.silence, device.retries,
                      device.line, device.identity.calibration});
  }
  acquire::Line& line = *lines_[placed.port];
  auto session = line.add(scope, setups, std::move(placed.driver));
  if (!session) {
    return std::move(session).error().in(first.source.text() + ": device '" + first.identity.id + "'");
  }
  // What a driver remembers is stored under its device's name, or its port's and its own where it has many.
  const bool own = scope == core::Scope::device;
  const std::string key = own ? "driver/" + first.identity.id
                              : "driver/" + config_.ports[placed.port].id + "/" + std::string(placed.spec->name);
  driver_states_.add(key, line.driver(*session), placed.devices,
                     own ? core::Nanos::zero() : core::Nanos(kPortStateEvery));
  return {};
}

Result<void> Agent::open_store() {
  outbox::StoreOptions options;
  options.path = config_.store.path;
  options.quota = config_.store.quota;
  options.reserve = config_.store.reserve;
  auto store = outbox::Store::open(options, {clock_, random_, gaps_, log_});
  if (!store) return named(config_.store.path_from, "store.path", std::move(store).error());
  store_ = std::move(store).value();
  return {};
}

Result<void> Agent::restore() {
  const auto states = store_->states();
  if (auto restored = rules_->restore(states, clock_.now(), clock_.boot()); !restored) {
    log_.warning("rules", restored.error().message());
  }
  bulletin_->restore(states);
  for (const Error& error : driver_states_.restore(states)) log_.warning("drivers", error.message());
  return {};
}

void Agent::make_delivery() {
  uplink::PahoOptions broker;
  const config::MqttConfig& mqtt = config_.mqtt;
  broker.host = mqtt.host;
  broker.port = mqtt.port;
  broker.version = mqtt.version;
  broker.client_id = mqtt.client_id.empty() ? config_.node.id : mqtt.client_id;
  broker.username = mqtt.username.empty() && !mqtt.password_file.empty() ? config_.node.id : mqtt.username;
  broker.password_file = mqtt.password_file;
  broker.tls = mqtt.tls;
  broker.ca_file = mqtt.ca_file;
  broker.certificate_file = mqtt.certificate_file;
  broker.key_file = mqtt.key_file;
  broker.keep_alive = mqtt.keep_alive;

  uplink::DeliveryOptions options;
  options.node = config_.node.id;
  options.area = config_.node.area;
  options.broker = broker.broker();
  options.window = mqtt.window;
  options.max_message = mqtt.max_message;
  options.flush = config_.store.flush;
  options.backoff_max = mqtt.backoff_max;
  options.will = codec::encode_will;
  options.report = [this](const core::DeliveryReport& report) { loop_->post([this, report] { delivered(report); }); };
  broker_ = std::make_unique<uplink::PahoUplink>(broker, clock_, [this] { queue_.notify(); });
  deliverer_ = std::make_unique<uplink::Deliverer>(
      options, uplink::DeliveryTools{*store_, *broker_, sealer_, clock_, random_, log_}, queue_);
}

void Agent::delivered(const core::DeliveryReport& report) {
  std::size_t most = config_.mqtt.max_message;
  if (report.most_message != 0 && report.most_message < most) most = static_cast<std::size_t>(report.most_message);
  sense_->limit_messages(most);
  bulletin_->delivery(report);
}

acquire::DeviceHealth Agent::health(core::DeviceId device) const {
  return lines_[config_.devices[core::index(device)].port]->health(device);
}

void Agent::make_commands() {
  commands_.add("status", [this](const core::CommandRequest&, const core::CommandTarget::Reply& reply) {
    reply(status_json(config_, *bulletin_, lines_, *rules_, *sense_, replay_->replayed(), clock_.now()));
  });
  commands_.add("device", [this](const core::CommandRequest& request, core::CommandTarget::Reply reply) {
    run_device_command(request, std::move(reply));
  });
  commands_.add("replay", [this](const core::CommandRequest& request, const core::CommandTarget::Reply& reply) {
    reply(replay_->handle(request));
  });
  add_orders(commands_, config_, clock_, *sense_, [this] { arm(); });
  control_ = std::make_unique<control::Server>(
      commands_, [this](std::uint32_t peer, core::ByteView bytes) { control_socket_->send(peer, bytes); },
      [this](std::uint32_t peer) { control_socket_->close(peer); });
}

namespace {

// What a command of a device found, where it searched.
std::string found_json(const std::vector<acquire::Heard>& found) {
  core::JsonWriter json;
  json.begin_object().key("found").begin_array();
  for (const acquire::Heard& one : found) json.begin_object().field("id", one.id).field("what", one.what).end_object();
  return json.end_array().end_object().take();
}

}  // namespace

void Agent::run_device_command(const core::CommandRequest& request, core::CommandTarget::Reply reply) {
  core::DeviceCommand command;
  std::string device;
  for (const auto& [key, value] : request.arguments) {
    if (key == "device") {
      device = value;
    } else if (key == "command") {
      command.verb = value;
    } else {
      command.arguments.emplace(key, value);
    }
  }
  const auto id = device_named(identities_, device);
  if (!id) return reply(Error(ErrorCode::not_found, "no device '" + device + "'"));
  lines_[config_.devices[core::index(*id)].port]->command(
      *id, std::move(command), [reply = std::move(reply)](Result<std::vector<acquire::Heard>> result) {
        reply(result ? Result<std::string>(found_json(*result)) : Result<std::string>(std::move(result).error()));
      });
}

Result<void> Agent::start() {
  if (!config_.node.control_socket.empty()) {
    auto socket =
        io::UnixServer::listen(*loop_, config_.node.control_socket,
                               {[this](std::uint32_t peer, core::ByteView bytes) { control_->received(peer, bytes); },
                                [this](std::uint32_t peer) { control_->gone(peer); }});
    if (!socket) return named(config_.node.socket_from, "node.control_socket", std::move(socket).error());
    control_socket_ = std::move(socket).value();
  }
  deliverer_->start();
  second();
  const core::Stamp base = clock_.now();
  for (const auto& line : lines_) line->start(base);
  arm();
  loop_->at(clock_.now().boot + kSettled, [] { io::give_back_startup_memory(); });
  return {};
}

void Agent::tell_boot(const core::Stamp& now) {
  constexpr core::Micros kWorthTelling{10'000};
  const core::Micros utc_at_boot = now.utc - std::chrono::duration_cast<core::Micros>(now.boot);
  const bool moved = std::chrono::abs(utc_at_boot - told_utc_at_boot_) > kWorthTelling;
  if (told_boot_ && now.clock == told_clock_ && (!moved || now.clock == core::ClockState::unsynced)) return;
  const bool known = now.clock != core::ClockState::unsynced;
  if (!down_.send(core::BootFact{clock_.boot(), known ? utc_at_boot : core::Micros{}, now.clock})) return;
  told_boot_ = true;
  told_clock_ = now.clock;
  told_utc_at_boot_ = utc_at_boot;
}

void Agent::second() {
  tell_boot(clock_.now());
  down_.retry();
  bulletin_->second();
  loop_->at(clock_.now().boot + std::chrono::seconds(1), [this] { second(); });
}

void Agent::arm() {
  const core::Nanos next = sense_->deadline();
  if (next == timer_at_) return;
  loop_->cancel(timer_);
  timer_ = 0;
  timer_at_ = next;
  if (next == core::Nanos::max()) return;
  timer_ = loop_->at(next, [this] {
    timer_ = 0;
    timer_at_ = core::Nanos::max();
    sense_->tick(clock_.now());
    arm();
  });
}

void Agent::stop() {
  if (!deliverer_) return;
  control_.reset();
  control_socket_.reset();
  for (const auto& line : lines_) line->farewell();
  for (core::StateChange& change : driver_states_.changed()) sense_->remember(std::move(change));
  sense_->close(clock_.now());
  down_.drain();
  bulletin_->farewell();
  deliverer_->stop();
  deliverer_.reset();
}

}  // namespace afferent::app
