#include "agent/io/codec_scripts.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

core::Result<std::string> read_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return system_error(ErrorCode::bad_config, "codec " + path, errno);
  std::string text(CodecScripts::kLongest + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(ErrorCode::bad_config, "codec " + path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > CodecScripts::kLongest) {
    return Error(ErrorCode::bad_config,
                 "codec " + path + ": longer than " + std::to_string(CodecScripts::kLongest / 1024) + " kB");
  }
  text.resize(size);
  return text;
}

}  // namespace

CodecScripts::Script& CodecScripts::get(const std::string& path, core::Nanos now) {
  const auto [at, fresh] = scripts_.try_emplace(path);
  Script& script = at->second.script;
  if (fresh) {
    script.number = static_cast<std::uint32_t>(scripts_.size());
    script.name = path.substr(path.rfind('/') + 1);
  }
  if (fresh || (script.state == Script::State::broken && now >= at->second.retry_at)) {
    script.state = Script::State::reading;
    at->second.retry_at = now + kRetry;
    read(path, now);
  }
  return script;
}

void CodecScripts::broken(Script& script, std::string why, core::Nanos now, bool hangs) {
  script.hung = hangs ? static_cast<std::uint8_t>(std::min(script.hung + 1, 7)) : std::uint8_t{0};
  script.state = Script::State::broken;
  script.why = std::move(why);
  script.sent_to = 0;
  for (auto& [path, entry] : scripts_) {
    if (&entry.script != &script) continue;
    entry.retry_at = now + kRetry;
    entry.load_at = hangs ? now + std::min(kRetry * (1 << (script.hung - 1)), kLongestRetry) : core::Nanos{};
  }
}

void CodecScripts::read(const std::string& path, core::Nanos now) {
  helper_.run([path] { return read_file(path); },
              [this, path, now](core::Result<std::string> text) {
                Entry& entry = scripts_[path];
                Script& script = entry.script;
                const bool same = text && *text == script.source;
                if (!same) script.hung = 0;
                if (script.hung > 0 && now < entry.load_at) {
                  script.state = Script::State::broken;
                  return was_read_();
                }
                script.state = text ? Script::State::read : Script::State::broken;
                script.source = text ? *text : std::string();
                script.why = text ? std::string() : text.error().message();
                script.sent_to = 0;
                was_read_();
              });
}

}  // namespace afferent::io
