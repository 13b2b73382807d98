// Rules of kind `window`, and a bench whose day is that of Shanghai. Single-threaded.
#pragma once

#include "tests/rules/rules_fixture.h"

namespace afferent::test {

inline rules::RuleSetup window(const char* measure, const char* side, double limit, double over = 3600) {
  return rule("window", table({{"measure", text(measure)}, {side, number(limit)}, {"over", number(over)}}));
}
inline rules::RuleSetup daily(const char* measure, const char* side, double limit, const char* hours) {
  return rule(
      "window",
      table({{"measure", text(measure)}, {side, number(limit)}, {"hours", text(hours)}, {"gap", number(3600)}}));
}
inline core::Zone zone_of(const std::string& rule) {  // as the footer of a zone file says it
  std::string file = "TZif2" + std::string(15, '\0');
  const auto counts = [&](const char* types, const char* letters) {
    for (const char* count : {"\0", "\0", "\0", "\0", types, letters})
      file += std::string(3, '\0') + std::string(count, 1);
  };
  counts("\1", "\4");
  file += std::string(6, '\0') + std::string("CST\0", 4);
  file += "TZif2" + std::string(15, '\0');
  counts("\1", "\4");
  file += std::string("\0\0\x70\x80\0\0", 6) + std::string("CST\0", 4) + "\n" + rule + "\n";
  auto zone = core::Zone::parse(core::as_bytes(file));
  REQUIRE(zone.ok());
  return *zone;
}
inline core::Zone shanghai() { return zone_of("CST-8"); }
// Seconds of the bench's time at which it is midnight in Shanghai, the first after its zero.
inline double midnight(const Bench& bench) {
  const core::Zone zone = shanghai();
  const core::Micros utc = zone.utc(zone.local(bench.at(0).utc).day + 1, 0);
  return static_cast<double>((utc - bench.at(0).utc).count()) / 1e6;
}
// The day, counted from `start`, at whose end or in which the first alert came.
inline int first_day(const Bench& bench, double start) {
  return static_cast<int>((bench.out.alerts.at(0).first.boot - bench.at(start).boot) / std::chrono::hours(24));
}
inline Bench night(rules::RuleSetup setup) {
  return Bench({std::move(setup)}, core::Quantity::volume, rules::Language::english, shanghai());
}

}  // namespace afferent::test
