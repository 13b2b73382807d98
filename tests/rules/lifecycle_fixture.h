// Alerts that people see to: the rules, shelves and windows of these tests. Single-threaded.
#pragma once

#include <string>

#include "tests/rules/rules_fixture.h"

namespace afferent::test {

inline rules::RuleSetup storm() {
  auto setup = rule("threshold", table({{"steps", four_colours()}}));
  setup.flapping.raises = 0;
  return setup;
}
inline rules::RuleSetup gate(std::uint32_t raises = 3) {
  auto setup = rule("threshold", table({{"above", number(0.3)}}));
  setup.flapping = {raises, core::Seconds(600), core::Seconds(300)};
  return setup;
}
inline std::string said(const Bench& bench) { return bench.out.alerts.empty() ? "" : bench.out.alerts.back().sentence; }
inline core::Shelf until(const Bench& bench, double seconds, const char* who = "Wang Li", const char* note = "") {
  core::Shelf shelf;
  shelf.who = who;
  shelf.note = note;
  shelf.until = bench.at(seconds).boot;
  return shelf;
}
inline rules::OperatorFact works(const Bench& bench, double from, double to, int device = 0) {
  rules::OperatorFact fact;
  if (device >= 0) fact.device = static_cast<core::DeviceId>(device);
  fact.from = bench.at(from).boot;
  fact.until = bench.at(to).boot;
  fact.who = "Wang Li";
  fact.note = "cleaning";
  return fact;
}

}  // namespace afferent::test
