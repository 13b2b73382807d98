// What goes out on a serial line, in order: bytes, changes of rate, breaks. A change waits until what was written
// before it has left the wire, without anybody waiting for it. Behind a break the line rests for a moment (mark), so
// that who listens finds the first start bit. Loop-bound.
#pragma once

#include <deque>
#include <functional>
#include <variant>

#include "agent/core/bytes.h"
#include "agent/core/port.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/io/loop.h"
#include "agent/io/stream.h"

namespace afferent::io {

class SerialOutput {
 public:
  // `refused` is told when the hardware refuses settings that had to wait.
  SerialOutput(Loop& loop, Stream& stream, std::function<void(const core::Error&)> refused);
  ~SerialOutput();
  SerialOutput(const SerialOutput&) = delete;
  SerialOutput& operator=(const SerialOutput&) = delete;

  void opened(const core::LineSettings& line, bool pseudo);
  void closed();

  core::Result<void> write(core::ByteView bytes);
  core::Result<void> configure(const core::LineSettings& line);
  core::Result<void> send_break(core::Millis length);

 private:
  using Step = std::variant<core::Bytes, core::LineSettings, core::Millis>;

  bool idle() const { return steps_.empty() && !breaking_; }
  core::Result<void> hold(Step step);
  void advance();
  bool take(Step& step);  // false: it has to wait
  core::Result<void> send(core::ByteView bytes);
  core::Result<void> apply(const core::LineSettings& line);
  void begin_break(core::Millis length);
  core::Nanos until_sent() const;
  void wait(core::Nanos time);

  Loop& loop_;
  Stream& stream_;
  const std::function<void(const core::Error&)> refused_;
  core::LineSettings line_;    // that the device has
  core::LineSettings wanted_;  // that it has once all steps are done
  bool certain_ = true;        // line_ is what it has: no change went wrong
  bool pseudo_ = false;
  bool breaking_ = false;  // or marking behind a break
  bool marking_ = false;
  core::Nanos busy_until_{};  // boot time at which the last byte has left the wire
  std::deque<Step> steps_;
  std::size_t held_ = 0;  // bytes in steps_
  Loop::Handle timer_ = 0;
};

}  // namespace afferent::io
