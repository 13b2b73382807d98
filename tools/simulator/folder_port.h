// A folder with files that stand in for the attributes of an Industrial I/O device. Loop-bound.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "agent/core/port.h"
#include "agent/io/loop.h"

namespace afferent::simulator {

class FolderPort final : public core::Port {
 public:
  // Makes the folder and in it the file `name`. Error{bad_config} where something stands that no earlier run left.
  static core::Result<std::unique_ptr<FolderPort>> make(io::Loop& loop, const std::string& path,
                                                        const std::string& name);
  ~FolderPort() override;  // with all that was written
  FolderPort(const FolderPort&) = delete;
  FolderPort& operator=(const FolderPort&) = delete;

  Medium medium() const override { return Medium::stream; }
  void start(core::PortListener& listener) override { listener.port_opened(0, loop_.now()); }
  // Lines `FILE=TEXT`; each file is replaced at once, so that a reader finds the old text or the new one.
  core::Result<void> write(std::uint32_t peer, core::ByteView bytes) override;
  void reopen(std::string_view /*why*/) override {}
  bool is_open() const override { return true; }

 private:
  FolderPort(io::Loop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}
  core::Result<void> replace(const std::string& file, std::string_view text);

  io::Loop& loop_;
  const std::string path_;
  std::set<std::string> written_;
};

}  // namespace afferent::simulator
