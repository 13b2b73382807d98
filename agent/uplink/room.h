// How many bytes may be on their way to the broker at a time, whatever they belong to. Used by the deliver thread only.
//
// Paho 1.3 does not free topic and payload of a message that waits for room in the socket when its connection breaks
// and the client is destroyed. So nothing may wait there: what is unanswered has to fit into the socket's send buffer,
// which Linux makes 46 kB or more by itself (twice ten segments), even if the network takes nothing of it.
#pragma once

#include <algorithm>
#include <cstddef>

namespace afferent::uplink {

class Room {
 public:
  static constexpr std::size_t kMost = 32u << 10;  // bytes of packets

  // False: it has to wait for an answer, and so has all that comes after it. A larger one than fits goes alone.
  bool take(std::size_t packet) {
    if (blocked_ || (taken_ != 0 && taken_ + packet > kMost)) {
      blocked_ = true;
      return false;
    }
    taken_ += packet;
    return true;
  }
  void give_back(std::size_t packet) {
    taken_ -= std::min(taken_, packet);
    blocked_ = false;
  }
  void clear() {
    taken_ = 0;
    blocked_ = false;
  }
  bool blocked() const { return blocked_; }

 private:
  std::size_t taken_ = 0;
  bool blocked_ = false;
};

}  // namespace afferent::uplink
