#include "tools/simulator/spoiler.h"

#include <algorithm>

namespace afferent::simulator {
namespace {

std::string count_of(std::size_t bytes) { return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes"); }

std::string millis_of(core::Nanos time) {
  return std::to_string(std::chrono::duration_cast<core::Millis>(time).count()) + " ms";
}

}  // namespace

Spoilt Spoiler::strike(core::Bytes answer, const std::string& device, const Model& model, double seconds) {
  Spoilt spoilt;
  spoilt.bytes = std::move(answer);
  for (const Fault& fault : faults_) {
    const bool on_answers = fault.every == core::Nanos::zero();
    if (!on_answers || !fault.active(seconds) || (!fault.device.empty() && fault.device != device)) continue;
    if (!dice_.chance(fault.probability)) continue;
    apply(fault, model, spoilt);
    if (spoilt.bytes.empty()) break;
  }
  return spoilt;
}

void Spoiler::apply(const Fault& fault, const Model& model, Spoilt& spoilt) {
  core::Bytes& bytes = spoilt.bytes;
  std::string detail;
  switch (fault.kind) {
    case FaultKind::silence:
      bytes.clear();
      spoilt.intact = false;
      break;
    case FaultKind::crc:
      // What earlier faults left may be shorter than any frame.
      bytes[bytes.size() - std::min(model.checksum_from_end, bytes.size())] ^=
          static_cast<std::uint8_t>(1 + dice_.below(255));
      spoilt.intact = false;
      break;
    case FaultKind::lost:
      detail = count_of(lose(bytes, model, fault.bytes));
      spoilt.intact = false;
      break;
    case FaultKind::noise: {
      const core::Bytes front = noise(fault.bytes);
      detail = count_of(front.size());
      bytes.insert(bytes.begin(), front.begin(), front.end());
      break;
    }
    case FaultKind::delay: {
      const core::Nanos delay = late(fault);
      spoilt.delay += delay;
      detail = millis_of(delay);
      break;
    }
    case FaultKind::copy: spoilt.copy = late(fault); break;
    default: return;  // of a whole line
  }
  spoilt.struck.emplace_back(fault.kind, std::move(detail));
}

core::Nanos Spoiler::late(const Fault& fault) {
  const auto jitter = static_cast<double>(fault.jitter.count()) * dice_.fraction();
  return fault.delay + core::Nanos(static_cast<std::int64_t>(jitter));
}

// Only bytes that belong to the frame: without some of the others it would still be whole.
std::size_t Spoiler::lose(core::Bytes& bytes, const Model& model, std::size_t most) {
  std::size_t lead = 0;
  while (lead < bytes.size() && static_cast<int>(bytes[lead]) == model.lead) ++lead;
  if (lead == bytes.size()) lead = 0;
  const std::size_t wanted = 1 + static_cast<std::size_t>(dice_.below(most));
  const std::size_t count = std::min(wanted, bytes.size() - lead);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = lead + static_cast<std::size_t>(dice_.below(bytes.size() - lead));
    bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return count;
}

core::Bytes Spoiler::noise(std::size_t most) {
  core::Bytes bytes(1 + static_cast<std::size_t>(dice_.below(most)));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(dice_.next());
  return bytes;
}

bool Spoiler::echoes(double seconds) const {
  return std::any_of(faults_.begin(), faults_.end(),
                     [seconds](const Fault& fault) { return fault.kind == FaultKind::echo && fault.active(seconds); });
}

}  // namespace afferent::simulator
