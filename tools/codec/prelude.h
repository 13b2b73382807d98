// What runs in each heap before a codec: library.js, buffer.js and calls.js, as part of the program. Thread-safe.
#pragma once

#include <string_view>

namespace afferent::codec_host {

std::string_view prelude();

}  // namespace afferent::codec_host
