// The readings of a window of time in constant memory: their sum, extremes, quantiles, how much a total rose, and how
// much of the window is known. Value type; boot times.
//
// The window is kept in at most 66 stretches of a 64th of its length. Readings that are rarer than that are kept each
// as it is, so that everything is exact; of others the stretch at the window's far edge counts by the share that lies
// within. Whether the time between two readings is known, when nobody says how far apart they may be, shows in how far
// apart they usually are.
//
// Quantiles, where they are asked for, are those of up to 16 values of each stretch and of up to 192 of the newest,
// which takes 14 kB instead of 6. Of one full stretch a rank is off by at most a 16th of its readings, of a whole
// window by less than a hundredth.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/time.h"
#include "agent/rules/kind.h"
#include "agent/rules/ranks.h"
#include "agent/rules/total.h"

namespace afferent::rules {

struct Gathered {
  double sum = 0.0;
  double low = 0.0;
  double high = 0.0;
  double count = 0.0;
  double rise = 0.0;
  double covered = 0.0;  // ns between readings that are no farther apart than gap()
  double spanned = 0.0;  // ns between readings that both lie within, or no farther apart than gap()
};

class Gather {
 public:
  // Without a `gap` an eighth of the length, or half as much again as readings are usually apart, if that is longer.
  // `quantiles`: whether quantile() will be asked.
  Gather(core::Nanos length, std::optional<core::Nanos> gap, const TotalLimits& limits = {}, bool quantiles = false)
      : length_(length), gap_(gap), limits_(limits), quantiles_(quantiles) {}

  void add(core::Nanos at, double value);
  void add_late(double value);  // measured within the window, heard after others: counts, but is no step of a total
  void pass(core::Nanos at, double value);  // outside the window; the next step begins there
  // The part until `end` of the step to a reading at `at`, after which the window is over.
  void add_part(core::Nanos end, core::Nanos at, double value);
  void drop(core::Nanos edge);
  void clear() { stretches_.clear(); }

  // Of the readings after `after`, and of the time, and what a total grew in it, from `edge` on.
  Gathered total(core::Nanos after, core::Nanos edge) const;
  double quantile(double share, core::Nanos after) const;
  // The smallest rise within `part` of the time from `edge` on, as far as it is known all through.
  std::optional<double> least_rise(core::Nanos part, core::Nanos edge) const;
  core::Nanos gap() const;
  bool empty() const { return stretches_.empty(); }
  // When the window will hold less than now, if nothing more comes; at the earliest a 64th of it from now. Nanos::max()
  // when it is empty.
  core::Nanos next_drop(core::Nanos now) const;

  void save(core::Nanos now, Packer& to) const;
  bool restore(Unpacker& from, const Elapsed& elapsed);  // empty where the elapsed time is unknown

 private:
  struct Stretch {
    core::Nanos from{};   // where its first step begins
    core::Nanos first{};  // its first reading
    core::Nanos to{};     // its last
    double sum = 0.0;
    double low = 0.0;
    double high = 0.0;
    double rise = 0.0;
    double covered = 0.0;
    std::uint32_t count = 0;
    bool leap = false;                // one step that is longer than gap()
    std::vector<double> values = {};  // for quantiles, each for as many readings; the newest has latest_ instead
  };

  static constexpr std::size_t kIntervals = 9;
  static double readings_after(const Stretch& stretch, core::Nanos after);
  static double steps_after(const Stretch& stretch, core::Nanos edge);
  Stretch& open(core::Nanos at, bool leap);
  Stretch& begin(core::Nanos from, core::Nanos first);
  static bool restore_values(Unpacker& from, Stretch& stretch);
  void take_up_latest();
  double use_of(const Total::Step& step) const;
  void note_interval(core::Nanos interval);

  core::Nanos length_;
  std::optional<core::Nanos> gap_;
  TotalLimits limits_;
  bool quantiles_;
  Total total_;
  std::vector<Stretch> stretches_;  // oldest first
  Ranks latest_;
  core::Nanos last_at_{};
  std::array<core::Nanos, kIntervals> intervals_{};  // the latest between two readings, a ring
  std::uint8_t intervals_known_ = 0;
  std::uint8_t next_interval_ = 0;
  bool has_last_ = false;
};

}  // namespace afferent::rules
