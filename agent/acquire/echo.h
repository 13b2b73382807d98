// Tells the echo of an own request from its answer: some two-wire converters hear themselves. Loop-bound.
//
// Whether a line echoes is learned, since an answer may equal its request (Modbus function 6): a copy of the request
// with more behind it is an echo; a line whose answers come without one has none.
#pragma once

#include <cstddef>

#include "agent/core/bytes.h"

namespace afferent::acquire {

class EchoFilter {
 public:
  struct Parts {  // in the order in which they came; each may be empty
    core::ByteView echo;
    core::ByteView head;  // held back until it was clear that it is no echo
    core::ByteView rest;
  };

  void reset();                       // the port was opened anew: other hardware, maybe
  void sent(core::ByteView request);  // borrowed until the next sent() or release()
  Parts received(core::ByteView bytes);
  core::ByteView release();  // what is still held back: nothing more came, so it was the answer

 private:
  enum class Habit { unknown, echoes, silent };
  Parts diverged(core::ByteView bytes);

  core::ByteView request_;
  std::size_t matched_ = 0;
  bool deciding_ = false;
  Habit habit_ = Habit::unknown;
  int contradictions_ = 0;  // in a row
};

}  // namespace afferent::acquire
