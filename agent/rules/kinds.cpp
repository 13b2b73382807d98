#include "agent/rules/kinds.h"

#include <array>

#include "agent/rules/engine.h"

namespace afferent::rules {
namespace {

// A new kind is a line here.
constexpr std::array kKinds{
    &kThreshold, &kRate, &kSilent, &kRange,      &kStuck, &kWindow, &kForecast, &kComposite, &kAgree,   &kAnomaly,
    &kOnset,     &kLeak, &kNoUse,  &kContinuous, &kMeter, &kFlags,  &kManhole,  &kFlood,     &kCustody, &kCylinders,
};

constexpr auto kSpecs = [] {
  std::array<const core::RuleKindSpec*, kKinds.size()> specs{};
  for (std::size_t i = 0; i < specs.size(); ++i) specs[i] = &kKinds[i]->spec;
  return specs;
}();

}  // namespace

std::span<const Kind* const> all_kinds() { return kKinds; }

std::span<const core::RuleKindSpec* const> kinds() { return kSpecs; }

const Kind* kind_named(std::string_view name) {
  for (const Kind* kind : kKinds) {
    if (kind->spec.name == name) return kind;
  }
  return nullptr;
}

}  // namespace afferent::rules
