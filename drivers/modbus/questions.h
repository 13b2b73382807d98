// Who asked what on a line on which others ask too. A reply of Modbus RTU does not say which request it answers; a
// device works off what it is asked in the order in which it came, or loses some of it. Value type; times are boot
// time.
#pragma once

#include <optional>
#include <vector>

#include "agent/core/time.h"
#include "drivers/modbus/frame.h"

namespace afferent::drivers::modbus {

class Questions {
 public:
  // Beyond that no answer is expected any more: two reply time-outs of the usual length. A question that stays without
  // answer for so long costs no more than one repetition of ours.
  static constexpr core::Nanos kPatience = std::chrono::seconds(2);
  static constexpr std::size_t kMost = 8;  // that are kept

  struct Asked {
    ReadRequest read;
    std::uint8_t unit = 0;
    std::uint16_t transaction = 0;  // TCP
    core::Nanos at{};
  };
  // A frame that may answer one of them.
  struct Reply {
    std::uint8_t unit = 0;
    std::uint8_t function = 3;
    std::optional<std::size_t> bytes;  // of data; nothing: an exception
    std::uint16_t transaction = 0;
    bool maybe_ours = true;
  };
  enum class Whose : std::uint8_t {
    nobodys,
    ours,
    others,
    unclear,
    lost,  // as unclear, and no answer to our question is to be expected any more
  };
  struct Claim {
    Whose whose = Whose::nobodys;
    Asked asked;  // others: the question
  };

  void clear() { entries_.clear(); }
  void ask(const Asked& asked);   // ours, in place of the one before
  void give_up(core::Nanos now);  // ours is not waited for; its answer may come late
  void hear(const Asked& asked, bool before_ours);

  void expire(core::Nanos now);
  bool expects(const Reply& reply) const;
  Claim answered(const Reply& reply, core::Nanos now);
  std::optional<Asked> last() const;  // that somebody else asked

 private:
  enum class By : std::uint8_t { us, us_in_vain, others };
  struct Entry {
    Asked asked;
    By by = By::others;
    core::Nanos unclear_until{};  // ours: what comes until then may be the answer to another one
  };
  using Place = std::vector<Entry>::iterator;

  Place ours();
  Claim take(Place place, Whose whose);
  Claim contest(Place own, const Reply& reply, core::Nanos now);

  std::vector<Entry> entries_;  // in the order in which they were sent
};

}  // namespace afferent::drivers::modbus
