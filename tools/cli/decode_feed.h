// Feeds a driver what was given on the command line, burst by burst, and tells of each what became of it: readings,
// rejects, or that it is valid and holds none. Single-threaded.
//
// All goes to one driver, so that a frame may come in several bursts. Whether a driver that says nothing has understood
// a burst or waits for more of it shows in a second one: with the same traffic and then silence on the line it rejects
// what is no frame.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "agent/core/driver.h"
#include "tools/cli/decode_sink.h"

namespace afferent::cli {

class Feed {
 public:
  using Make = std::function<std::unique_ptr<core::Driver>()>;  // null where it cannot be made

  Feed(Make make, core::Driver& driver, DecodeSink& sink) : make_(std::move(make)), driver_(driver), sink_(sink) {}

  void burst(core::ByteView bytes);
  // Nothing more comes: what waits is rejected. True when at least one frame was valid.
  bool finish();

 private:
  enum class Meaning : std::uint8_t { understood, whole, waits };

  void silent(core::ByteView bytes);
  void behind_rejects(core::ByteView all);
  Meaning meaning() const;                     // of the last burst
  bool continues(core::ByteView bytes) const;  // the last burst, so that together they are right
  void replay(core::Driver& driver) const;     // what came last, to another driver
  bool end();
  bool judge();  // what the sink received; false: nothing

  const Make make_;
  core::Driver& driver_;
  DecodeSink& sink_;
  std::deque<core::Bytes> past_;  // the last bursts since something was said, this one included
  core::Bytes waiting_;           // bytes of which nothing became anything yet
  bool whole_ = false;            // the last burst is a frame without its end, which may still come
  bool valid_ = false;
};

}  // namespace afferent::cli
