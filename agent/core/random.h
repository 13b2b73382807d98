// Random bits for identities: epochs, sessions, alert ids. An interface so that tests and replays are repeatable.
#pragma once

#include <cstdint>

namespace afferent::core {

class Random {  // thread-safe
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

}  // namespace afferent::core
