#include "agent/io/serial_line.h"

// <termios.h> knows only the listed rates, and its struct termios is not the kernel's.
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr unsigned kFirstPtyMajor = 136;  // Documentation/admin-guide/devices.txt: 136-143, Unix98 slaves
constexpr unsigned kLastPtyMajor = 143;
constexpr std::uint32_t kFastest = 20'000'000;  // bit/s; no converter is faster
constexpr std::uint32_t kTolerance = 33;        // a rate may be off by 1/33, 3 %

constexpr tcflag_t size_flag(std::uint8_t bits) {
  constexpr tcflag_t kSizes[] = {CS5, CS6, CS7, CS8};
  return kSizes[bits - 5];
}

std::string framing_text(const core::LineSettings& line) {
  return std::to_string(line.data_bits) + static_cast<char>(line.parity) + std::to_string(line.stop_bits);
}

void make_raw(termios2& settings, const core::LineSettings& line) {
  settings.c_iflag = IGNBRK;  // a break is not a zero byte; a byte with wrong parity is for the frame's check sum
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag = CREAD | CLOCAL | size_flag(line.data_bits) | BOTHER | (BOTHER << IBSHIFT);
  if (line.parity != core::Parity::none) settings.c_cflag |= PARENB;
  if (line.parity == core::Parity::odd) settings.c_cflag |= PARODD;
  if (line.stop_bits == 2) settings.c_cflag |= CSTOPB;
  settings.c_ospeed = line.baud;
  settings.c_ispeed = line.baud;
  settings.c_cc[VMIN] = 1;  // so that a read of nothing means hung up, and no data is EAGAIN
  settings.c_cc[VTIME] = 0;
}

// A driver puts what it cannot do quietly aside; what it made of our wish tells.
core::Result<void> verify(int fd, const termios2& wanted, const core::LineSettings& line, bool pseudo) {
  termios2 is{};
  if (::ioctl(fd, TCGETS2, &is) != 0) return system_error(ErrorCode::retry, "read the line settings", errno);
  const std::uint32_t off = is.c_ospeed > line.baud ? is.c_ospeed - line.baud : line.baud - is.c_ospeed;
  if (off > line.baud / kTolerance) {
    return Error(ErrorCode::bad_config,
                 std::to_string(line.baud) + " baud: the device gives " + std::to_string(is.c_ospeed) + " instead");
  }
  constexpr tcflag_t kFraming = CSIZE | PARENB | PARODD | CSTOPB;
  if (!pseudo && (is.c_cflag & kFraming) != (wanted.c_cflag & kFraming)) {
    return Error(ErrorCode::bad_config, framing_text(line) + ": the device cannot do this framing");
  }
  return {};
}

Error open_error(const std::string& path, int code) {
  const auto hint = [code]() -> std::pair<ErrorCode, std::string_view> {
    switch (code) {
      case ENOENT:
      case ENODEV:
      case ENXIO: return {ErrorCode::not_found, "; is the device plugged in?"};
      case EACCES:
      case EPERM: return {ErrorCode::bad_config, "; is the user in the group of the device (dialout)?"};
      case EBUSY: return {ErrorCode::retry, "; another program has it"};
      default: return {ErrorCode::retry, ""};
    }
  }();
  return Error(hint.first, path + ": " + errno_text(code) + std::string(hint.second));
}

// TIOCEXCL would outlive us on a pty whose other end stays, and does not stop root; a file lock does both right, among
// programs that ask for it.
core::Result<void> claim(int fd, bool pseudo) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return Error(ErrorCode::retry, "another program has locked it");
  }
  if (!pseudo && ::ioctl(fd, TIOCEXCL) != 0) return system_error(ErrorCode::retry, "claim", errno);
  return {};
}

bool enable_rs485(int fd) {
  serial_rs485 mode{};
  mode.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND;
  return ::ioctl(fd, TIOCSRS485, &mode) == 0;
}

