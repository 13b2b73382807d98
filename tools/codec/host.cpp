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
  Script script{std::string(text.substr(0, end)), std::string(text.substr(end + 1)), nullptr};
  auto engine = Engine::create(script.name, script.source);
  if (!engine) return std::move(engine).error();
  if (auto entry = (*engine)->has_entry(); !entry) return std::move(entry).error();
  script.engine = *std::move(engine);
  scripts_[number] = std::move(script);
  return {};
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
    script.engine = *std::move(engine);
  }
  auto result = script.engine->call(*call);
  if (!result && result.error().code() == ErrorCode::full) script.engine.reset();
  return result;
}

}  // namespace afferent::codec_host
