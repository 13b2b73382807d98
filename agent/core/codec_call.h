// What a driver asks of a device maker's own decoder, a script that runs outside of the agent, and what comes back. A
// driver sends a packed CodecCall as Outgoing with the topic kCodecTopic; the answer returns as `received` with that
// name. Value types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/result.h"

namespace afferent::core {

inline constexpr std::string_view kCodecTopic = "$codec";

struct CodecCall {
  enum class Verb : std::uint8_t {
    decode,
    encode,
    load,  // nothing but that the script is there and can be run; the answer's text says no more
  };
  std::uint32_t id = 0;  // chosen by the caller, repeated in the answer
  Verb verb = Verb::decode;
  std::uint8_t fport = 0;
  std::int64_t time_ms = 0;  // when the payload was received, UTC, since 1970
  std::string script;        // path of the file
  std::string variables;     // JSON object; empty: none
  Bytes payload;             // decode: as the device sent it; encode: JSON object; load: none
};

struct CodecAnswer {
  enum class Outcome : std::uint8_t {
    ok,      // `text` is the script's result, a JSON object
    failed,  // `text` says why
    late,    // as failed; the script did not end in time and was stopped
  };
  std::uint32_t id = 0;
  Outcome outcome = Outcome::failed;
  std::string text;
};

// Parts longer than their length field are cut; Error{bad_input} for bytes that pack() did not write.
Bytes pack(const CodecCall& call);
Result<CodecCall> unpack_call(ByteView bytes);
Bytes pack(const CodecAnswer& answer);
Result<CodecAnswer> unpack_answer(ByteView bytes);

}  // namespace afferent::core
