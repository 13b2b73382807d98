// A script in its engine, asked as the agent asks it.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "drivers/common/json_reader.h"
#include "tools/codec/engine.h"

namespace afferent::test {

class Script {
 public:
  explicit Script(const std::string& source) {
    auto made = codec_host::Engine::create("F.js", source);
    if (made)
      engine_ = *std::move(made);
    else
      refused = made.error().message();
  }

  // The JSON, or "error: why".
  std::string decode(const std::string& hex, std::uint8_t fport = 1) {
    core::CodecCall call;
    call.fport = fport;
    call.time_ms = 1'700'000'000'000;
    call.payload = core::from_hex(hex).value_or(core::Bytes{});
    call.variables = variables;
    return run(call);
  }
  std::string encode(const std::string& data) {
    core::CodecCall call;
    call.verb = core::CodecCall::Verb::encode;
    call.fport = 1;
    call.payload.assign(data.begin(), data.end());
    return run(call);
  }
  std::string run(const core::CodecCall& call) {
    if (!engine_) return "refused: " + refused;
    auto result = engine_->call(call);
    return result ? *result : "error: " + result.error().message();
  }

  std::string refused;
  std::string variables;  // JSON

 private:
  std::unique_ptr<codec_host::Engine> engine_;
};

// Whether two texts are the same JSON; the order of members does not count.
inline bool same_json(const drivers::Json& a, const drivers::Json& b) {
  if (a.kind() != b.kind() || a.items().size() != b.items().size() || a.members().size() != b.members().size())
    return false;
  if (a.number() != b.number() || a.text() != b.text() || a.boolean() != b.boolean()) return false;
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    if (!same_json(a.items()[i], b.items()[i])) return false;
  }
  for (const auto& [key, value] : a.members()) {
    const drivers::Json* other = b.find(key);
    if (other == nullptr || !same_json(value, *other)) return false;
  }
  return true;
}

inline bool same_json(const std::string& a, const std::string& b) {
  const auto left = drivers::read_json(a);
  const auto right = drivers::read_json(b);
  return left && right && same_json(*left, *right);
}

}  // namespace afferent::test
