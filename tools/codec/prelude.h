// The script that runs in each heap before a codec: prelude.js, as part of the program. Thread-safe.
#pragma once

#include <string_view>

namespace afferent::codec_host {

std::string_view prelude();

}  // namespace afferent::codec_host
