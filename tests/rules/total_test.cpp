// What the running total of a meter means, reading by reading.
#include <doctest/doctest.h>

#include <vector>

#include "agent/rules/compare.h"
#include "agent/rules/total.h"

using namespace afferent;
using rules::Total;

namespace {

constexpr core::Nanos kQuarter = std::chrono::minutes(15);

// The use of all readings, one each quarter of an hour.
double use_of(const std::vector<double>& totals, const rules::TotalLimits& limits = {}, core::Nanos every = kQuarter) {
  Total total;
  double use = 0.0;
  core::Nanos at = std::chrono::hours(5);
  for (const double reading : totals) use += total.add(reading, limits, at += every).use;
  return use;
}
Total::What last_of(const std::vector<double>& totals, const rules::TotalLimits& limits = {}) {
  Total total;
  Total::Step step;
  core::Nanos at = std::chrono::hours(5);
  for (const double reading : totals) step = total.add(reading, limits, at += kQuarter);
  return step.what;
}
rules::TotalLimits household() {
  rules::TotalLimits limits;
  limits.flow = 10.0;
  return limits;
}

}  // namespace

TEST_CASE("a trembling register is no use, however often it goes back and forth") {
  for (const double by : {0.001, 0.005, 0.009, 0.012, 0.05}) {
    CAPTURE(by);
    std::vector<double> totals;
    for (int i = 0; i < 500; ++i) totals.push_back(812.3 + (i % 2 == 0 ? by : 0.0));
    CHECK(use_of(totals) == 0.0);
    for (int i = 0; i < 500; ++i) totals.push_back(812.3 + by * (i % 4 < 2 ? 0.5 : 1.0));
    CHECK(use_of(totals) == 0.0);
  }
  CHECK(use_of({812.300, 812.299, 812.301, 812.300, 812.320}) == doctest::Approx(0.020));
}

TEST_CASE("water that ran back hides no later use") {
  CHECK(use_of({812, 811.5, 811.52, 811.55}) == doctest::Approx(0.05));  // too much to be a debt
  CHECK(use_of({812, 811.5, 812.02}) == doctest::Approx(0.02));          // but one wrong reading is no use
  std::vector<double> totals{812, 811.96};                               // a debt: it is forgiven after six hours
  for (int i = 1; i <= 48; ++i) totals.push_back(811.96 + 0.0005 * i);
  CHECK(use_of(totals) == doctest::Approx(0.0005 * 24).epsilon(0.15));
}

TEST_CASE("a rise that no such meter can deliver is a wrong reading, or another meter") {
  CHECK(use_of({812, 99'999, 812.01}, household()) == doctest::Approx(0.01));
  CHECK(use_of({812.001, 99'999, 812, 812.02}, household()) == doctest::Approx(0.019));
  CHECK(use_of({812, 2417, 2417.01, 2417.03}, household()) == doctest::Approx(0.03));
  CHECK(last_of({812, 2417}, household()) == Total::What::doubtful);
  CHECK(last_of({812, 2417, 2417.01}, household()) == Total::What::exchanged);
  CHECK(use_of({812, 822}, household()) == doctest::Approx(10));  // a register may be an hour old when it is read
  CHECK(use_of({812, 852}, household(), std::chrono::hours(3)) == doctest::Approx(40));
  CHECK(use_of({812, 853}, household(), std::chrono::hours(3)) == 0.0);
  CHECK(use_of({812, 2417}) == doctest::Approx(1605));  // without a limit anything is use

  Total total;  // the reading after it comes so late that the old meter could have got there
  total.add(812, household(), std::chrono::hours(1));
  total.add(2417, household(), std::chrono::hours(2));
  CHECK(total.add(2418, household(), std::chrono::hours(500)).what == Total::What::exchanged);
}

TEST_CASE("a fall to about zero is another meter even from a young one, and a small fall runs back") {
  CHECK(last_of({4.83, 0.02}) == Total::What::doubtful);
  CHECK(last_of({4.83, 0.02, 0.02}) == Total::What::exchanged);
  CHECK(last_of({4.83, 0.02, 0.6}) == Total::What::exchanged);
  CHECK(last_of({4.83, 0.02, 4.84}) == Total::What::forward);
  CHECK(last_of({4.83, 4.5}) == Total::What::backward);
  CHECK(last_of({0.31, 0.25}) == Total::What::backward);
  CHECK(last_of({0.03, -0.04}) == Total::What::backward);
  CHECK(last_of({812, 808.5}, household()) == Total::What::doubtful);  // nothing runs back so fast
  CHECK(last_of({812.001, 0.0, 812.0}) == Total::What::backward);      // trembles after a wrong reading
}

TEST_CASE("a restart forgets neither a debt, nor a doubt, nor when the meter was read last") {
  const auto hour = [](int hours) { return core::Nanos(std::chrono::hours(hours)); };
  const auto restarted = [&](const Total& before, std::optional<core::Nanos> since_save) {
    rules::Packer saved;
    before.save(hour(10), saved);
    const core::Bytes bytes = saved.take();
    CHECK(bytes.size() <= Total::kSaved);
    rules::Unpacker from(bytes);
    Total after;
    CHECK(after.restore(from, rules::Elapsed{hour(100), since_save}));
    return after;
  };
  Total quiet;
  quiet.add(812.01, household(), hour(9));
  quiet.add(812.00, household(), hour(10));
  CHECK(restarted(quiet, hour(1)).add(812.01, household(), hour(100)).use == 0.0);
  CHECK(restarted(quiet, hour(1)).add(842, household(), hour(100)).what == Total::What::doubtful);  // in two hours
  CHECK(restarted(quiet, std::nullopt).add(842, household(), hour(100)).what == Total::What::forward);
  Total doubting = quiet;
  doubting.add(2417, household(), hour(10) + kQuarter);
  CHECK(restarted(doubting, hour(1)).add(2417.01, household(), hour(100)).what == Total::What::exchanged);
  CHECK(restarted(doubting, hour(1)).add(812.01, household(), hour(100)).what == Total::What::forward);
}

TEST_CASE("what is as good as the limit is not beyond it") {
  CHECK(rules::excess(0.1 + 0.1 + 0.1, 0.3) == 0.0);
  CHECK(rules::excess(static_cast<double>(0.3F), 0.3) == 0.0);
  CHECK(rules::excess(static_cast<double>(5.7F), 5.7) == 0.0);
  CHECK(rules::excess(0.30000001, 0.3) > 0.0);
  CHECK(rules::excess(0.30000001, 0.3, rules::kStored) == 0.0);
  CHECK(rules::excess(100'000.05, 100'000) > 0.0);
  CHECK(rules::excess(-0.3, -(0.1 + 0.2)) == 0.0);
  CHECK(rules::excess(0.0, 0.0) == 0.0);
  CHECK(rules::excess(1e-12, 0.0) > 0.0);
  CHECK(rules::excess(1.0, INFINITY) < 0.0);
  CHECK(rules::excess(1e300, 1e299) > 0.0);
}
