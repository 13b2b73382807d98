#include "agent/io/gpio_port.h"

#include <linux/gpio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;
using Event = gpio_v2_line_event;

constexpr core::Nanos kFirstPause = std::chrono::milliseconds(500);
constexpr core::Nanos kLongestPause = std::chrono::seconds(30);
constexpr core::Nanos kOldestEdge = std::chrono::seconds(60);
constexpr std::size_t kEventsARead = 16;
constexpr std::uint32_t kMostAsked = 64;

static_assert(sizeof(Event) == 48);

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

core::Nanos monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// The kernel stamps edges with its monotonic clock; a stand-in may leave the time out.
core::Stamp stamp_of(const Event& event, const core::Stamp& now) {
  const core::Nanos ago = monotonic_now() - core::Nanos(static_cast<std::int64_t>(event.timestamp_ns));
  if (event.timestamp_ns == 0 || ago < core::Nanos::zero() || ago > kOldestEdge || ago > now.boot) return now;
  core::Stamp at = now;
  at.boot -= ago;
  at.utc -= std::chrono::duration_cast<core::Micros>(ago);
  return at;
}

}  // namespace

GpioPort::GpioPort(Loop& loop, Helper& helper, core::Log& log, GpioOptions options)
    : loop_(loop),
      helper_(helper),
      options_(std::move(options)),
      chip_(std::make_shared<GpioChip>(options_.path, options_.ioctl)),
      reporter_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause),
      stand_in_(loop, *this) {}

GpioPort::~GpioPort() {
  loop_.cancel(timer_);
  close_lines();
}

core::Result<void> GpioPort::want(std::span<const core::PortWish> wishes) {
  for (const core::PortWish& wish : wishes) {
    const auto alias = options_.aliases.find(wish.name);
    const auto offset = alias != options_.aliases.end() ? std::optional(alias->second) : number_of(wish.name);
    if (!offset) {
      std::string known;
      for (const auto& [name, line] : options_.aliases) known += (known.empty() ? "; the board has " : ", ") + name;
      return Error(ErrorCode::bad_config,
                   "'" + wish.name + "' is no line of " + options_.path + ": expected its number in the chip" + known);
    }
    const auto same = [&offset](const Line& line) { return line.wish.offset == *offset; };
    if (std::any_of(lines_.begin(), lines_.end(), same)) {
      return Error(ErrorCode::bad_config,
                   "line " + std::to_string(*offset) + " of " + options_.path + " is used by another device already");
    }
    Line line;
    line.wish = {*offset, wish};
    lines_.push_back(std::move(line));
  }
  return {};
}

void GpioPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

GpioPort::Line* GpioPort::line_named(std::string_view name) {
  const auto found =
      std::find_if(lines_.begin(), lines_.end(), [name](const Line& line) { return line.wish.wish.name == name; });
  return found == lines_.end() ? nullptr : &*found;
}

// Asks for the lines that it does not have yet.
void GpioPort::attempt() {
  std::vector<GpioWish> wishes;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].fd) continue;
    wishes.push_back(lines_[i].wish);
    asked.push_back(i);
  }
  helper_.run([chip = chip_, wishes] { return chip->request(wishes); },
              [this, alive = std::weak_ptr(alive_), asked](core::Result<GpioGrant> grant) {
                if (!alive.expired()) granted(std::move(grant), asked);
              });
}

void GpioPort::granted(core::Result<GpioGrant> grant, const std::vector<std::size_t>& asked) {
  if (!grant) {
    reporter_.failed(grant.error().message());
    return retry();
  }
  if (grant->stand_in) return adopt_stand_in(std::move(grant->stand_in));
  std::string trouble;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Line& line = lines_[asked[i]];
    if (!line.fd) adopt(line, std::move(grant->lines[i]), trouble);
  }
  if (trouble.empty()) {
    reporter_.good("opened " + options_.path);
  } else {
    reporter_.failed(trouble);
    retry();
  }
  opened();
}

void GpioPort::adopt(Line& line, core::Result<GpioLine> granted, std::string& trouble) {
  core::Result<void> watched;
  if (granted && !line.wish.wish.output) {
    const auto index = static_cast<std::size_t>(&line - lines_.data());
    watched = loop_.add((*granted)->get(), EPOLLIN, [this, index](std::uint32_t events, const core::Stamp& at) {
      line_ready(lines_[index], events, at);
    });
  }
  if (granted && watched) {
    line.fd = std::move(granted).value();
    return;
  }
  trouble += (trouble.empty() ? "" : "; ") + (granted ? watched.error().message() : granted.error().message());
}

void GpioPort::adopt_stand_in(UniqueFd fd) {
  rest_.clear();
  if (auto opened_stream = stand_in_.open(std::move(fd)); !opened_stream) {
    reporter_.failed(opened_stream.error().message());
    return retry();
  }
  reporter_.good("opened the stand-in " + options_.path);
  opened();
}

void GpioPort::opened() {
  backoff_.opened(loop_.now().boot);
  if (!std::exchange(open_, true)) listener_->port_opened(0, loop_.now());
}

void GpioPort::retry() {
  loop_.cancel(timer_);
  timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
    timer_ = 0;
    attempt();
  });
}

void GpioPort::line_ready(Line& line, std::uint32_t events, const core::Stamp& at) {
  std::array<std::uint8_t, kEventsARead * sizeof(Event)> buffer;
  const ssize_t count = ::read(line.fd->get(), buffer.data(), buffer.size());
  if (count > 0) return take({buffer.data(), static_cast<std::size_t>(count)}, at, &line);
  if (count < 0 && errno == EAGAIN && (events & (EPOLLHUP | EPOLLERR)) == 0) return;
  fail(at, count < 0 && errno != EAGAIN ? errno_text(errno) : "the chip is gone");
}

