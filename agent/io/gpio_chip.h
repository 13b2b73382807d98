// The lines of a GPIO chip through the kernel's user interface, version 2 (linux/gpio.h). Thread-safe; each call may
// block, since a chip may hang on a slow bus.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/port.h"
#include "agent/core/result.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

struct GpioWish {
  std::uint32_t offset = 0;  // of the line in its chip
  core::PortWish wish;
};

// One line that was granted; edges of an input can be read from it. Shared with calls that are still under way.
using GpioLine = std::shared_ptr<UniqueFd>;

struct GpioGrant {
  UniqueFd stand_in;  // the path is a socket or a FIFO that speaks the kernel's events: all lines in one stream
  std::vector<core::Result<GpioLine>> lines;  // else, in the order of the wishes
};

class GpioChip {
 public:
  using Ioctl = std::function<int(int fd, unsigned long request, void* argument)>;

  // `path`: a device file, or the label of a chip ("pinctrl-rp1"), since numbers of chips change with the kernel. A
  // stand-in is a unix socket or a FIFO.
  explicit GpioChip(std::string path, Ioctl ioctl = {});

  core::Result<GpioGrant> request(std::span<const GpioWish> wishes) const;
  core::Result<bool> level(const UniqueFd& line) const;
  core::Result<void> drive(const UniqueFd& line, bool on) const;

 private:
  core::Result<std::string> file() const;
  core::Result<GpioLine> request_line(int chip, const GpioWish& wish) const;

  std::string path_;
  Ioctl ioctl_;
};

}  // namespace afferent::io
