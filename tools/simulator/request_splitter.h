// Cuts what one master sends into requests: where it pauses, or where the header of Modbus TCP says. Loop-bound, but
// knows no time of its own.
#pragma once

#include <vector>

#include "agent/core/bytes.h"

namespace afferent::simulator {

class RequestSplitter {
 public:
  static constexpr std::size_t kMost = 4096;  // bytes that wait; who sends more without end loses them

  explicit RequestSplitter(bool modbus_tcp) : modbus_tcp_(modbus_tcp) {}

  // Takes bytes in any chunking. The requests that are whole by their header; none where a pause ends them.
  std::vector<core::Bytes> feed(core::ByteView bytes);
  core::Bytes pause();                 // the master has paused: what came before it
  bool lost() const { return lost_; }  // the header makes no sense, so that nothing behind it does either

 private:
  const bool modbus_tcp_;
  core::Bytes buffer_;
  bool lost_ = false;
};

}  // namespace afferent::simulator
