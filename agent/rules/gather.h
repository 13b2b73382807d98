// The readings of a window of time in constant memory: their sum, extremes, quantiles, how much a total rose, and how
// much of the window is known. Value type; boot times.
//
// The window is kept in at most 66 stretches of a 64th of its length. Readings that are rarer than that are kept each
// as it is, so that everything is exact; of others the stretch at the window's far edge counts by the share that lies
// within.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "agent/core/time.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

struct Gathered {
  double sum = 0.0;
  double low = 0.0;
  double high = 0.0;
  double count = 0.0;
  double rise = 0.0;
  double covered = 0.0;  // ns between readings that are no farther apart than `gap`
  double spanned = 0.0;  // ns between readings that both lie within, or no farther apart than `gap`
};

class Gather {
 public:
  Gather(core::Nanos length, core::Nanos gap) : grain_(length / 64), gap_(gap) {}

  void add(core::Nanos at, double value);
  void add_late(double value);  // measured within the window, heard after others: counts, but is no step of a total
  void pass(core::Nanos at, double value);  // outside the window; the next step begins there
  // The part until `end` of the step to a reading at `at`, after which the window is over.
  void add_part(core::Nanos end, core::Nanos at, double value);
  void drop(core::Nanos edge);
  void clear() { stretches_.clear(); }

  // What lies after `edge`.
  Gathered total(core::Nanos edge) const;
  double quantile(double share, core::Nanos edge) const;
  bool empty() const { return stretches_.empty(); }
  bool has_last() const { return has_last_; }
  core::Nanos last_at() const { return last_at_; }

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
    bool leap = false;  // one step that is longer than gap_
  };

  static double readings_after(const Stretch& stretch, core::Nanos edge);
  static double steps_after(const Stretch& stretch, core::Nanos edge);
  Stretch& open(core::Nanos at, bool leap);
  double grown(core::Nanos at, double value);

  core::Nanos grain_;
  core::Nanos gap_;
  std::vector<Stretch> stretches_;  // oldest first
  core::Nanos last_at_{};
  double last_ = 0.0;
  core::Nanos fell_at_{};
  double fell_from_ = std::numeric_limits<double>::infinity();  // until the reading after a fall has come
  bool has_last_ = false;
};

}  // namespace afferent::rules