// Whole events. `line`: whose descriptor they come from; null: as their offset says.
void GpioPort::take(core::ByteView events, const core::Stamp& at, Line* line) {
  for (; events.size() >= sizeof(Event); events = events.subspan(sizeof(Event))) {
    Event event;
    std::memcpy(&event, events.data(), sizeof event);
    if (event.id != GPIO_V2_LINE_EVENT_RISING_EDGE && event.id != GPIO_V2_LINE_EVENT_FALLING_EDGE) continue;
    Line* from = line;
    if (from == nullptr) {
      const auto found = std::find_if(lines_.begin(), lines_.end(),
                                      [&event](const Line& one) { return one.wish.offset == event.offset; });
      if (found == lines_.end() || found->wish.wish.output) continue;
      from = &*found;
    }
    const bool on = event.id == GPIO_V2_LINE_EVENT_RISING_EDGE;
    from->last = on;
    ++from->edges;
    const std::string name = from->wish.wish.name;
    listener_->port_event(
        {core::PortEvent::Kind::edge, stamp_of(event, at), name, core::as_bytes(on ? "1" : "0"), event.line_seqno});
    if (!open_) return;
  }
}

void GpioPort::stream_received(const core::Stamp& at, core::ByteView bytes) {
  rest_.insert(rest_.end(), bytes.begin(), bytes.end());
  const std::size_t whole = rest_.size() / sizeof(Event) * sizeof(Event);
  const core::Bytes events(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(whole));
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(whole));
  take(events, at, nullptr);
}

void GpioPort::stream_failed(const core::Stamp& at, std::string_view why) { fail(at, why); }

void GpioPort::fail(const core::Stamp& at, std::string_view why) {
  const std::string reason(why);
  close_lines();
  open_ = false;
  backoff_.closed(at.boot);
  reporter_.failed(options_.path + ": " + reason);
  retry();
  listener_->port_closed(0, at, reason);
}

void GpioPort::close_lines() {
  stand_in_.close();
  for (Line& line : lines_) {
    if (line.fd && !line.wish.wish.output) loop_.remove(line.fd->get());
    line.fd.reset();
    line.last.reset();
  }
}

void GpioPort::reopen(std::string_view why) {
  if (!open_) return;
  if (stand_in_.is_open()) return stand_in_.fail(why);
  loop_.post([this, alive = std::weak_ptr(alive_), reason = std::string(why)] {
    if (!alive.expired() && open_) fail(loop_.now(), reason);
  });
}

core::Result<void> GpioPort::write(std::uint32_t /*peer*/, core::ByteView /*bytes*/) {
  return Error(ErrorCode::bad_config, "port " + options_.id + ": GPIO lines carry no bytes");
}

core::Result<void> GpioPort::write_to(std::string_view name, core::ByteView bytes) {
  const std::string where = "port " + options_.id + ": line " + std::string(name);
  Line* line = line_named(name);
  if (line == nullptr) return Error(ErrorCode::not_found, where + ": nobody asked for it");
  if (!open_) return Error(ErrorCode::retry, where + ": " + options_.path + " is closed");
  if (bytes.empty()) return read(*line);
  const std::string_view level = core::as_text(bytes);
  if (!line->wish.wish.output || (level != "0" && level != "1")) {
    return Error(ErrorCode::bad_input, where + (line->wish.wish.output ? ": is driven by 0 or 1" : ": is an input"));
  }
  auto driven = drive(*line, level == "1");
  if (!driven) return std::move(driven).error().in(where);
  return driven;
}

// An edge that comes while the level is being read is newer than what is read.
core::Result<void> GpioPort::read(Line& line) {
  if (asked_ >= kMostAsked) return Error(ErrorCode::full, "port " + options_.id + ": the chip does not answer");
  const std::string name = line.wish.wish.name;
  if (stand_in_.is_open() || !line.fd) {
    // Nothing is called from within a write.
    const std::optional<bool> level = stand_in_.is_open() ? std::optional(line.last.value_or(false)) : std::nullopt;
    loop_.post([this, alive = std::weak_ptr(alive_), name, level] {
      if (!alive.expired()) answer(name, level);
    });
    return {};
  }
  ++asked_;
  helper_.run([chip = chip_, fd = line.fd] { return chip->level(*fd); },
              [this, alive = std::weak_ptr(alive_), name, edges = line.edges](core::Result<bool> level) {
                if (alive.expired()) return;
                --asked_;
                const Line* now = line_named(name);
                if (level && now->edges != edges && now->last) level = *now->last;
                answer(name, level ? std::optional(*level) : std::nullopt);
              });
  return {};
}

void GpioPort::answer(const std::string& name, std::optional<bool> level) {
  if (!open_) return;
  const std::string_view text = !level ? "" : *level ? "1" : "0";
  listener_->port_event({core::PortEvent::Kind::received, loop_.now(), name, core::as_bytes(text), 0});
}

core::Result<void> GpioPort::drive(Line& line, bool on) {
  line.last = on;
  if (stand_in_.is_open()) {
    Event event{};
    event.id = on ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE;
    event.offset = line.wish.offset;
    event.line_seqno = static_cast<std::uint32_t>(++line.edges);
    return stand_in_.write({reinterpret_cast<const std::uint8_t*>(&event), sizeof event});
  }
  if (!line.fd) return Error(ErrorCode::retry, "the kernel has not granted it");
  helper_.run([chip = chip_, fd = line.fd, on] { return chip->drive(*fd, on); },
              [this, alive = std::weak_ptr(alive_), name = line.wish.wish.name](const core::Result<void>& driven) {
                if (!alive.expired() && !driven) reporter_.failed("line " + name + ": " + driven.error().message());
              });
  return {};
}

}  // namespace afferent::io
