// Which uplinks of a device are new: by their id and by the frame counter, over repeats, late arrivals and counters
// that begin again. Value type.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace afferent::drivers::lorawan {

class FrameCounter {
 public:
  enum class Verdict : std::uint8_t {
    fresh,
    late,       // new, but a later one came before it
    duplicate,  // seen before
  };
  static constexpr std::uint32_t kWindow = 64;  // so far back it is known which frames came
  // A counter that goes back, or stands still, this long after the last frame has begun again: copies of a frame are
  // delivered within seconds, and a device repeats an unconfirmed one at once.
  static constexpr core::Micros kRestart = std::chrono::seconds(60);

  // `id` and `dev_addr` may be empty. A change of the address is a new session: the counter begins again.
  Verdict see(std::uint32_t fcnt, std::string_view id, std::string_view dev_addr, std::optional<core::Micros> time);
  void joined();  // the next frame begins a session

  struct State {
    bool known = false;
    std::uint32_t last = 0;
    std::uint64_t seen = 0;  // bit n: last - n came
    std::uint32_t dev_addr = 0;
    std::int64_t time_us = 0;  // of the last frame; 0: unknown
  };
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  bool seen_id(std::string_view id);
  void begin(std::uint32_t fcnt);
  bool begins_again(std::uint32_t fcnt, std::uint32_t dev_addr, std::optional<core::Micros> time) const;

  State state_;
  std::array<std::uint64_t, 16> ids_{};  // hashes of the last ones; 0: none
  std::size_t next_id_ = 0;
};

}  // namespace afferent::drivers::lorawan
