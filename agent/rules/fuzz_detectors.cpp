// Anything as what detectors have learned, and whatever readings after it: refused or borne, never worse.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/rules/detector_anomaly.h"
#include "agent/rules/detector_leak.h"
#include "agent/rules/detector_onset.h"

namespace {

using namespace afferent;

template <class Detector>
void run(Detector detector, core::ByteView bytes) {
  rules::Unpacker from(bytes);
  if (!detector.restore(from, 1e6, 10.0)) return;
  rules::Unpacker values(bytes);
  for (int i = 0; i < 100; ++i) {
    const double value = values.get<double>();
    if (!std::isfinite(value)) continue;
    const double boot = 1e6 + i * 1800.0;
    if (std::isnan(detector.step({boot, boot + 1.4e9}, value))) std::abort();
  }
  rules::Packer to;
  detector.save(2e6, to);
  if (to.take().size() > 16 * 1024) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::ByteView bytes(data, size);
  run(rules::AnomalyDetector(), bytes);
  run(rules::LeakDetector(0.0), bytes);
  run(rules::OnsetDetector(), bytes);
  return 0;
}
