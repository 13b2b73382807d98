#include "agent/io/serial.h"

#include <utility>

namespace afferent::io {
namespace {

using core::ErrorCode;

constexpr core::Nanos kFirstPause = std::chrono::milliseconds(100);
constexpr core::Nanos kLongestPause = std::chrono::seconds(5);

}  // namespace

SerialPort::SerialPort(Loop& loop, Helper& helper, core::Log& log, SerialOptions options)
    : loop_(loop),
      helper_(helper),
      options_(std::move(options)),
      reporter_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause),
      stream_(loop, *this),
      output_(loop, stream_, [this](const core::Error& error) { reporter_.failed(error.message()); }),
      line_(options_.line) {}

SerialPort::~SerialPort() { loop_.cancel(timer_); }

void SerialPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

void SerialPort::attempt() {
  helper_.run(
      [path = options_.path, line = line_, rs485 = options_.rs485] { return open_serial_line(path, line, rs485); },
      [this, alive = std::weak_ptr(alive_)](core::Result<SerialLine> line) {
        if (!alive.expired()) attempted(std::move(line));
      });
}

void SerialPort::attempted(core::Result<SerialLine> line) {
  if (!line) {
    // A device's own rate must not keep the others' line closed.
    if (line.error().code() == ErrorCode::bad_config) line_ = options_.line;
    reporter_.failed(line.error().message());
    return retry();
  }
  const bool pseudo = line->pseudo;
  if (line->rs485_refused && !std::exchange(rs485_noted_, true)) {
    reporter_.note("the driver has no RS-485 mode; the transceiver must switch by itself");
  }
  if (auto opened = stream_.open(std::move(line->fd)); !opened) {
    reporter_.failed(opened.error().message());
    return retry();
  }
  output_.opened(line_, pseudo);
  backoff_.opened(loop_.now().boot);
  reporter_.good("open: " + options_.path + " at " + text_of(line_));
  listener_->port_opened(0, loop_.now());
}

void SerialPort::retry() {
  timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
    timer_ = 0;
    attempt();
  });
}

core::Result<void> SerialPort::write(std::uint32_t /*peer*/, core::ByteView bytes) {
  auto written = output_.write(bytes);
  if (!written) return std::move(written).error().in("port " + options_.id);
  return written;
}

core::Result<void> SerialPort::configure(const core::LineSettings& settings) {
  auto configured = stream_.is_open() ? output_.configure(settings) : check_line(settings);
  if (!configured) return std::move(configured).error().in("port " + options_.id);
  line_ = settings;
  return {};
}

core::Result<void> SerialPort::send_break(core::Millis length) {
  auto sent = output_.send_break(length);
  if (!sent) return std::move(sent).error().in("port " + options_.id);
  return sent;
}

void SerialPort::reopen(std::string_view why) { stream_.fail(why); }

void SerialPort::stream_received(const core::Stamp& at, core::ByteView bytes) {
  listener_->port_received(0, at, bytes);
}

void SerialPort::stream_failed(const core::Stamp& at, std::string_view why) {
  output_.closed();
  backoff_.closed(at.boot);
  reporter_.failed(options_.path + ": " + std::string(why));
  retry();
  listener_->port_closed(0, at, why);
}

}  // namespace afferent::io
