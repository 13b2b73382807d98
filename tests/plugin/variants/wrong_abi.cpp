// A driver of the next ABI. That its spec is called would be seen: it ends the process.
#include <cstdlib>

#include "agent/plugin/plugin.h"

namespace {
const void* spec() noexcept { std::abort(); }
}  // namespace

extern "C" __attribute__((visibility("default"))) const afferent::plugin::AfferentPlugin afferent_plugin_v1{
    sizeof(afferent::plugin::AfferentPlugin), afferent::plugin::kPluginAbi + 1, afferent::plugin::kTag.text(), &spec};
