// The lowering pass: any text, and what became of it once more.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tools/codec/lower.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto lowered = afferent::codec_host::lower(source);
  if (!lowered.trouble.empty()) return 0;
  [[maybe_unused]] const auto again = afferent::codec_host::lower(lowered.text);
  return 0;
}
