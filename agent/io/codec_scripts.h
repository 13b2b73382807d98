// The script files that codec calls name, read once each on the helper thread. Loop-bound.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "agent/core/result.h"
#include "agent/io/helper.h"

namespace afferent::io {

class CodecScripts {
 public:
  static constexpr std::size_t kLongest = 256 * 1024;  // bytes of a script

  struct Script {
    enum class State : std::uint8_t { reading, read, broken };
    State state = State::reading;
    std::uint32_t number = 0;  // in the frames
    std::string name;          // for messages: without its folder
    std::string source;
    std::string why;            // broken: what is wrong with it
    std::uint64_t sent_to = 0;  // which life of the helper process knows it
    bool answered = false;      // a call of it has ended well
    std::uint8_t strikes = 0;   // how often running it cost a helper its life since then
    std::uint8_t hung = 0;      // how often the same text hung as it was loaded

    enum class Name : std::uint8_t { good, none, bad };
    Name name_so_far() const { return strikes > 0 ? Name::bad : answered ? Name::good : Name::none; }
  };

  CodecScripts(Loop& loop, std::function<void()> was_read) : helper_(loop), was_read_(std::move(was_read)) {}

  // Stays valid. A broken one is read again when it is asked for a minute later: somebody may have mended it. One that
  // hung as it was loaded is tried again after pauses of up to an hour, or once its text is another.
  Script& get(const std::string& path, core::Nanos now);
  void broken(Script& script, std::string why, core::Nanos now, bool hangs = false);

 private:
  static constexpr core::Nanos kRetry = std::chrono::seconds(60);
  static constexpr core::Nanos kLongestRetry = std::chrono::hours(1);
  struct Entry {
    Script script;
    core::Nanos retry_at{};
    core::Nanos load_at{};  // of a text that hung
  };
  void read(const std::string& path, core::Nanos now);

  Helper helper_;
  std::function<void()> was_read_;
  std::map<std::string, Entry> scripts_;
};

}  // namespace afferent::io
