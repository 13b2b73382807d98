// Answers that may still come to a request that was sent more than once: on a line whose protocol does not say which
// request an answer belongs to, they must have come, or be overdue, before the device is asked anything else. Value
// type; times are boot time.
//
// A device that answered the second sending may have answered the first one, late. Then the answer to the second one
// comes as much later as it took to the first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/core/bytes.h"
#include "agent/core/time.h"

namespace afferent::acquire {

class OwedAnswers {
 public:
  void forget() { *this = OwedAnswers(); }

  // The request's last byte is out at `at`; an answer is due within `timeout` after it.
  void sent(core::Nanos at, core::Nanos timeout, bool repeat);
  void answer(core::ByteView bytes);  // came since it was sent last
  void spoilt();                      // what came since then was its answer, though a bad one
  void answered(core::Nanos now);     // the request is settled: what else comes is overheard
  // The request is given up. Returns until when one of its answers may come; zero: none is owed.
  core::Nanos given_up();

  void overheard(core::ByteView bytes, core::Nanos now);
  core::Nanos until() const { return until_; }  // the device is to be asked nothing before

 private:
  std::size_t sendings_ = 0;  // not answered yet
  core::Nanos first_{};
  core::Nanos last_{};
  core::Nanos timeout_{};
  std::size_t size_ = 0;                // of the answer
  std::array<std::uint8_t, 4> head_{};  // with which it begins

  core::Nanos until_{};
  std::size_t overheard_ = 0;  // bytes, which are all of such answers
  std::size_t missing_ = 0;
  bool others_ = false;  // somebody else talks: what comes tells nothing
};

}  // namespace afferent::acquire
