// The whole of `afferent`: finds the command, runs it. Single-threaded.
#pragma once

namespace afferent::cli {

// As main(). The exit status: that of the command, see command.h; 2 for a call that is wrong.
int run(int argc, const char* const* argv);

}  // namespace afferent::cli
