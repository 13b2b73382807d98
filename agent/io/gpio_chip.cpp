#include "agent/io/gpio_chip.h"

#include <fcntl.h>
#include <linux/gpio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "agent/io/errno_text.h"
#include "agent/io/folder.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;
using Bias = core::PortWish::Bias;

constexpr std::string_view kConsumer = "afferent";
constexpr std::uint32_t kEventRoom =
    1024;  // edges that the kernel keeps while we are busy; beyond, it drops the oldest

constexpr std::uint64_t bias_flag(Bias bias) {
  switch (bias) {
    case Bias::disabled: return GPIO_V2_LINE_FLAG_BIAS_DISABLED;
    case Bias::pull_up: return GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
    case Bias::pull_down: return GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
    case Bias::as_is: return 0;
  }
  return 0;
}

std::uint64_t flags_of(const core::PortWish& wish) {
  std::uint64_t flags = wish.active_low ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0;
  if (wish.output) return flags | GPIO_V2_LINE_FLAG_OUTPUT;
  flags |= GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
  return flags | bias_flag(wish.bias);
}

gpio_v2_line_request request_of(const GpioWish& wish) {
  gpio_v2_line_request request{};
  request.offsets[0] = wish.offset;
  request.num_lines = 1;
  kConsumer.copy(request.consumer, sizeof request.consumer - 1);
  request.event_buffer_size = wish.wish.output ? 0 : kEventRoom;
  request.config.flags = flags_of(wish.wish);
  gpio_v2_line_config_attribute& attribute = request.config.attrs[0];
  attribute.mask = 1;
  if (wish.wish.output) {
    attribute.attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
    attribute.attr.values = wish.wish.on ? 1 : 0;
    request.config.num_attrs = 1;
  } else if (wish.wish.debounce.count() > 0) {
    attribute.attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE;
    attribute.attr.debounce_period_us = static_cast<std::uint32_t>(wish.wish.debounce.count());
    request.config.num_attrs = 1;
  }
  return request;
}

core::Result<UniqueFd> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error(ErrorCode::bad_config, "the path is longer than 107 bytes");
  path.copy(address.sun_path, path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return Error(ErrorCode::retry, errno_text(errno));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error(ErrorCode::retry, errno_text(errno));
  }
  ::fcntl(fd.get(), F_SETFL, O_RDWR | O_NONBLOCK);
  return fd;
}

core::Result<UniqueFd> open_file(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd) return Error(ErrorCode::retry, errno_text(errno));
  return fd;
}

}  // namespace

GpioChip::GpioChip(std::string path, Ioctl ioctl) : path_(std::move(path)), ioctl_(std::move(ioctl)) {
  if (!ioctl_) ioctl_ = [](int fd, unsigned long request, void* argument) { return ::ioctl(fd, request, argument); };
}

core::Result<std::string> GpioChip::file() const {
  if (path_.find('/') != std::string::npos) return path_;
  std::string labels;
  for (const std::string& file : paths_in("/dev")) {
    if (!file.starts_with("/dev/gpiochip")) continue;
    auto chip = open_file(file, O_RDWR);
    gpiochip_info info{};
    if (!chip || ioctl_(chip->get(), GPIO_GET_CHIPINFO_IOCTL, &info) != 0) continue;
    const std::string label(info.label, ::strnlen(info.label, sizeof info.label));
    if (label == path_) return file;
    labels += (labels.empty() ? "" : ", ") + label;
  }
  return Error(ErrorCode::not_found,
               "no GPIO chip has the label '" + path_ + "'; there is " + (labels.empty() ? "none" : labels));
}

core::Result<GpioGrant> GpioChip::request(std::span<const GpioWish> wishes) const {
  auto path = file();
  if (!path) return std::move(path).error();
  struct stat status{};
  if (::stat(path->c_str(), &status) != 0) return Error(ErrorCode::retry, *path + ": " + errno_text(errno));
  GpioGrant grant;
  if (S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode)) {
    auto stand_in = S_ISSOCK(status.st_mode) ? connect_to(*path) : open_file(*path, O_RDWR | O_NONBLOCK);
    if (!stand_in) return std::move(stand_in).error().in(*path);
    grant.stand_in = std::move(stand_in).value();
    return grant;
  }
  auto chip = open_file(*path, O_RDWR);
  if (!chip) return std::move(chip).error().in(*path);
  if (!S_ISCHR(status.st_mode)) return Error(ErrorCode::bad_config, *path + " is no GPIO chip");
  for (const GpioWish& wish : wishes) grant.lines.push_back(request_line(chip->get(), wish));
  return grant;
}

core::Result<GpioLine> GpioChip::request_line(int chip, const GpioWish& wish) const {
  gpio_v2_line_request request = request_of(wish);
  if (ioctl_(chip, GPIO_V2_GET_LINE_IOCTL, &request) != 0) {
    const std::string_view hint = errno == ENOTTY   ? ": no GPIO chip, or a kernel before 5.10"
                                  : errno == EINVAL ? ": no such line, or it cannot do what is asked of it"
                                  : errno == EBUSY  ? ": somebody else uses it"
                                                    : "";
    return Error(ErrorCode::retry, "line " + wish.wish.name + ": " + errno_text(errno) + std::string(hint));
  }
  auto line = std::make_shared<UniqueFd>(request.fd);
  ::fcntl(line->get(), F_SETFL, ::fcntl(line->get(), F_GETFL) | O_NONBLOCK);
  return line;
}

core::Result<bool> GpioChip::level(const UniqueFd& line) const {
  gpio_v2_line_values values{0, 1};
  if (ioctl_(line.get(), GPIO_V2_LINE_GET_VALUES_IOCTL, &values) != 0) {
    return Error(ErrorCode::retry, errno_text(errno));
  }
  return (values.bits & 1u) != 0;
}

core::Result<void> GpioChip::drive(const UniqueFd& line, bool on) const {
  gpio_v2_line_values values{on ? 1u : 0u, 1};
  if (ioctl_(line.get(), GPIO_V2_LINE_SET_VALUES_IOCTL, &values) != 0) {
    return Error(ErrorCode::retry, errno_text(errno));
  }
  return {};
}

}  // namespace afferent::io
