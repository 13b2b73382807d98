// Random bits from the kernel. Thread-safe.
#pragma once

#include "agent/core/random.h"

namespace afferent::io {

class RandomDevice final : public core::Random {
 public:
  std::uint64_t next() override;
};

}  // namespace afferent::io
