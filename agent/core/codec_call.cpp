#include "agent/core/codec_call.h"

#include <algorithm>

namespace afferent::core {
namespace {

template <class T>
void put(Bytes& bytes, T number) {
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8) bytes.push_back(static_cast<std::uint8_t>(rest & 0xFF));
}

void put_text(Bytes& bytes, std::string_view text) {
  text = text.substr(0, 0xFFFF);
  put(bytes, static_cast<std::uint16_t>(text.size()));
  bytes.insert(bytes.end(), text.begin(), text.end());
}

class Cutter {
 public:
  explicit Cutter(ByteView bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    std::uint64_t value = 0;
    const ByteView part = take(sizeof(T));
    for (std::size_t i = part.size(); i > 0; --i) value = value << 8 | part[i - 1];
    return static_cast<T>(value);
  }
  std::string text() {
    const std::size_t size = number<std::uint16_t>();
    return std::string(as_text(take(size)));
  }
  ByteView rest() { return std::exchange(bytes_, {}); }
  bool ok() const { return ok_; }

 private:
  ByteView take(std::size_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const ByteView part = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return part;
  }

  ByteView bytes_;
  bool ok_ = true;
};

}  // namespace

Bytes pack(const CodecCall& call) {
  Bytes bytes;
  bytes.reserve(32 + call.script.size() + call.variables.size() + call.payload.size());
  put(bytes, call.id);
  put(bytes, static_cast<std::uint8_t>(call.verb));
  put(bytes, call.fport);
  put(bytes, call.time_ms);
  put_text(bytes, call.script);
  put_text(bytes, call.variables);
  bytes.insert(bytes.end(), call.payload.begin(), call.payload.end());
  return bytes;
}

Result<CodecCall> unpack_call(ByteView bytes) {
  Cutter cutter(bytes);
  CodecCall call;
  call.id = cutter.number<std::uint32_t>();
  const auto verb = cutter.number<std::uint8_t>();
  call.verb = static_cast<CodecCall::Verb>(verb);
  call.fport = cutter.number<std::uint8_t>();
  call.time_ms = cutter.number<std::int64_t>();
  call.script = cutter.text();
  call.variables = cutter.text();
  if (!cutter.ok() || verb > 2) return Error(ErrorCode::bad_input, "not a codec call");
  const ByteView payload = cutter.rest();
  call.payload.assign(payload.begin(), payload.end());
  return call;
}

Bytes pack(const CodecAnswer& answer) {
  Bytes bytes;
  bytes.reserve(8 + answer.text.size());
  put(bytes, answer.id);
  put(bytes, static_cast<std::uint8_t>(answer.outcome));
  bytes.insert(bytes.end(), answer.text.begin(), answer.text.end());
  return bytes;
}

Result<CodecAnswer> unpack_answer(ByteView bytes) {
  Cutter cutter(bytes);
  CodecAnswer answer;
  answer.id = cutter.number<std::uint32_t>();
  const auto outcome = cutter.number<std::uint8_t>();
  if (!cutter.ok() || outcome > 2) return Error(ErrorCode::bad_input, "not an answer of a codec");
  answer.outcome = static_cast<CodecAnswer::Outcome>(outcome);
  answer.text = as_text(cutter.rest());
  return answer;
}

}  // namespace afferent::core
