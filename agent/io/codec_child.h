// Starts the codec helper: a child process at the other end of a socketpair. Thread-safe; may block for as long as the
// program takes to be read from disk.
#pragma once

#include <sys/types.h>

#include <string>

#include "agent/core/result.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

struct CodecChild {
  pid_t pid = -1;
  UniqueFd socket;  // ours, non-blocking
};

// Error{retry} says what could not be done.
core::Result<CodecChild> start_codec_child(const std::string& program);

// `afferent-codec` beside the running program, or in bin/ where the program stands in sbin/; else that in /usr/bin.
std::string codec_program();
std::string codec_program_of(const std::string& program);  // the path of a program that looks for it

}  // namespace afferent::io
