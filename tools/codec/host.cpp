#include "tools/codec/host.h"

#include <utility>

namespace afferent::codec_host {
namespace {

using core::Error;
using core::ErrorCode;
using Kind = io::CodecFrame::Kind;

}  // namespace

bool Host::handle(const io::CodecFrame& frame, core::Bytes& answers) {
  if (frame.kind != Kind::load && frame.kind != Kind::call) return false;
  core::Result<std::string> result = std::string();
  if (frame.kind == Kind::call) {
    result = call(frame.body);
  } else if (auto loaded = load(frame.number, frame.body); !loaded) {
    result = std::move(loaded).error();
  }
  const std::string& text = result ? *result : result.error().message();
  io::append_frame(answers, result ? Kind::ok : Kind::failed, frame.number, core::as_bytes(text));
  return true;
}

core::Result<void> Host::load(std::uint32_t number, core::ByteView body) {
  const std::string_view text = core::as_text(body);
  const std::size_t end = text.find('\0');
  if (end == text.npos) return Error(ErrorCode::bad_input, "script without a name");
  if (scripts_.size() >= kMostScripts && !scripts_.contains(number))
    return Error(ErrorCode::full, "more than " + std::to_string(kMostScripts) + " scripts");
  std::size_t source = text.size();
  for (const auto& [other, script] : scripts_) source += other == number ? 0 : script.source.size();
  if (source > kMostSource)
    return Error(ErrorCode::full, "all scripts together are longer than " + std::to_string(kMostSource >> 20) + " MB");
  Script script{std::string(text.substr(0, end)), std::string(text.substr(end + 1)), nullptr, 0};
  auto engine = Engine::create(script.name, script.source);
  if (!engine) return std::move(engine).error();
  if (auto entry = (*engine)->has_entry(); !entry) return std::move(entry).error();
  keep(scripts_[number] = std::move(script), *std::move(engine));
  return {};
}

std::size_t Host::memory() const {
  std::size_t memory = 0;
  for (const auto& [number, script] : scripts_) memory += script.engine ? script.engine->memory() : 0;
  return memory;
}

// What was not called for longest makes room.
void Host::keep(Script& script, std::unique_ptr<Engine> engine) {
  script.engine = std::move(engine);
  script.used = ++calls_;
  while (memory() > kMostMemory) {
    Script* oldest = &script;
    for (auto& [number, other] : scripts_) {
      if (other.engine && other.used < oldest->used) oldest = &other;
    }
    if (oldest == &script) return;
    oldest->engine.reset();
  }
}

core::Result<std::string> Host::call(core::ByteView body) {
  const auto found = scripts_.find(io::read_u32(body));
  if (body.size() < 4 || found == scripts_.end()) return Error(ErrorCode::not_found, "no such script");
  auto call = core::unpack_call(body.subspan(4));
  if (!call) return std::move(call).error();
  Script& script = found->second;
  if (!script.engine) {
    auto engine = Engine::create(script.name, script.source);
    if (!engine) return std::move(engine).error();
    keep(script, *std::move(engine));
  }
  script.used = ++calls_;
  auto result = script.engine->call(*call);
  if (!result && result.error().code() == ErrorCode::full) script.engine.reset();
  return result;
}

}  // namespace afferent::codec_host
