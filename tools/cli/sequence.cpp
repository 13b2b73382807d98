#include "tools/cli/sequence.h"

namespace afferent::cli {

SequenceCheck::Verdict SequenceCheck::see(const std::string& node, std::uint64_t epoch, const std::string& stream,
                                          std::uint64_t sequence, std::uint64_t previous) {
  const auto [place, joined] = last_.try_emplace({node, epoch, stream}, sequence);
  if (joined) return Verdict::fresh;
  if (sequence <= place->second) {
    ++duplicates_;
    return Verdict::duplicate;
  }
  const bool hole = previous > place->second;
  if (hole) ++holes_;
  place->second = sequence;
  return hole ? Verdict::hole : Verdict::fresh;
}

}  // namespace afferent::cli
