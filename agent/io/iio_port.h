// A device of the kernel's Industrial I/O subsystem as a port: its attributes are read by name. Loop-bound; the files
// are read on the helper thread, since a conversion may take a second.
//
// Source: Documentation/ABI/testing/sysfs-bus-iio. Any folder with files of the same names serves as a stand-in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/core/log.h"
#include "agent/core/port.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"
#include "agent/io/retry.h"

namespace afferent::io {

struct IioOptions {
  std::string id;  // for the log: "port <id>"
  // A folder, or the content of the file `name` in one of the folders of `devices`, or the name of that folder.
  std::string path;
  std::string devices = "/sys/bus/iio/devices";
};

class IioPort final : public core::Port {
 public:
  IioPort(Loop& loop, Helper& helper, core::Log& log, IioOptions options);
  ~IioPort() override;
  IioPort(const IioPort&) = delete;
  IioPort& operator=(const IioPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override;
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  // No bytes: reads the attribute. Error{bad_input} for what is no name of a file, Error{full} when the device hangs.
  core::Result<void> write_to(std::string_view name, core::ByteView bytes) override;
  void reopen(std::string_view why) override;
  bool is_open() const override { return !folder_.empty(); }

  std::string_view trouble() const override { return reporter_.trouble(); }  // why it is closed; empty: it is not

 private:
  void attempt();
  void found(core::Result<std::string> folder);
  void retry();
  void answer(const std::string& name, const core::Result<std::string>& text);
  void gone(std::string_view why);

  Loop& loop_;
  Helper& helper_;
  const IioOptions options_;
  Reporter reporter_;
  Reporter attribute_;
  Backoff backoff_;
  std::string folder_;       // empty: closed
  std::uint32_t asked_ = 0;  // attributes that the helper is reading
  core::PortListener* listener_ = nullptr;
  Loop::Handle timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for results that come after us
};

}  // namespace afferent::io