// USB converters hold received bytes back for up to 16 ms otherwise. Not every driver knows of it.
void ask_for_low_latency(int fd) {
  serial_struct settings{};
  if (::ioctl(fd, TIOCGSERIAL, &settings) != 0) return;
  settings.flags |= ASYNC_LOW_LATENCY;
  [[maybe_unused]] const int refused = ::ioctl(fd, TIOCSSERIAL, &settings);
}

}  // namespace

core::Result<SerialLine> open_serial_line(const std::string& path, const core::LineSettings& settings, bool rs485) {
  SerialLine line;
  line.fd = UniqueFd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!line.fd) return open_error(path, errno);
  const int fd = line.fd.get();
  struct stat info{};
  termios2 ignored{};
  if (::fstat(fd, &info) != 0 || !S_ISCHR(info.st_mode) || ::ioctl(fd, TCGETS2, &ignored) != 0) {
    if (S_ISCHR(info.st_mode) && errno == EIO) return open_error(path, EIO);
    return Error(ErrorCode::bad_config, path + ": is not a serial device");
  }
  const unsigned number = major(info.st_rdev);
  line.pseudo = number >= kFirstPtyMajor && number <= kLastPtyMajor;
  if (auto claimed = claim(fd, line.pseudo); !claimed) return std::move(claimed).error().in(path);
  if (auto set = set_line(fd, settings, line.pseudo); !set) return std::move(set).error().in(path);
  line.rs485_refused = rs485 && !enable_rs485(fd);
  ask_for_low_latency(fd);
  ::ioctl(fd, TCFLSH, TCIOFLUSH);
  return line;
}

std::string text_of(const core::LineSettings& settings) {
  return std::to_string(settings.baud) + " " + framing_text(settings);
}

core::Result<void> check_line(const core::LineSettings& line) {
  if (line.baud == 0 || line.baud > kFastest) {
    return Error(ErrorCode::bad_config, std::to_string(line.baud) + " baud: allowed are 1 to 20000000");
  }
  const bool parity =
      line.parity == core::Parity::none || line.parity == core::Parity::even || line.parity == core::Parity::odd;
  if (line.data_bits < 5 || line.data_bits > 8 || line.stop_bits < 1 || line.stop_bits > 2 || !parity) {
    return Error(ErrorCode::bad_config,
                 framing_text(line) + ": allowed are 5 to 8 data bits, parity N, E or O, and 1 or 2 stop bits");
  }
  return {};
}

core::Result<void> set_line(int fd, const core::LineSettings& settings, bool pseudo) {
  if (auto checked = check_line(settings); !checked) return checked;
  termios2 wanted{};
  if (::ioctl(fd, TCGETS2, &wanted) != 0) return system_error(ErrorCode::retry, "read the line settings", errno);
  make_raw(wanted, settings);
  if (::ioctl(fd, TCSETS2, &wanted) != 0) {
    const ErrorCode code = errno == EINVAL ? ErrorCode::bad_config : ErrorCode::retry;
    return system_error(code, text_of(settings), errno);
  }
  return verify(fd, wanted, settings, pseudo);
}

core::Result<std::uint32_t> baud_of(int fd) {
  termios2 settings{};
  if (::ioctl(fd, TCGETS2, &settings) != 0) return system_error(ErrorCode::retry, "read the line settings", errno);
  return static_cast<std::uint32_t>(settings.c_ospeed);
}

std::uint32_t unsent_bytes(int fd) {
  int count = 0;
  return ::ioctl(fd, TIOCOUTQ, &count) == 0 && count > 0 ? static_cast<std::uint32_t>(count) : 0;
}

void set_break(int fd, bool on) { ::ioctl(fd, on ? TIOCSBRK : TIOCCBRK); }

core::Nanos wire_time(const core::LineSettings& settings, std::size_t bytes) {
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes) * settings.bits_per_character();
  return core::Nanos(static_cast<std::int64_t>(bits * 1'000'000'000u / settings.baud));
}

}  // namespace afferent::io
