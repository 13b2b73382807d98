// Decides which faults strike an answer and does to it what they do. Loop-bound.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/simulator/dice.h"
#include "tools/simulator/fault.h"
#include "tools/simulator/models.h"

namespace afferent::simulator {

struct Spoilt {
  core::Bytes bytes;   // as they go out; empty: nothing does
  bool intact = true;  // the whole answer is in them
  core::Nanos delay{};
  std::optional<core::Nanos> copy;                        // once more, so much later than the first
  std::vector<std::pair<FaultKind, std::string>> struck;  // in the order in which they did, with details
};

class Spoiler {
 public:
  // The faults of one line and of the devices on it.
  Spoiler(std::vector<Fault> faults, std::uint64_t seed) : faults_(std::move(faults)), dice_(seed) {}

  Spoilt strike(core::Bytes answer, const std::string& device, const Model& model, double seconds);
  core::Bytes noise(std::size_t most);  // 1 to `most` random bytes
  bool echoes(double seconds) const;
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  core::Nanos late(const Fault& fault);
  void apply(const Fault& fault, const Model& model, Spoilt& spoilt);
  std::size_t lose(core::Bytes& bytes, const Model& model, std::size_t most);

  std::vector<Fault> faults_;
  Dice dice_;
};

}  // namespace afferent::simulator
