// The running total of a meter as use: what a fall of it means. Value type.
//
// A fall, or a leap, is believed when the next reading goes on from there: one wrong reading is no other meter.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

struct TotalLimits {
  double modulus = 0.0;   // where the register begins again at zero; 0: at the next power of ten, from 10,000 on
  double exchange = 5.0;  // a fall by more than this, which is no rollover, is another meter
  double jump = 0.0;      // so is a rise by more than this between two readings; 0: never
};

class Total {
 public:
  enum class What : std::uint8_t {
    first,      // nothing to compare with
    forward,    // also when it did not move
    backward,   // ran back a little
    rollover,   // the register began again
    doubtful,   // far off; the next reading decides, and this one counts for nothing
    exchanged,  // another meter
  };
  struct Step {
    What what = What::first;
    double use = 0.0;     // never negative
    double before = 0.0;  // the total before it; of an exchange the old meter's last
    double after = 0.0;   // the total now; of an exchange the new meter's first
  };

  // `at`: boot time; the same reading once more says nothing.
  Step add(double total, const TotalLimits& limits, core::Nanos at);
  bool known() const { return last_.has_value(); }
  void forget() {
    last_.reset();
    doubt_.reset();
  }

  void save(Packer& to) const;
  bool restore(Unpacker& from);

 private:
  Step decide(double total, const TotalLimits& limits);

  std::optional<double> last_;   // that is believed
  std::optional<double> doubt_;  // the one after it, that may not be
  core::Nanos doubted_at_{};
};

}  // namespace afferent::rules
