#include "agent/plugin/loader.h"

#include <dlfcn.h>

#include <algorithm>

#include "agent/plugin/handshake.h"
#include "agent/plugin/trusted.h"

namespace afferent::plugin {
namespace {

core::Error refused(const std::string& why) { return {core::ErrorCode::bad_config, why}; }

core::Error linker_error(const std::string& what) {
  const char* why = ::dlerror();  // NOLINT(concurrency-mt-unsafe)
  return refused(what + (why == nullptr ? "" : std::string(": ") + why));
}

core::Result<const core::DriverSpec*> spec_in(const std::string& file) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return linker_error("cannot be loaded");
  const void* exported = ::dlsym(handle, kPluginSymbol);
  if (exported == nullptr) return linker_error(std::string("is no driver, it exports no ") + kPluginSymbol);
  const auto& plugin = *static_cast<const AfferentPlugin*>(exported);
  if (auto good = check_handshake(plugin); !good) return std::move(good).error();
  const auto* spec = static_cast<const core::DriverSpec*>(plugin.spec());
  if (spec == nullptr) return refused("cannot make its spec: it threw");
  if (auto good = check_spec(*spec); !good) return std::move(good).error();
  return spec;
}

}  // namespace

core::Result<const core::DriverSpec*> Loader::load(const std::string& path) {
  auto file = trusted_file(path);
  if (!file) return std::move(file).error();
  auto spec = spec_in(*file);
  if (!spec) return std::move(spec).error();
  const std::string name((*spec)->name);
  if (const core::DriverSpec* taken = find(name)) {
    return refused("there is already a driver '" + name + "', " + (taken->out_of_tree ? "loaded before" : "built in") +
                   "; give it another name");
  }
  core::DriverSpec& kept = loaded_.emplace_back(**spec);
  kept.out_of_tree = true;
  drivers_.push_back(&kept);
  return &kept;
}

const core::DriverSpec* Loader::find(std::string_view name) const {
  const auto found = std::find_if(drivers_.begin(), drivers_.end(),
                                  [name](const core::DriverSpec* driver) { return driver->name == name; });
  return found == drivers_.end() ? nullptr : *found;
}

}  // namespace afferent::plugin
