// What a file of a driver that is built outside of this tree exports: data that can be compared before anything in it
// is called. Public: installed. Static data.
//
//   const afferent::core::DriverSpec& spec();
//   AFFERENT_PLUGIN(spec)
#pragma once

#include <cstdint>

#include "agent/core/driver.h"
#include "agent/plugin/tag.h"

namespace afferent::plugin {

// Raised with each change of a public header that no size shows: a virtual function, the order or meaning of members.
inline constexpr std::uint32_t kPluginAbi = 2;
inline constexpr char kPluginSymbol[] = "afferent_plugin_v1";

struct AfferentPlugin {
  std::uint32_t size;              // of this struct
  std::uint32_t abi;               // kPluginAbi
  const char* tag;                 // kTag
  const void* (*spec)() noexcept;  // a core::DriverSpec that lives as long as the process; null: it could not be made
};

template <const core::DriverSpec& (*Spec)()>
const void* spec_or_null() noexcept {
  try {
    return &Spec();
  } catch (...) {
    return nullptr;
  }
}

}  // namespace afferent::plugin

// Once in a file of a driver, outside of every namespace.
#define AFFERENT_PLUGIN(spec)                                                                                  \
  extern "C" __attribute__((visibility("default"))) const afferent::plugin::AfferentPlugin afferent_plugin_v1{ \
      sizeof(afferent::plugin::AfferentPlugin), afferent::plugin::kPluginAbi, afferent::plugin::kTag.text(),   \
      &afferent::plugin::spec_or_null<spec>};
