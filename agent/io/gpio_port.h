// GPIO lines of one chip as a port: edges come in under the name of their line, levels are read and driven by name.
// Loop-bound; the chip is asked on the helper thread, since it may sit behind a slow bus.
//
// Protocol: linux/gpio.h, struct gpio_v2_line_event, 48 bytes in the byte order of the machine. A stand-in (unix socket
// or FIFO) sends the same events with `offset` = number of the line and, through a socket, receives one for each output
// that is driven.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/io/gpio_chip.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"
#include "agent/io/stream.h"

namespace afferent::io {

struct GpioOptions {
  std::string id;                                               // for the log: "port <id>"
  std::string path;                                             // see GpioChip
  std::map<std::string, std::uint32_t, std::less<>> aliases{};  // lines that the board has names for
  GpioChip::Ioctl ioctl{};                                      // the system's, but for tests
};

class GpioPort final : public core::Port, private StreamOwner {
 public:
  GpioPort(Loop& loop, Helper& helper, core::Log& log, GpioOptions options);
  ~GpioPort() override;
  GpioPort(const GpioPort&) = delete;
  GpioPort& operator=(const GpioPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  // Error{bad_config} for a name that is neither a number nor an alias, and for a line that is wished for twice.
  core::Result<void> want(std::span<const core::PortWish> wishes) override;
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  // "0" or "1" drives an output; nothing reads the level. Error{not_found} for a line that nobody wished for.
  core::Result<void> write_to(std::string_view name, core::ByteView bytes) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return open_; }

  std::string_view trouble() const override { return reporter_.trouble(); }  // what is wrong with the chip or a line

 private:
  struct Line {
    GpioWish wish;
    GpioLine fd;               // none: not granted
    std::optional<bool> last;  // level after its last edge, or as it was driven
    std::uint64_t edges = 0;   // that came since the start
  };

  Line* line_named(std::string_view name);
  void attempt();
  void granted(core::Result<GpioGrant> grant, const std::vector<std::size_t>& asked);
  void adopt(Line& line, core::Result<GpioLine> granted, std::string& trouble);
  void adopt_stand_in(UniqueFd fd);
  void opened();
  void retry();
  void line_ready(Line& line, std::uint32_t events, const core::Stamp& at);
  void take(core::ByteView events, const core::Stamp& at, Line* line);
  void stream_received(const core::Stamp& at, core::ByteView bytes) override;
  void stream_failed(const core::Stamp& at, std::string_view why) override;
  void fail(const core::Stamp& at, std::string_view why);
  void close_lines();
  core::Result<void> read(Line& line);
  core::Result<void> drive(Line& line, bool on);
  void answer(const std::string& name, std::optional<bool> level);

  Loop& loop_;
  Helper& helper_;
  const GpioOptions options_;
  const std::shared_ptr<GpioChip> chip_;
  Reporter reporter_;
  Backoff backoff_;
  std::vector<Line> lines_;
  Stream stand_in_;
  core::Bytes rest_;  // of an event that came in pieces, stand-in only
  bool open_ = false;
  std::uint32_t asked_ = 0;  // levels that the helper is reading
  core::PortListener* listener_ = nullptr;
  Loop::Handle timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for results that come after us
};

}  // namespace afferent::io
