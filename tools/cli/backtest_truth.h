// How well alerts meet labelled events. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/result.h"
#include "agent/core/zone.h"

namespace afferent::cli {

struct Window {  // s since 1970-01-01, both ends belong to it
  double from = 0.0;
  double to = 0.0;
};
using Truth = std::map<std::string, std::vector<Window>, std::less<>>;  // by the path of the stream

// {"flow/h01.csv": [["2016-06-29 13:00:00", "2016-07-02 13:00:00"], ...], ...}. Times without offset are of `zone`.
// Error{bad_input} says where it is not.
core::Result<Truth> truth_of(std::string_view json, const std::string& file, const core::Zone& zone = {});

// The labels of a stream: of its path, else of the only labelled path that ends in it or that it ends in; nothing when
// it has none.
const std::vector<Window>* windows_of(const Truth& truth, std::string_view stream);

class Tally {
 public:
  // `raised`: when alerts were raised, s since 1970-01-01. One in no window is false, unless it is in one of `ignored`.
  // Windows that end before the data begin, or begin after they end, do not count: returns how many these are.
  std::size_t add(const std::vector<double>& raised, const std::vector<Window>& windows,
                  const std::vector<Window>& ignored, const Window& data);
  // Events that nothing could find, as their stream is not there.
  void miss(std::size_t events) { events_ += events; }

  std::size_t streams() const { return streams_; }
  std::size_t events() const { return events_; }
  std::size_t found() const { return delays_.size(); }
  std::size_t false_alarms() const { return false_alarms_; }
  double months() const { return months_; }  // of 30 days, all streams together
  double recall() const;
  double precision() const;
  double false_alarms_per_month() const;
  double median_delay() const;  // s; of the events that were found
  double mean_delay() const;

 private:
  std::size_t streams_ = 0;
  std::size_t events_ = 0;
  std::size_t false_alarms_ = 0;
  double months_ = 0.0;
  std::vector<double> delays_;  // sorted
};

std::vector<double> raised_at(const std::vector<core::Alert>& alerts);

}  // namespace afferent::cli
