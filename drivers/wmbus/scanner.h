// A stream of bytes in which frames have to be found: holds what is not decided yet and steps over garbage byte by
// byte. Loop-bound; memory is bounded whatever comes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "agent/core/bytes.h"
#include "drivers/wmbus/source.h"

namespace afferent::drivers::wmbus {

struct Verdict {
  enum class Kind : std::uint8_t {
    wait,  // more bytes are needed to say
    skip,  // nothing begins at the first byte
    took,  // the first `size` bytes are done with
  };
  Kind kind = Kind::skip;
  std::size_t size = 0;
  std::string why = {};  // skip: what spoke against a frame that looked like one

  static Verdict wait() { return {Kind::wait, 0, {}}; }
  static Verdict took(std::size_t size) { return {Kind::took, size, {}}; }
  static Verdict skip(std::string why = {}) { return {Kind::skip, 0, std::move(why)}; }
};

class Scanner : public Source {
 public:
  void feed(core::ByteView bytes, Catcher& catcher) final;
  void flush(Catcher& catcher) final;
  bool holds() const final { return at_ < buffer_.size(); }

 protected:
  // `bytes` is not empty. A wait is only taken for less than kMostHeld bytes, and not when they are the `last` ones.
  virtual Verdict probe(core::ByteView bytes, bool last, Catcher& catcher) = 0;

 private:
  static constexpr std::size_t kMostHeld = 1024;

  void scan(bool last, Catcher& catcher);
  void step_over(std::string why);
  void report(Catcher& catcher);

  core::Bytes buffer_;
  std::size_t at_ = 0;  // first byte that is not done with
  core::Bytes garbage_;
  std::string why_;  // the first reason that a probe gave for it
};

}  // namespace afferent::drivers::wmbus
