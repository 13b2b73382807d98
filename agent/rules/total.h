// The running total of a meter as use: what a fall or a leap of it means. Value type; boot times.
//
// A fall, or a leap, is believed when the next reading goes on from there: one wrong reading is no other meter.
//
// A register that trembles goes back and forth by a few litres without any use. So a small fall is a debt, which the
// rises after it pay first. A greater one that keeps is water that ran back, and no debt; neither is one that has not
// been paid for hours: later use is not hidden behind it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/core/config_tree.h"
#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/packing.h"

namespace afferent::rules {

struct TotalLimits {
  double modulus = 0.0;     // where the register begins again at zero; 0: at the next power of ten, from 10,000 on
  double exchange = 5.0;    // a fall by more than this, which is no rollover, is another meter
  double jump = 0.0;        // so is a rise by more than this between two readings; 0: never
  double flow = 0.0;        // and one that takes a greater flow than this an hour; 0: never
  double vibration = 0.05;  // a fall by no more than this is a debt
};

// Those of the options that a kind has; the others as above.
TotalLimits total_limits(const core::ConfigNode& options);

inline constexpr core::ConfigField kFlowField{
    .key = "flow",
    .type = core::FieldType::real,
    .standard = "0",
    .minimum = 0,
    .help =
        "what the meter can pass in an hour at most, channel's unit: a greater rise in the time since the reading "
        "before and an hour more is another meter, or wrong; 0: any rise is use"};
inline constexpr core::ConfigField kVibrationField{
    .key = "vibration",
    .type = core::FieldType::real,
    .standard = "0.05",
    .minimum = 0,
    .help =
        "a register may tremble so much without any use, channel's unit: after a fall by no more than this the "
        "rises are no use until they have made it up, or for 6 h"};

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

  // The same reading once more says nothing.
  Step add(double total, const TotalLimits& limits, core::Nanos at);
  bool known() const { return last_.has_value(); }
  void forget() {
    last_.reset();
    doubt_.reset();
  }

  static constexpr std::size_t kSaved = 50;  // bytes, at most
  void save(core::Nanos now, Packer& to) const;
  bool restore(Unpacker& from, const Elapsed& elapsed);  // where the elapsed time is unknown, any flow is possible

 private:
  struct Mark {
    double total = 0.0;
    std::optional<core::Nanos> at = {};
  };
  static Step compared(const Mark& before, const Mark& now, const TotalLimits& limits);
  Step decide(const Mark& now, const TotalLimits& limits);
  Step accept(Step step, const Mark& now, const TotalLimits& limits);
  void begin(const Mark& now) { last_ = peak_ = now; }

  std::optional<Mark> last_;   // that is believed
  std::optional<Mark> doubt_;  // the one after it, that may not be
  Mark peak_;                  // what debts are counted from, and when it was last there
};

}  // namespace afferent::rules
