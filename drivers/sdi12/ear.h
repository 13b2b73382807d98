// Cuts what is heard on the line into commands (up to `!`) and answers (up to CR LF), in any chunking. Loop-bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"

namespace afferent::drivers::sdi12 {

class Ear {
 public:
  struct Heard {
    bool command = false;
    bool noisy = false;  // characters stood in front that no break makes
    std::string text;    // without `!` or CR LF, and without the noise of a break in front
  };

  static constexpr std::size_t kLongest = 256;  // characters that wait; the standard's longest answer has 80

  // The parity bit is dropped: some adapters pass it on. What waits without an end for too long is lost.
  void feed(core::ByteView bytes);
  std::optional<Heard> next();
  std::string flush();  // what has no end yet

 private:
  std::string buffer_;
};

}  // namespace afferent::drivers::sdi12
