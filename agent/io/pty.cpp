#include "agent/io/pty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {

core::Result<Pty> open_pty() {
  const auto failed = [](std::string_view what) { return system_error(core::ErrorCode::full, what, errno); };
  Pty pty;
  pty.master = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!pty.master) return failed("open a pty");
  std::array<char, 64> name{};
  if (::grantpt(pty.master.get()) != 0 || ::unlockpt(pty.master.get()) != 0 ||
      ::ptsname_r(pty.master.get(), name.data(), name.size()) != 0) {
    return failed("unlock a pty");
  }
  pty.path = name.data();
  pty.keeper = UniqueFd(::open(name.data(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!pty.keeper) return failed("open the pty " + pty.path);
  termios settings{};
  if (::tcgetattr(pty.keeper.get(), &settings) != 0) return failed("read the settings of " + pty.path);
  ::cfmakeraw(&settings);
  if (::tcsetattr(pty.keeper.get(), TCSANOW, &settings) != 0) return failed("set up " + pty.path);
  return pty;
}

}  // namespace afferent::io
