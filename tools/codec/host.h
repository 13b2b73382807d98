// Answers the frames of the agent: keeps the scripts, each in an engine of its own. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "agent/core/bytes.h"
#include "agent/io/codec_frame.h"
#include "tools/codec/engine.h"

namespace afferent::codec_host {

class Host {
 public:
  static constexpr std::size_t kMostScripts = 256;
  static constexpr std::size_t kMostSource = 16 << 20;  // bytes of all scripts
  static constexpr std::size_t kMostMemory = 64 << 20;  // bytes of all engines, beyond which the longest unused ones go

  // Appends the answer; false for a frame that no agent sends: the process is to end.
  bool handle(const io::CodecFrame& frame, core::Bytes& answers);
  std::size_t memory() const;  // bytes of all engines

 private:
  struct Script {
    std::string name;
    std::string source;
    std::unique_ptr<Engine> engine;  // none after it was thrown away: made again with the next call
    std::uint64_t used = 0;          // the number of the call that did last
  };

  core::Result<void> load(std::uint32_t number, core::ByteView body);
  core::Result<std::string> call(core::ByteView body);
  void keep(Script& script, std::unique_ptr<Engine> engine);

  std::map<std::uint32_t, Script> scripts_;
  std::uint64_t calls_ = 0;
};

}  // namespace afferent::codec_host
