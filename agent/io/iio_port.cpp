#include "agent/io/iio_port.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/io/errno_text.h"
#include "agent/io/folder.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr core::Nanos kFirstPause = std::chrono::milliseconds(500);
constexpr core::Nanos kLongestPause = std::chrono::seconds(30);
constexpr std::uint32_t kMostAsked = 16;
constexpr std::size_t kLongestAttribute = 256;

// Without the line's end. A FIFO as attribute must not hold the thread for ever.
core::Result<std::string> read_attribute(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd)
    return Error(errno == ENOENT || errno == ENODEV ? ErrorCode::not_found : ErrorCode::retry, errno_text(errno));
  std::array<char, kLongestAttribute> buffer;
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  if (count < 0) return Error(ErrorCode::retry, errno_text(errno));
  std::string text(buffer.data(), static_cast<std::size_t>(count));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

core::Result<std::string> find(const IioOptions& options) {
  if (options.path.find('/') != std::string::npos) {
    if (is_folder(options.path)) return options.path;
    return Error(ErrorCode::retry, options.path + " is no folder");
  }
  std::string known;
  for (const std::string& folder : paths_in(options.devices)) {
    if (folder.substr(folder.rfind('/') + 1) == options.path) return folder;
    const auto name = read_attribute(folder + "/name");
    if (name && *name == options.path) return folder;
    if (name) known += (known.empty() ? "" : ", ") + *name;
  }
  return Error(ErrorCode::retry, "there is no device '" + options.path + "' in " + options.devices + "; there is " +
                                     (known.empty() ? "none" : known));
}

bool is_attribute(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

IioPort::IioPort(Loop& loop, Helper& helper, core::Log& log, IioOptions options)
    : loop_(loop),
      helper_(helper),
      options_(std::move(options)),
      reporter_(log, "port " + options_.id),
      attribute_(log, "port " + options_.id),
      backoff_(kFirstPause, kLongestPause) {}

IioPort::~IioPort() { loop_.cancel(timer_); }

void IioPort::start(core::PortListener& listener) {
  listener_ = &listener;
  attempt();
}

void IioPort::attempt() {
  helper_.run([options = options_] { return find(options); },
              [this, alive = std::weak_ptr(alive_)](core::Result<std::string> folder) {
                if (!alive.expired()) found(std::move(folder));
              });
}

void IioPort::found(core::Result<std::string> folder) {
  if (!folder) {
    reporter_.failed(folder.error().message());
    return retry();
  }
  folder_ = std::move(folder).value();
  backoff_.opened(loop_.now().boot);
  reporter_.good("reads " + folder_);
  listener_->port_opened(0, loop_.now());
}

void IioPort::retry() {
  loop_.cancel(timer_);
  timer_ = loop_.at(loop_.now().boot + backoff_.next(), [this] {
    timer_ = 0;
    attempt();
  });
}

core::Result<void> IioPort::write_to(std::string_view name, core::ByteView bytes) {
  const std::string where = "port " + options_.id + ": " + std::string(name);
  if (!bytes.empty()) return Error(ErrorCode::bad_config, where + ": attributes are only read");
  if (!is_attribute(name)) return Error(ErrorCode::bad_input, where + ": is no name of an attribute");
  if (folder_.empty()) return Error(ErrorCode::retry, where + ": the device is not there");
  if (asked_ >= kMostAsked) return Error(ErrorCode::full, where + ": the device does not answer");
  ++asked_;
  struct Answer {
    core::Result<std::string> text;
    bool there;
  };
  helper_.run(
      [folder = folder_, file = std::string(name)] {
        auto text = read_attribute(folder + "/" + file);
        const bool there = text.ok() || is_folder(folder);
        return Answer{std::move(text), there};
      },
      [this, alive = std::weak_ptr(alive_), file = std::string(name), folder = folder_](const Answer& read) {
        if (alive.expired()) return;
        --asked_;
        if (folder_ != folder) return;
        read.there ? answer(file, read.text) : gone(folder + " is gone");
      });
  return {};
}

void IioPort::answer(const std::string& name, const core::Result<std::string>& text) {
  if (!text) {
    attribute_.failed(folder_ + "/" + name + ": " + text.error().message());
  } else if (!attribute_.trouble().empty()) {
    attribute_.good(folder_ + " can be read again");
  }
  const std::string_view shown = text ? std::string_view(*text) : std::string_view();
  listener_->port_event({core::PortEvent::Kind::received, loop_.now(), name, core::as_bytes(shown), 0});
}

void IioPort::gone(std::string_view why) {
  folder_.clear();
  const core::Stamp at = loop_.now();
  backoff_.closed(at.boot);
  reporter_.failed(why);
  retry();
  listener_->port_closed(0, at, why);
}

core::Result<void> IioPort::write(std::uint32_t /*peer*/, core::ByteView /*bytes*/) {
  return Error(ErrorCode::bad_config, "port " + options_.id + ": a device folder carries no bytes");
}

void IioPort::reopen(std::string_view why) {
  loop_.post([this, alive = std::weak_ptr(alive_), reason = std::string(why)] {
    if (!alive.expired() && !folder_.empty()) gone(reason);
  });
}

}  // namespace afferent::io
