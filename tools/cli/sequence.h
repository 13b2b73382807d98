// Judges completeness as any subscriber can: by sequence and previous of each (node, epoch, stream). Value type.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace afferent::cli {

class SequenceCheck {
 public:
  enum class Verdict : std::uint8_t {
    fresh,      // new and complete
    duplicate,  // seen before: drop it
    hole,       // new, but something before it never came
  };

  // The first message of an epoch that was joined late says nothing about what came before it.
  Verdict see(const std::string& node, std::uint64_t epoch, const std::string& stream, std::uint64_t sequence,
              std::uint64_t previous);

  std::uint64_t holes() const { return holes_; }
  std::uint64_t duplicates() const { return duplicates_; }

 private:
  std::map<std::tuple<std::string, std::uint64_t, std::string>, std::uint64_t> last_;
  std::uint64_t holes_ = 0;
  std::uint64_t duplicates_ = 0;
};

}  // namespace afferent::cli
