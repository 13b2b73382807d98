// The detectors themselves: what stands out, what does not, and how large they are.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "agent/rules/detector_alarms.h"
#include "agent/rules/detector_anomaly.h"
#include "agent/rules/detector_grid.h"
#include "agent/rules/detector_leak.h"
#include "agent/rules/detector_onset.h"
#include "agent/rules/detector_rank.h"

using namespace afferent;
using rules::kDay;
using rules::Moment;

namespace {

constexpr double kMemory = 10'000;
constexpr double kEvery = 300.0;  // s between two readings

// Repeatable noise between -1 and 1.
class Noise {
 public:
  double next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state_ >> 11) / static_cast<double>(1ULL << 52) - 1.0;
  }

 private:
  std::uint64_t state_ = 42;
};

Moment at(double seconds) { return {seconds + 1000.0, seconds + 1'400'000'000.0}; }

double daily(double seconds) { return 50.0 + 30.0 * std::sin(2 * 3.14159265 * seconds / kDay); }

}  // namespace

TEST_CASE("a rank is the share of the past that was as large, and goes on beyond the record") {
  rules::RankHistogram rank;
  CHECK(rank.rank(1.0) == 0.0);
  for (int i = 1; i <= 1000; ++i) rank.add(i, kMemory);
  CHECK(rank.rank(500.0) == doctest::Approx(std::log10(2.0)).epsilon(0.2));
  CHECK(rank.rank(990.0) > 1.2);
  CHECK(rank.rank(2000.0) > rank.rank(1000.0) + 0.5);
  CHECK(rank.rank(1e300) > rank.rank(2000.0));
  CHECK(std::isfinite(rank.rank(1e300)));
  CHECK(rank.rank(0.0) == 0.0);
}

TEST_CASE("what has faded from memory does not make the next one of its kind a wonder") {
  rules::RankHistogram rank;
  rank.add(1.0, kMemory);
  rank.add(2.0, kMemory);
  for (int i = 0; i < 100'000; ++i) rank.add(0.0, kMemory);
  CHECK(rank.rank(1.5) > 3.0);
  CHECK(rank.rank(1.5) < 6.0);
  CHECK(rank.rank(1e6) > rank.rank(1.5));
}

TEST_CASE("one wild magnitude does not make the usual ones too small to be told apart") {
  for (const bool first : {true, false}) {
    CAPTURE(first);
    rules::RankHistogram clean;
    rules::RankHistogram rank;
    if (first) rank.add(4294967295.0, kMemory);
    for (int i = 0; i < 5000; ++i) {
      clean.add(1 + i % 1000, kMemory);
      rank.add(1 + i % 1000, kMemory);
    }
    if (!first) rank.add(4294967295.0, kMemory);
    for (const double value : {500.0, 990.0}) {
      CHECK(rank.rank(value) == doctest::Approx(clean.rank(value)).epsilon(0.15));
    }
    CHECK(rank.rank(2000.0) > rank.rank(990.0) + 1.0);
  }
}

TEST_CASE("a rank does not depend on the unit") {
  rules::RankHistogram metres;
  rules::RankHistogram millimetres;
  Noise noise;
  for (int i = 0; i < 5000; ++i) {
    const double value = std::abs(noise.next());
    metres.add(value, kMemory);
    millimetres.add(value * 1024.0, kMemory);
  }
  for (const double value : {0.01, 0.5, 0.99, 3.0}) {
    CHECK(metres.rank(value) == doctest::Approx(millimetres.rank(value * 1024.0)).epsilon(0.001));
  }
}

TEST_CASE("a day without its usual course stands out, the usual course does not") {
  rules::AnomalyDetector detector;
  Noise noise;
  double usual = 0.0;
  double flat = 0.0;
  for (int i = 0; i < 12 * 288; ++i) {
    const double seconds = i * 300.0;
    const bool odd = i >= 11 * 288 + 40 && i < 11 * 288 + 120;
    const double value = (odd ? 50.0 : daily(seconds)) + noise.next();
    const double strength = detector.step(at(seconds), value);
    if (i > 4 * 288 && !odd && i < 11 * 288) usual = std::max(usual, strength);
    if (odd) flat = std::max(flat, strength);
  }
  CHECK(flat > 5.0);
  CHECK(usual < 5.0);
}

TEST_CASE("a stream that is read every ten seconds remembers weeks too") {
  // One large step on each of many days: on the last one it is nothing new.
  rules::AnomalyDetector detector;
  Noise noise;
  double late = 0.0;
  double first = 0.0;
  constexpr int kDayLong = 8640;
  for (int i = 0; i < 20 * kDayLong; ++i) {
    const bool bump = i % kDayLong == 4000;
    const double strength = detector.step(at(i * 10.0), 20.0 + noise.next() + (bump ? 6.0 : 0.0));
    if (bump && i / kDayLong == 3) first = detector.strength();
    if (bump && i / kDayLong >= 10) late = std::max(late, detector.strength());
    CHECK(strength >= 0.0);
  }
  MESSAGE("fourth " << first << ", tenth and later at most " << late);
  CHECK(late <= first);
}

TEST_CASE("what is not stronger than the last report is held back for half a day") {
  rules::AnomalyDetector detector;
  Noise noise;
  int reports = 0;
  for (int i = 0; i < 6 * 288; ++i) {
    const bool odd = i >= 5 * 288 && i < 5 * 288 + 100;
    const double strength = detector.step(at(i * 300.0), 20.0 + noise.next() + (odd ? 40.0 : 0.0));
    if (odd && strength > 5.0) ++reports;
  }
  CHECK(reports >= 1);
  CHECK(reports <= 12);  // while the deviation lasts, it still grows for some readings
}

TEST_CASE("one wild reading does not hide what stands out for months after it") {
  constexpr int kOdd = 30;           // day
  constexpr double kStriking = 4.5;  // less than one a month of an hourly stream
  for (const bool constant : {false, true}) {
    for (const double wild : {65535.0, 4294967295.0, -1e30}) {
      for (const int day : {1, 20, 29}) {
        CAPTURE(constant);
        CAPTURE(wild);
        CAPTURE(day);
        rules::AnomalyDetector detector;
        Noise noise;
        double strength = 0.0;
        for (int hour = 0; hour <= kOdd * 24 + 12; ++hour) {
          const double usual = constant ? 5.1 : daily(hour * 3600.0) + 4 * noise.next();
          const double odd = hour == kOdd * 24 + 12 ? 200.0 : 0.0;
          strength = detector.step(at(hour * 3600.0), hour == day * 24 ? wild : usual + odd);
        }
        CHECK(strength > kStriking);
      }
    }
  }
}

TEST_CASE("time that stands still or goes backwards is passed over") {
  rules::AnomalyDetector detector;
  rules::LeakDetector leak(0.0);
  rules::OnsetDetector onset;
  for (int i = 0; i < 500; ++i) {
    detector.step(at(i * 300.0), daily(i * 300.0));
    leak.step(at(i * 3600.0), 1.0);
    onset.step(at(i * 1800.0), 1.0);
  }
  CHECK(detector.step(at(0.0), 1e9) == 0.0);
  CHECK(detector.step(at(499 * 300.0), 1e9) == 0.0);
  CHECK(leak.step(at(0.0), 1e9) == 0.0);
  CHECK(onset.step(at(0.0), 1e9) == 0.0);
}

TEST_CASE("the largest numbers there are do no harm") {
  constexpr double kHuge = std::numeric_limits<double>::max();
  rules::AnomalyDetector detector;
  rules::LeakDetector leak(0.0);
  rules::OnsetDetector onset;
  for (int i = 0; i < 2000; ++i) {
    const double value = i % 3 == 0 ? kHuge : i % 3 == 1 ? -kHuge : 5e-324;
    CHECK(std::isfinite(detector.step(at(i * 300.0), value)));
    CHECK(std::isfinite(leak.step(at(i * 3600.0), value)));
    CHECK(std::isfinite(onset.step(at(i * 1800.0), value)));
  }
}

TEST_CASE("detectors are small") {
  CHECK(sizeof(rules::AnomalyDetector) <= 9 * 1024);
  CHECK(sizeof(rules::LeakDetector) <= 4 * 1024);
  CHECK(sizeof(rules::OnsetDetector) <= 4 * 1024);
}

TEST_CASE("values between the steps of a counter are told from measured ones") {
  rules::Grid grid;
  for (int i = 0; i < 100; ++i) CHECK(grid.step(i % 7));
  CHECK(grid.size() == 1.0);
  CHECK_FALSE(grid.step(7.96));
  CHECK(grid.step(8.0));
  CHECK(grid.step(0.0));
  int believed = 0;
  for (int i = 0; i < 100; ++i) believed += grid.step(2.5) ? 1 : 0;
  CHECK(believed > 30);  // the counter has changed
}

TEST_CASE("a constant flow is not taken for the step of the counter") {
  rules::Grid grid;
  for (int i = 0; i < 24; ++i) CHECK(grid.step(500.0));
  CHECK(grid.size() == 0.0);
  for (int i = 0; i < 100; ++i) grid.step(i % 7);
  CHECK(grid.size() == 1.0);
  for (int i = 0; i < 2000; ++i) CHECK(grid.step(20.0));
  CHECK(grid.size() == 1.0);
}

TEST_CASE("values between the steps that are not all alike are measured") {
  rules::Grid grid;
  for (int i = 0; i < 100; ++i) grid.step(i % 7);
  int believed = 0;
  for (int i = 0; i < 20; ++i) believed += grid.step(10.0 + 0.1 * (1 + i % 7)) ? 1 : 0;
  CHECK(believed >= 19);
}

TEST_CASE("a stream without steps is believed") {
  rules::Grid grid;
  Noise noise;
  int filled = 0;
  for (int i = 0; i < 1000; ++i) filled += grid.step(noise.next()) ? 0 : 1;
  CHECK(filled < 10);
}

TEST_CASE("the expected rate of reports falls with their strength and follows the stream") {
  rules::AlarmRate rate;
  CHECK(rate.per_month(4.0, kEvery) > rate.per_month(5.0, kEvery));
  CHECK(rate.per_month(5.0, kEvery) > rate.per_month(9.0, kEvery));
  rules::AlarmRate quiet;
  for (int day = 0; day < 60; ++day) quiet.watch(1.0, kEvery);
  CHECK(rate.per_month(6.0, kEvery) > 10 * quiet.per_month(6.0, kEvery));  // nothing is known of it
  for (int day = 0; day < 60; ++day) {
    rate.watch(1.0, kEvery);
    rate.report(6.2);
  }
  CHECK(rate.per_month(6.0, kEvery) > 10 * quiet.per_month(6.0, kEvery));
  for (int day = 0; day < 5000; ++day) rate.watch(1.0, kEvery);
  CHECK(rate.per_month(6.0, kEvery) < 1.0);
}

TEST_CASE("what is too weak to be counted is no alert at any rate, and what is off the scale is counted") {
  rules::AlarmRate rate;
  CHECK(std::isinf(rate.per_month(1.9, kDay)));
  const double before = rate.per_month(50.0, kEvery);
  for (int day = 0; day < 60; ++day) {
    rate.watch(1.0, kEvery);
    rate.report(50.0);
  }
  CHECK(before < 0.01);
  CHECK(rate.per_month(50.0, kEvery) > 10.0);
}

TEST_CASE("the fewer readings, the less strength is needed for the same rate") {
  const rules::AlarmRate rate;
  CHECK(rate.per_month(5.0, 10.0) > rate.per_month(5.0, kEvery));
  CHECK(rate.per_month(5.0, kEvery) > 10 * rate.per_month(5.0, 6 * 3600.0));
}

TEST_CASE("what is usual at one interval is forgotten at another one that stays, and not in a burst of fast polls") {
  constexpr double kFast = kEvery / 10;
  rules::AlarmRate rate;
  for (int day = 0; day < 60; ++day) rate.watch(1.0, kEvery);
  const double known = rate.per_month(6.0, kFast);
  for (int burst = 0; burst < 10; ++burst) {
    rate.watch(2.0, kFast);  // a weekend
    rate.watch(0.1, kEvery);
  }
  CHECK(rate.per_month(6.0, kFast) <= known);
  rate.watch(3.0, kFast);
  rate.watch(0.1, kFast);
  CHECK(rate.per_month(6.0, kFast) > 10 * known);
}

TEST_CASE("in the first month heavy tails raise not many times more alerts than were asked for") {
  constexpr double kAsked = 1.0;  // a month
  constexpr int kStreams = 6;
  int alerts = 0;
  Noise noise;
  for (int stream = 0; stream < kStreams; ++stream) {
    rules::AnomalyDetector detector;
    rules::AlarmRate rate;
    for (int i = 0; i < 30 * 144; ++i) {
      const double part = (noise.next() + 1.0) / 2.0;  // evenly from 0 to 1
      const double value = 10.0 + std::tan(3.14159265 * (part - 0.5));
      const double age = detector.age();
      const double strength = detector.step(at(i * 600.0), value);
      if (detector.age() < kDay) continue;
      rate.watch((detector.age() - age) / kDay, detector.interval());
      if (strength > 0 && rate.per_month(strength, detector.interval()) <= kAsked) ++alerts;
      if (strength > 0) rate.report(strength);
    }
  }
  MESSAGE(alerts << " alerts in " << kStreams << " first months, " << kAsked << " a month were asked for");
  CHECK(alerts <= 4 * kAsked * kStreams);
}

TEST_CASE("alerts come about as often as was asked for, on noise of several kinds, read every minute") {
  constexpr double kMonth = 30 * kDay;
  constexpr int kMonths = 4;
  constexpr double kAsked = 0.1;  // a month
  int alerts = 0;
  int streams = 0;
  for (int kind = 0; kind < 4; ++kind, ++streams) {
    rules::AnomalyDetector detector;
    rules::AlarmRate rate;
    Noise noise;
    double wandering = 0.0;
    for (int minute = 0; minute < kMonths * 30 * 24 * 60; ++minute) {
      const double seconds = minute * 60.0;
      const double normal = noise.next() + noise.next() + noise.next() + noise.next();
      wandering = 0.95 * wandering + normal;
      const std::array values{20 + normal, daily(seconds) + normal, std::exp(normal), 20 + wandering};
      const double age = detector.age();
      const double strength = detector.step(at(seconds), values[static_cast<std::size_t>(kind)]);
      rate.watch((detector.age() - age) / kDay, detector.interval());
      if (seconds > kMonth && strength > 0 && rate.per_month(strength, detector.interval()) <= kAsked) ++alerts;
      if (strength > 0 && seconds > kDay) rate.report(strength);
    }
  }
  MESSAGE(alerts << " alerts in " << streams * (kMonths - 1) << " months, " << kAsked << " a month were asked for");
  CHECK(alerts <= 3 * kAsked * streams * (kMonths - 1));
}

TEST_CASE("a saved leak detector with impossible numbers is refused") {
  rules::LeakDetector detector(0.0);
  for (int i = 0; i < 200; ++i) detector.step(at(i * 3600.0), i % 24 < 6 ? 0.0 : 10.0);
  rules::Packer to;
  detector.save(201 * 3600.0, to);
  const core::Bytes good = to.take();
  rules::LeakDetector restored(0.0);
  rules::Unpacker whole(good);
  CHECK(restored.restore(whole, 0.0, 10.0));
  constexpr std::size_t kDouble = 8;
  for (const std::size_t number :
       {std::size_t{1}, std::size_t{2}}) {  // how long ago the last reading came, and the age
    core::Bytes bad = good;
    std::uint8_t& sign = bad[number * kDouble + kDouble - 1];
    sign = static_cast<std::uint8_t>(sign | 0x80U);
    rules::Unpacker from(bad);
    CHECK_FALSE(restored.restore(from, 0.0, 10.0));
  }
}

TEST_CASE("a saved histogram of magnitudes that stands where no number lies is refused") {
  constexpr std::size_t kBase = 1;      // bytes before where it begins: whether it has a place
  constexpr std::size_t kBaseSign = 3;  // its last byte holds the sign
  rules::RankHistogram histogram;
  for (int i = 1; i < 50; ++i) histogram.add(i, kMemory);
  rules::Packer to;
  histogram.save(to);
  core::Bytes bytes = to.take();
  rules::Unpacker whole(bytes);
  CHECK(rules::RankHistogram().restore(whole));
  std::fill_n(bytes.begin() + kBase, kBaseSign, std::uint8_t{0});
  for (const int last : {0x80, 0x7F}) {  // the least and nearly the largest integer
    bytes[kBase + kBaseSign] = static_cast<std::uint8_t>(last);
    rules::Unpacker from(bytes);
    CHECK_FALSE(rules::RankHistogram().restore(from));
  }
}

TEST_CASE("a saved detector whose smallest value is greater than its largest is refused") {
  constexpr std::size_t kLow = 4 * 8 + 6 * 12;  // bytes before the first record: four numbers, six means with counts
  rules::AnomalyDetector detector;
  for (int i = 0; i < 200; ++i) detector.step(at(i * 3600.0), i % 24);
  rules::Packer to;
  detector.save(200 * 3600.0, to);
  core::Bytes bytes = to.take();
  rules::Unpacker whole(bytes);
  CHECK(rules::AnomalyDetector().restore(whole, 0.0, 10.0));
  std::swap_ranges(bytes.begin() + kLow, bytes.begin() + kLow + 8, bytes.begin() + kLow + 8);
  rules::Unpacker from(bytes);
  CHECK_FALSE(rules::AnomalyDetector().restore(from, 0.0, 10.0));
}
