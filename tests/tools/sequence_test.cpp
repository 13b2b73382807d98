#include "tools/cli/sequence.h"

#include <doctest/doctest.h>

using afferent::cli::SequenceCheck;
using Verdict = SequenceCheck::Verdict;

TEST_CASE("a reader tells holes from numbers that were never published") {
  SequenceCheck check;
  CHECK(check.see("n", 1, "flood/telemetry", 7, 6) == Verdict::fresh);  // joined late
  CHECK(check.see("n", 1, "flood/telemetry", 9, 7) == Verdict::fresh);  // 8 was never published
  CHECK(check.see("n", 1, "flood/telemetry", 9, 7) == Verdict::duplicate);
  CHECK(check.see("n", 1, "flood/telemetry", 12, 11) == Verdict::hole);
  CHECK(check.see("n", 1, "flood/telemetry", 11, 9) == Verdict::duplicate);
  CHECK(check.see("n", 1, "flood/alert", 1, 0) == Verdict::fresh);      // another stream
  CHECK(check.see("n", 2, "flood/telemetry", 1, 0) == Verdict::fresh);  // another epoch
  CHECK(check.holes() == 1);
  CHECK(check.duplicates() == 2);
}
