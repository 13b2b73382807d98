// A serial line as a port: any rate and framing, RS-485, a converter that is unplugged and comes back. Loop-bound.
#pragma once

#include <memory>
#include <string>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"
#include "agent/io/serial_line.h"
#include "agent/io/serial_output.h"
#include "agent/io/stream.h"

namespace afferent::io {

struct SerialOptions {
  std::string id;           // for the log: "port <id>"
  std::string path;         // device file or a link to one; looked up anew at each opening
  core::LineSettings line;  // until configure() says otherwise
  bool rs485 = false;       // ask the kernel to drive the transceiver
};

class SerialPort final : public core::Port, private StreamOwner {
 public:
  SerialPort(Loop& loop, Helper& helper, core::Log& log, SerialOptions options);
  ~SerialPort() override;
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;

  Medium medium() const override { return Medium::serial; }
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  // While closed, it is remembered for the next opening.
  core::Result<void> configure(const core::LineSettings& settings) override;
  core::Result<void> send_break(core::Millis length) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return stream_.is_open(); }

  std::string_view trouble() const override { return reporter_.trouble(); }  // why it is closed; empty: it is not

 private:
  void stream_received(const core::Stamp& at, core::ByteView bytes) override;
  void stream_failed(const core::Stamp& at, std::string_view why) override;
  void attempt();
  void attempted(core::Result<SerialLine> line);
  void retry();

  Loop& loop_;
  Helper& helper_;
  const SerialOptions options_;
  Reporter reporter_;
  Backoff backoff_;
  Stream stream_;
  SerialOutput output_;
  core::LineSettings line_;  // of the next opening
  bool rs485_noted_ = false;
  core::PortListener* listener_ = nullptr;
  Loop::Handle timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for results that come after us
};

}  // namespace afferent::io
