// Puts the packets of a long report together (mode M3). Loop-bound.
// Source: SL 651-2014, 6.3.1.2 c and tables 18, 19, 22, 23.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "agent/core/time.h"
#include "drivers/sl651/frame.h"

namespace afferent::drivers::sl651 {

class Assembly {
 public:
  static constexpr std::size_t kMost = 65'536;  // bytes that are kept of one report
  static constexpr core::Seconds kPatience{600};

  enum class State : std::uint8_t {
    waits,     // for more packets
    missing,   // the last one has come, but not all before it: ask for `number` again
    whole,     // `frame` holds the body of all
    too_long,  // more than kMost; forgotten
  };
  struct Step {
    State state = State::waits;
    std::uint16_t number = 0;
    std::optional<Frame> frame;
  };

  // `frame` has start kSyn. A packet of another report, or one after a long pause, begins anew.
  Step add(const Frame& frame, core::Nanos now);
  void forget();

 private:
  bool continues(const Frame& frame, core::Nanos now) const;

  std::uint8_t function_ = 0;
  std::uint16_t total_ = 0;
  core::Nanos last_{};
  std::size_t bytes_ = 0;
  unsigned asked_again_ = 0;
  std::map<std::uint16_t, core::Bytes> packets_;  // by number, kMost bytes in all; of a picture only the first
};

}  // namespace afferent::drivers::sl651
