#include "agent/io/tcp_listen.h"

#include <utility>

namespace afferent::io {
namespace {

constexpr core::Nanos kFirstPause = std::chrono::seconds(1);
constexpr core::Nanos kLongestPause = std::chrono::seconds(30);
constexpr core::Nanos kCrowdPause = std::chrono::minutes(10);  // between two words about the same

}  // namespace

TcpListenPort::TcpListenPort(Loop& loop, core::Log& log, core::Random& random, TcpServerOptions options)
    : loop_(loop),
      options_(std::move(options)),
      log_(log),
      reporter_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause, &random) {
  options_.sent_away = [this] { sent_away(); };
}

TcpListenPort::~TcpListenPort() { loop_.cancel(timer_); }

void TcpListenPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

void TcpListenPort::attempt() {
  core::Result<std::unique_ptr<TcpServer>> server = core::Error(core::ErrorCode::bad_config, "");
  auto numeric = resolve(options_.host, options_.port, Lookup::numeric);
  if (numeric) server = TcpServer::listen(loop_, options_);
  if (server) (*server)->start(*listener_);
  if (server && !(*server)->is_open()) server = core::Error(core::ErrorCode::retry, "the system cannot wait for calls");
  if (!server) {
    reporter_.failed(numeric ? server.error().message() : numeric.error().message());
    timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
      timer_ = 0;
      attempt();
    });
    return;
  }
  server_ = std::move(server).value();
  reporter_.good("listens on " + options_.host + ":" + std::to_string(server_->local_port()));
}

// Who is sent away may come back each second.
void TcpListenPort::sent_away() {
  const core::Nanos now = loop_.now().boot;
  if (crowd_told_ && now - *crowd_told_ < kCrowdPause) return;
  crowd_told_ = now;
  log_.warning("port " + options_.id,
               "sends calls away: all " + std::to_string(options_.most_peers) + " connections are in use");
}

core::Result<void> TcpListenPort::write(std::uint32_t peer, core::ByteView bytes) {
  if (!server_) return core::Error(core::ErrorCode::retry, "port " + options_.id + ": does not listen yet");
  return server_->write(peer, bytes);
}

void TcpListenPort::reopen(std::string_view why) {
  if (server_) server_->reopen(why);
}

}  // namespace afferent::io
